# cal_embed_runbooks(OUTPUT PROBE…): writes a source file that holds probes/PROBE/README.md of each.
function(cal_embed_runbooks output)
  set(rows "")
  foreach(probe IN LISTS ARGN)
    set(page ${CMAKE_SOURCE_DIR}/probes/${probe}/README.md)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
    file(READ ${page} text)
    string(APPEND rows "  if (probe == \"${probe}\") return R\"markdown(${text})markdown\";\n")
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
