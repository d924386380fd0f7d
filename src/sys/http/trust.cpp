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
#include <openssl/pem.h>
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

Error wrong_file(const TrustSource& source, std::string_view fact) {
    const auto from = source.named_by.empty() ? "" : fmt::format(" (from {})", source.named_by);
    return usage(fmt::format("CA file '{}' {}; expected certificates in PEM{}", source.file, fact, from));
}

std::shared_ptr<X509_STORE> new_store() {
    std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
    // As libcurl sets them: an intermediate certificate in the file is trusted, too.
    if (store) X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    return store;
}

Result<std::shared_ptr<X509_STORE>> read_trust(const TrustSource& source) {
    const auto wrong = [&](std::string_view fact) { return wrong_file(source, fact); };
    auto store = new_store();
    if (!store) return could_not("out of memory");
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

// As X509_STORE_load_locations takes a file: its certificates and its lists of revoked ones.
Result<std::shared_ptr<X509_STORE>> trust_in(const std::string& file, std::string_view pem) {
    auto store = new_store();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                          BIO_free);
    if (!store || !bytes) return could_not("out of memory");
    auto* const entries = PEM_X509_INFO_read_bio(bytes.get(), nullptr, nullptr, nullptr);
    for (int i = 0; entries && i < sk_X509_INFO_num(entries); ++i) {
        const X509_INFO* const entry = sk_X509_INFO_value(entries, i);
        if (entry->x509) X509_STORE_add_cert(store.get(), entry->x509);
        if (entry->crl) X509_STORE_add_crl(store.get(), entry->crl);
    }
    if (entries) sk_X509_INFO_pop_free(entries, X509_INFO_free);
    ERR_clear_error();
    if (!holds_certificate(store.get())) return wrong_file({file, "", ""}, "holds no certificate");
    return store;
}

std::mutex guard_of_trust;

std::shared_ptr<X509_STORE>& known_trust(const TrustSource& source) {
    static auto* const read = new std::map<std::string, std::shared_ptr<X509_STORE>>; // outlives every thread
    return (*read)[source.file + '\0' + source.folder];
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
    const std::scoped_lock lock(guard_of_trust);
    auto& store = known_trust(source);
    if (!store) store = TRY(read_trust(source));
    return store;
}

Result<void> check_trust(const std::string& ca_file) {
    TRY_VOID(trusted(trust_source(ca_file)));
    return {};
}

Result<void> check_trust_in(const std::string& ca_file, std::string_view pem) {
    auto store = TRY(trust_in(ca_file, pem));
    const std::scoped_lock lock(guard_of_trust);
    known_trust(trust_source(ca_file)) = std::move(store);
    return {};
}

}
