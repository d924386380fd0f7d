# One library per folder of src/. The order is the layering; a folder that is not named here is a domain.
set(LAYERS base sys report config attest read project ledger cli)
file(GLOB FOLDERS CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/*)
list(PREPEND FOLDERS ${LAYERS})
list(REMOVE_DUPLICATES FOLDERS)

add_custom_target(version_source BYPRODUCTS ${CMAKE_BINARY_DIR}/version.cpp
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUTPUT=${CMAKE_BINARY_DIR}/version.cpp
          -DVERSION=${PROJECT_VERSION} -P ${CMAKE_SOURCE_DIR}/cmake/version.cmake)

foreach(folder IN LISTS FOLDERS)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
  if(NOT sources)
    continue()
  endif()
  add_library(${folder} ${sources}) # static, or shared where BUILD_SHARED_LIBS says so: a change links one file then
  set_target_properties(${folder} PROPERTIES DEFINE_SYMBOL "") # what is precompiled knows no such name
  if(folder STREQUAL sys AND FAIRLEAD_SPARE) # no network library comes along with the one file that a tool uses
    set_target_properties(sys PROPERTIES UNITY_BUILD_MODE GROUP)
    foreach(source IN LISTS sources)
      if(source MATCHES "/sys/(files|git)/") # of these every tool uses most
        set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
      endif()
    endforeach()
  endif()
  target_include_directories(${folder} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  set(first base) # with the same options: by it the others' headers are precompiled
  if(folder IN_LIST FAIRLEAD_UNOPTIMIZED)
    list(GET FAIRLEAD_UNOPTIMIZED 0 first) # they stand in the order of FOLDERS
    target_compile_options(${folder} PRIVATE -O0)
  endif()
  if(folder STREQUAL first)
    target_precompile_headers(${folder} PRIVATE ${PRECOMPILED})
  else()
    target_precompile_headers(${folder} REUSE_FROM ${first})
  endif()
  if(FAIRLEAD_FAULTS)
    target_compile_definitions(${folder} PUBLIC FAIRLEAD_FAULTS=1)
  endif()
  if(NOT folder IN_LIST LAYERS)
    list(APPEND DOMAINS ${folder})
    target_link_libraries(${folder} PUBLIC ledger attest project)
  endif()
endforeach()

# What `fairlead init --production` writes lies as it is below src/init/kit, so that its own programs can check it there.
set(KIT ${CMAKE_SOURCE_DIR}/src/init/kit)
file(GLOB_RECURSE kit_files CONFIGURE_DEPENDS RELATIVE ${KIT} ${KIT}/*/*)
string(MD5 kit_names "${kit_files}") # a file that was moved is no newer
list(TRANSFORM kit_files PREPEND ${KIT}/)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/kit_texts.cpp DEPENDS ${kit_files} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${KIT} -DPATTERN=*/* -DHEADER=init/kit/texts.h -DPART=init -DSPAN=kit_texts
          -DNAMES=${kit_names} -DOUTPUT=${CMAKE_BINARY_DIR}/kit_texts.cpp -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
  VERBATIM)
target_sources(init PRIVATE ${CMAKE_BINARY_DIR}/kit_texts.cpp)

# Data of preflight's, as it lies beside the code that reads it: NAME.cpp of FOLDER/*.yml, as FOLDER/embedded.h declares them.
foreach(data IN ITEMS "checklists checklist_texts")
  separate_arguments(data)
  list(GET data 0 name)
  list(GET data 1 span)
  set(folder ${CMAKE_SOURCE_DIR}/src/preflight/${name})
  file(GLOB texts CONFIGURE_DEPENDS ${folder}/*.yml)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp DEPENDS ${texts} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DPATTERN=*.yml -DHEADER=preflight/${name}/embedded.h -DPART=preflight
            -DSPAN=${span} -DOUTPUT=${CMAKE_BINARY_DIR}/${name}.cpp -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(preflight PRIVATE ${CMAKE_BINARY_DIR}/${name}.cpp)
endforeach()

# Its rules as data, as C++: a program of the build reads them by the schema by which a team's are read.
set(ROWS ${CMAKE_SOURCE_DIR}/src/preflight/rows)
file(GLOB texts CONFIGURE_DEPENDS ${ROWS}/*.yml)
add_executable(row_tables ${CMAKE_SOURCE_DIR}/cmake/row_tables.cpp ${ROWS}/form.cpp ${SANITIZER_SOURCES})
set_target_properties(row_tables PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/made)
target_link_libraries(row_tables PRIVATE config)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/row_tables.cpp DEPENDS ${texts} row_tables
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:row_tables> ${ROWS} ${CMAKE_BINARY_DIR}/row_tables.cpp
  VERBATIM)
target_sources(preflight PRIVATE ${CMAKE_BINARY_DIR}/row_tables.cpp)

target_sources(base PRIVATE ${CMAKE_BINARY_DIR}/version.cpp)
add_dependencies(base version_source)
target_link_libraries(base PUBLIC fmt::fmt)
target_link_libraries(sys PUBLIC base nlohmann_json::nlohmann_json Threads::Threads
  PRIVATE spdlog::spdlog CURL::libcurl OpenSSL::Crypto OpenSSL::SSL EXPAT::EXPAT PkgConfig::GIT2 PkgConfig::YAML
          PkgConfig::RE2 PkgConfig::HS PkgConfig::PCRE2 PkgConfig::ABSL_TIME PkgConfig::SODIUM
          ${CMAKE_DL_LIBS} PkgConfig::SECCOMP ZLIB::ZLIB BZip2::BZip2 LibLZMA::LibLZMA PkgConfig::ZSTD PkgConfig::DEFLATE
          PgQuery::PgQuery PkgConfig::PQ PkgConfig::SQLITE)
target_include_directories(sys PRIVATE ${ICU_INCLUDE_DIRS} ${XML2_HEADERS})
target_link_libraries(report PUBLIC sys)
target_link_libraries(config PUBLIC report)
target_link_libraries(ledger PUBLIC config)
target_link_libraries(attest PUBLIC config)
target_link_libraries(read PUBLIC sys)
target_link_libraries(project PUBLIC read)
file(GLOB tool_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/*.cpp) # each has its section in fairlead.yml
list(TRANSFORM tool_sources REPLACE ".*/(.*)[.]cpp" "\\1")
list(REMOVE_ITEM tool_sources fairlead)
list(JOIN tool_sources " " tool_names)
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/config/fields.cpp PROPERTIES
  COMPILE_DEFINITIONS "FAIRLEAD_TOOLS=\"${tool_names}\"")
target_link_libraries(cli PUBLIC config attest PRIVATE CLI11::CLI11)
