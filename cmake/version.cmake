# Writes version.cpp with the version, the commit and its day; touches it only when they change.
# A release is built from a commit, and then tagged on the next one, which adds the digests to fairlead.lock and nothing
# else: built again from the tag it is to be the same, so that commit counts as the one before it.
set(head HEAD)
execute_process(COMMAND git -C ${SOURCE} diff --name-only HEAD^ HEAD OUTPUT_VARIABLE changed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(changed STREQUAL "fairlead.lock")
  set(head HEAD^)
endif()
execute_process(COMMAND git -C ${SOURCE} rev-parse ${head} OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
execute_process(COMMAND git -C ${SOURCE} log -1 --format=%cs ${head} OUTPUT_VARIABLE day
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT status EQUAL 0)
  set(commit unknown)
  string(TIMESTAMP day "%Y-%m-%d" UTC) # SOURCE_DATE_EPOCH where it is set
endif()
set(text "#include \"base/version.h\"\n\nnamespace fairlead {\nstd::string_view version() { return \"${VERSION}\"; }\nstd::string_view commit() { return \"${commit}\"; }\nstd::string_view day() { return \"${day}\"; }\n}\n")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
