# cal_embed_runbooks(OUTPUT): writes a source file that holds every page probes/NAME.md.
function(cal_embed_runbooks output)
  file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/probes/*.md)
  list(FILTER pages EXCLUDE REGEX "/README\\.md$")
  set(rows "")
  foreach(page IN LISTS pages)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
    get_filename_component(name ${page} NAME_WE)
    file(READ ${page} text)
    string(APPEND rows "  if (probe == \"${name}\") return R\"markdown(${text})markdown\";\n")
  endforeach()
  file(WRITE ${output}.new "#include \"probes/runbooks.h\"

namespace cal {

std::string_view runbook(std::string_view probe) {
${rows}  return \"\";
}

}  // namespace cal
")
  configure_file(${output}.new ${output} COPYONLY)  # rebuilds only when the text has changed
endfunction()
