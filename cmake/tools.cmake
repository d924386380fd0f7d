# One executable per tools/*.cpp: fairlead.cpp builds `fairlead`, every other x.cpp builds `fairlead-x`.
file(GLOB TOOL_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/*.cpp)
foreach(source IN LISTS TOOL_SOURCES)
  get_filename_component(name ${source} NAME_WE)
  set(tool fairlead-${name})
  if(name STREQUAL fairlead)
    set(tool fairlead)
  endif()
  add_executable(${tool} ${source} ${SANITIZER_SOURCES})
  target_link_libraries(${tool} PRIVATE cli ${DOMAINS})
  list(APPEND TOOLS ${name})
  list(APPEND PROGRAMS ${tool})
endforeach()

# Everything that is rendered from the tools' declarations; the drift tests say when it is due.
add_custom_target(generate
  COMMAND ${CMAKE_SOURCE_DIR}/script/generate ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
if(PROGRAMS)
  add_dependencies(generate ${PROGRAMS})
endif()
