# cmake -DOUT=file.cpp -DHEADER=api/x.h -DFUNCTION=web_assets -DTYPE=WebAsset -DNAMESPACE=fulcrum::api
#       "-DFILES=a b c" -P embed.cmake
# Writes a source file that holds the files' contents as a list of {name, content}.
separate_arguments(FILES)
set(text "// Generated from files; do not edit.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
string(APPEND text "const std::vector<${TYPE}>& ${FUNCTION}() {\n  static const std::vector<${TYPE}> all = {\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND text "    {\"${name}\", R\"fulcrum_embed(${content})fulcrum_embed\"},\n")
endforeach()
string(APPEND text "  };\n  return all;\n}\n\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
