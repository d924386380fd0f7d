# FAIRLEAD_ARCH (amd64 or arm64) by Debian's compiler for it, against FAIRLEAD_SYSROOT, which release/dependencies makes.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FAIRLEAD_ARCH FAIRLEAD_SYSROOT)
if(FAIRLEAD_ARCH STREQUAL arm64)
  set(processor aarch64)
else()
  set(processor x86_64)
endif()
cmake_host_system_information(RESULT host QUERY OS_PLATFORM)
if(NOT host STREQUAL ${processor}) # naming the system says that this is a cross build
  set(CMAKE_SYSTEM_NAME Linux)
  set(CMAKE_SYSTEM_PROCESSOR ${processor})
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${processor}-static -L /usr/${processor}-linux-gnu) # what a tool declares is rendered by it
endif()
set(CMAKE_LIBRARY_ARCHITECTURE ${processor}-linux-gnu)
set(CMAKE_C_COMPILER ${CMAKE_LIBRARY_ARCHITECTURE}-gcc)
set(CMAKE_CXX_COMPILER ${CMAKE_LIBRARY_ARCHITECTURE}-g++)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/flags lines REGEX "^(any|${FAIRLEAD_ARCH}) ")
list(TRANSFORM lines REPLACE "^[a-z0-9]+ " "")
list(JOIN lines " " CMAKE_C_FLAGS_INIT)
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_C_FLAGS_RELEASE "" CACHE STRING "") # all of them stand in the file
set(CMAKE_CXX_FLAGS_RELEASE "" CACHE STRING "")

set(CMAKE_FIND_ROOT_PATH ${FAIRLEAD_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${FAIRLEAD_SYSROOT}/none) # nothing of this machine is found
