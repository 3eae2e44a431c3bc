# cal_embed(TARGET HEADER FUNCTION NAMES name… FILES file…): adds to TARGET a source file that defines
# FUNCTION, which HEADER declares. FUNCTION(name) returns the text of the file that belongs to the
# name, or an empty text. Paths begin at the root.
function(cal_embed target header function)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "NAMES;FILES")
  set(rows "")
  foreach(name file IN ZIP_LISTS arg_NAMES arg_FILES)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
    file(READ ${CMAKE_SOURCE_DIR}/${file} text)
    string(APPEND rows "  if (name == \"${name}\") return R\"embedded(${text})embedded\";\n")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  file(WRITE ${output}.new "#include \"${header}\"

namespace cal {

std::string_view ${function}(std::string_view name) {
${rows}  return \"\";
}

}  // namespace cal
")
  configure_file(${output}.new ${output} COPYONLY)  # rebuilds only when a text has changed
  target_sources(${target} PRIVATE ${output})
endfunction()
