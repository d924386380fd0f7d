# The same targets as the distribution's packages give, from the static archives in FAIRLEAD_SYSROOT: full paths, so nothing
# of the machine that builds can come in between.
set(archives ${FAIRLEAD_SYSROOT}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE})
function(from_sysroot target) # ARCHIVE...: headers alone without one
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} INTERFACE ${FAIRLEAD_SYSROOT}/usr/include
    ${FAIRLEAD_SYSROOT}/usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
  list(TRANSFORM ARGN PREPEND ${archives}/ REGEX "^lib")
  target_link_libraries(${target} INTERFACE ${ARGN})
endfunction()
from_sysroot(fmt::fmt libfmt.a)
from_sysroot(spdlog::spdlog) # compiled where it is used
target_compile_definitions(spdlog::spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
from_sysroot(nlohmann_json::nlohmann_json)
from_sysroot(CLI11::CLI11)
from_sysroot(OpenSSL::Crypto libcrypto.a)
from_sysroot(OpenSSL::SSL libssl.a libcrypto.a)
from_sysroot(ZLIB::ZLIB libz.a)
from_sysroot(CURL::libcurl libcurl.a OpenSSL::SSL ZLIB::ZLIB)
from_sysroot(EXPAT::EXPAT libexpat.a)
from_sysroot(PkgConfig::PCRE2 libpcre2-8.a)
from_sysroot(PkgConfig::GIT2 libgit2.a libhttp_parser.a PkgConfig::PCRE2 ZLIB::ZLIB)
from_sysroot(PkgConfig::YAML libyaml-cpp.a)
from_sysroot(PkgConfig::RE2 libre2.a)
from_sysroot(PkgConfig::HS libhs.a)
target_include_directories(PkgConfig::HS INTERFACE ${FAIRLEAD_SYSROOT}/usr/include/hs)
from_sysroot(PkgConfig::SODIUM libsodium.a)
from_sysroot(PkgConfig::SECCOMP libseccomp.a)
from_sysroot(BZip2::BZip2 libbz2.a)
from_sysroot(LibLZMA::LibLZMA liblzma.a)
from_sysroot(PkgConfig::ZSTD libzstd.a)
from_sysroot(PgQuery::PgQuery libpg_query.a)
from_sysroot(PkgConfig::PQ libpq.a OpenSSL::SSL)
from_sysroot(PkgConfig::SQLITE libsqlite3.a)
file(GLOB abseil RELATIVE ${archives} ${archives}/libabsl_*.a)
from_sysroot(PkgConfig::ABSL_TIME -Wl,--start-group ${abseil} -Wl,--end-group)

# Where it is built doesn't show in what is built; all but glibc is in the file, and what nobody calls is not.
add_compile_options("-ffile-prefix-map=${CMAKE_BINARY_DIR}=build" "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
  "-ffile-prefix-map=${FAIRLEAD_SYSROOT}=sysroot")
add_link_options(-pie -static-libgcc -static-libstdc++ -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--gc-sections
  -Wl,--build-id=sha1 -s)
