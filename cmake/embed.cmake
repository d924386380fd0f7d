# Writes OUTPUT: the files below FOLDER that PATTERN names, as they are, as HEADER declares them:
# `extern const std::span<const EmbeddedText> SPAN` in fairlead::PART.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/${PATTERN})
list(SORT files)
set(source "#include \"${HEADER}\"\nnamespace fairlead::${PART} {\nnamespace {\nconstexpr EmbeddedText ${SPAN}_here[] = {\n")
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} text)
  string(APPEND source "    {\"${file}\", R\"embedded(${text})embedded\"},\n")
endforeach()
string(APPEND source "};\n}\nconst std::span<const EmbeddedText> ${SPAN} = ${SPAN}_here;\n}\n")
file(WRITE ${OUTPUT} "${source}")
