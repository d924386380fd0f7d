#include "sys/http/trust.h"
#include "sys/freed.h"
#include "sys/http/client.h"
#include <cerrno>
#include <cstdlib>
#include <curl/curl.h>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <system_error>
#include <unistd.h>

namespace fairlead::sys {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool holds_certificate(X509_STORE* store) {
    auto* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i)
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_X509) return true;
    return false;
}

Result<std::shared_ptr<X509_STORE>> read_trust(const TrustSource& source) {
    const auto wrong = [&](std::string_view fact) {
        const auto from = source.named_by.empty() ? "" : fmt::format(" (from {})", source.named_by);
        return usage(fmt::format("CA file '{}' {}; expected certificates in PEM{}", source.file, fact, from));
    };
    const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    if (!store) return could_not("out of memory");
    // As libcurl sets them: an intermediate certificate in the file is trusted, too.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    if (!source.file.empty()) {
        if (::access(source.file.c_str(), R_OK) != 0)
            return wrong("can't be read: " + std::generic_category().message(errno));
        std::error_code unknown; // of a pipe the library would wait for a writer
        if (!std::filesystem::is_regular_file(source.file, unknown)) return wrong("is not a regular file");
        const bool loaded = X509_STORE_load_locations(store.get(), source.file.c_str(), nullptr) == 1;
        ERR_clear_error();
        if (!loaded || !holds_certificate(store.get())) return wrong("holds no certificate");
    }
    if (!source.folder.empty()) X509_STORE_load_locations(store.get(), nullptr, source.folder.c_str());
    return store;
}

}

TrustSource trust_source(const std::string& ca_file) {
    if (!ca_file.empty()) return {ca_file, "", ""};
    TrustSource source{variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR"), ""};
    if (!source.file.empty()) {
        source.named_by = "SSL_CERT_FILE";
        return source;
    }
    const auto* built = curl_version_info(CURLVERSION_NOW);
    if (built->cainfo && ::access(built->cainfo, R_OK) == 0) source.file = built->cainfo;
    if (source.folder.empty() && source.file.empty() && built->capath) source.folder = built->capath;
    return source;
}

Result<std::shared_ptr<X509_STORE>> trusted(const TrustSource& source) {
    static std::mutex guard;
    static auto* const read = new std::map<std::string, std::shared_ptr<X509_STORE>>; // outlives every thread
    const std::scoped_lock lock(guard);
    auto& store = (*read)[source.file + '\0' + source.folder];
    if (!store) store = TRY(read_trust(source));
    return store;
}

Result<void> check_trust(const std::string& ca_file) {
    TRY_VOID(trusted(trust_source(ca_file)));
    return {};
}

}
