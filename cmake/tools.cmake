# One executable per tools/*.cpp: fairlead.cpp builds `fairlead`, every other x.cpp builds `fairlead-x`. It links the domains
# that it includes and no other, so that who wants one tool compiles for one tool.
file(GLOB TOOL_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/*.cpp)
foreach(source IN LISTS TOOL_SOURCES)
  get_filename_component(name ${source} NAME_WE)
  set(tool fairlead-${name})
  if(name STREQUAL fairlead)
    set(tool fairlead)
  endif()
  add_executable(${tool} ${source} ${SANITIZER_SOURCES})
  set(texts ${source})
  if(EXISTS ${CMAKE_SOURCE_DIR}/tools/inputs/${name}.h)
    list(APPEND texts ${CMAKE_SOURCE_DIR}/tools/inputs/${name}.h)
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${texts})
  set(domains "")
  foreach(text IN LISTS texts)
    file(STRINGS ${text} lines REGEX "^#include \"[a-z_]+/")
    list(TRANSFORM lines REPLACE "^#include \"([a-z_]+)/.*" "\\1" OUTPUT_VARIABLE rooms)
    list(APPEND domains ${rooms})
  endforeach()
  list(REMOVE_DUPLICATES domains)
  list(FILTER domains EXCLUDE REGEX "^inputs$")
  list(REMOVE_ITEM domains ${LAYERS})
  target_link_libraries(${tool} PRIVATE cli ${domains})
  target_precompile_headers(${tool} REUSE_FROM base)
  list(APPEND TOOLS ${name})
  list(APPEND PROGRAMS ${tool})
endforeach()

# What only the tools start, beside them: no declaration, no page. fetch.cpp builds `fairlead-fetch`.
file(GLOB HELPER_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/helpers/*.cpp)
foreach(source IN LISTS HELPER_SOURCES)
  get_filename_component(name ${source} NAME_WE)
  add_executable(fairlead-${name} ${source} ${SANITIZER_SOURCES})
  target_link_libraries(fairlead-${name} PRIVATE sys)
  target_precompile_headers(fairlead-${name} REUSE_FROM base)
  list(APPEND HELPERS fairlead-${name})
endforeach()

# What is installed: the programs and, rendered from their declarations, their man pages and completions.
include(GNUInstallDirs)
set(SHARE ${CMAKE_BINARY_DIR}/share)
foreach(program IN LISTS PROGRAMS)
  add_custom_command(OUTPUT ${SHARE}/${program}.rendered DEPENDS ${program} ${CMAKE_SOURCE_DIR}/cmake/rendered.cmake
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:${program}> -DNAME=${program} -DFOLDER=${SHARE}
            "-DEMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}" -P ${CMAKE_SOURCE_DIR}/cmake/rendered.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${SHARE}/${program}.rendered VERBATIM)
  list(APPEND RENDERED ${SHARE}/${program}.rendered)
endforeach()
set(all ALL)
if(FAIRLEAD_SANITIZE) # nobody installs those
  set(all "")
endif()
add_custom_target(rendered ${all} DEPENDS ${RENDERED})
add_custom_target(programs DEPENDS rendered ${HELPERS}) # all that is installed
install(TARGETS ${PROGRAMS} ${HELPERS})
install(DIRECTORY ${SHARE}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
foreach(folder bash-completion zsh fish) # where each shell looks
  install(DIRECTORY ${SHARE}/${folder} DESTINATION ${CMAKE_INSTALL_DATADIR})
endforeach()
# Our actions, for `fairlead act` without network (src/act).
install(FILES action.yml fairlead.lock DESTINATION ${CMAKE_INSTALL_DATADIR}/fairlead/repository OPTIONAL)
install(DIRECTORY actions DESTINATION ${CMAKE_INSTALL_DATADIR}/fairlead/repository USE_SOURCE_PERMISSIONS)

# Everything that is rendered from the tools' declarations; the drift tests say when it is due.
add_custom_target(generate
  COMMAND ${CMAKE_SOURCE_DIR}/script/generate ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
if(PROGRAMS)
  add_dependencies(generate ${PROGRAMS} ${HELPERS})
endif()
