# The same targets as the distribution's packages give, from the static archives in FAIRLEAD_SYSROOT, by full paths, so that
# nothing of the machine that builds can come in between. Each names the libraries that it calls: CMake puts them behind it on
# the linker's line, however often they are named.
set(archives ${FAIRLEAD_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
set(headers ${FAIRLEAD_SYSROOT}/usr/include ${FAIRLEAD_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
set(XML2_HEADERS ${FAIRLEAD_SYSROOT}/usr/include/libxml2) # nothing of it is linked (src/sys/data/xpath.cpp)
function(headers_of target) # of a library that is compiled where it is used
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${headers})
endfunction()
function(archive target file) # LIBRARY...: what it calls
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${archives}/${file})
  target_include_directories(${target} INTERFACE ${headers})
  target_link_libraries(${target} INTERFACE ${ARGN})
endfunction()
headers_of(spdlog::spdlog)
target_compile_definitions(spdlog::spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
headers_of(nlohmann_json::nlohmann_json)
headers_of(CLI11::CLI11)
archive(fmt::fmt libfmt.a)
archive(OpenSSL::Crypto libcrypto.a Threads::Threads)
archive(OpenSSL::SSL libssl.a OpenSSL::Crypto)
archive(ZLIB::ZLIB libz.a)
archive(CURL::libcurl libcurl.a OpenSSL::SSL ZLIB::ZLIB)
archive(EXPAT::EXPAT libexpat.a)
archive(PkgConfig::PCRE2 libpcre2-8.a)
archive(http_parser libhttp_parser.a)
archive(PkgConfig::GIT2 libgit2.a http_parser PkgConfig::PCRE2 ZLIB::ZLIB)
archive(PkgConfig::YAML libyaml-cpp.a)
archive(PkgConfig::RE2 libre2.a Threads::Threads)
archive(PkgConfig::HS libhs.a)
target_include_directories(PkgConfig::HS INTERFACE ${FAIRLEAD_SYSROOT}/usr/include/hs)
archive(PkgConfig::SODIUM libsodium.a)
archive(PkgConfig::SECCOMP libseccomp.a)
archive(BZip2::BZip2 libbz2.a)
archive(LibLZMA::LibLZMA liblzma.a)
archive(PkgConfig::ZSTD libzstd.a)
archive(PkgConfig::DEFLATE libdeflate.a)
archive(PgQuery::PgQuery libpg_query.a)
archive(PkgConfig::PQ libpq.a OpenSSL::SSL)
archive(PkgConfig::SQLITE libsqlite3.a Threads::Threads ${CMAKE_DL_LIBS} m)
# Abseil's archives call each other in circles.
headers_of(PkgConfig::ABSL_TIME)
file(GLOB abseil ${archives}/libabsl_*.a)
target_link_libraries(PkgConfig::ABSL_TIME INTERFACE -Wl,--start-group ${abseil} -Wl,--end-group)

# Where it is built doesn't show in what is built; all but glibc is in the file, and what nobody calls is not.
add_compile_options("-ffile-prefix-map=${CMAKE_BINARY_DIR}=build" "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
  "-ffile-prefix-map=${FAIRLEAD_SYSROOT}=sysroot")
add_link_options(-pie -static-libgcc -static-libstdc++ -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--gc-sections
  -Wl,--build-id=sha1 -s)
