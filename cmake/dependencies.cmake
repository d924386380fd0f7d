# Third-party libraries: from the distribution, of a release from FAIRLEAD_SYSROOT (release/dependencies); docs/dependencies.md says what each is for.
find_program(CCACHE ccache)
if(CCACHE)
  # What is precompiled is cached, too (ccache's manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
find_package(Threads REQUIRED)
if(FAIRLEAD_SYSROOT)
  include(cmake/static.cmake)
else()
  find_package(fmt REQUIRED)
  find_package(spdlog REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_path(RAPIDJSON_HEADERS rapidjson/reader.h REQUIRED) # in the system's own folder
  find_package(CLI11 REQUIRED)
  find_package(CURL REQUIRED)
  find_package(OpenSSL REQUIRED)
  find_package(EXPAT REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
  pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-cpp)
  pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
  pkg_check_modules(HS REQUIRED IMPORTED_TARGET libhs)
  pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
  pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
  pkg_check_modules(ABSL_TIME REQUIRED IMPORTED_TARGET absl_time)
  # Only its headers: it is loaded by the runs that need it (src/sys/collation.cpp).
  pkg_check_modules(ICU REQUIRED icu-i18n)
  find_path(XML2_HEADERS libxml/xpath.h PATH_SUFFIXES libxml2 REQUIRED) # likewise (src/sys/data/xpath.cpp)
  pkg_check_modules(SECCOMP IMPORTED_TARGET libseccomp)
  if(NOT SECCOMP_FOUND)
    message(FATAL_ERROR "libseccomp is missing: the tools are held by it to what they declare; run: script/bootstrap build")
  endif()
  find_path(PG_QUERY_HEADERS pg_query.h REQUIRED) # no file for pkg-config comes with it
  find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
  add_library(PgQuery::PgQuery INTERFACE IMPORTED GLOBAL)
  target_include_directories(PgQuery::PgQuery INTERFACE ${PG_QUERY_HEADERS})
  target_link_libraries(PgQuery::PgQuery INTERFACE ${PG_QUERY_LIBRARY})
  pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  find_package(ZLIB REQUIRED)
  find_package(BZip2 REQUIRED)
  find_package(LibLZMA REQUIRED)
  pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
  pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
endif()

if(FAIRLEAD_FAULTS) # no build for users
  find_program(LLD ld.lld)
  if(LLD) # a fifth of the default linker's time, for 60 executables of 50 MB, with sanitizers 100
    add_link_options(-fuse-ld=lld)
  endif()
endif()
if(FAIRLEAD_SANITIZE)
  add_compile_options(-fsanitize=${FAIRLEAD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FAIRLEAD_SANITIZE} -no-pie) # a start has a quarter of a million addresses less to write
  if(FAIRLEAD_FUZZ) # what libFuzzer follows; the tests link the same libraries, so that the sources are compiled once for both
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
  endif()
  set(SANITIZER_SOURCES ${CMAKE_SOURCE_DIR}/tests/support/leaks.cpp) # of every executable
endif()
# A tool needs at run time only the libraries whose functions it calls.
add_link_options(-Wl,--as-needed)
