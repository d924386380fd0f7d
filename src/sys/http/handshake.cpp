#include "sys/http/handshake.h"
#include "base/text.h"
#include "sys/freed.h"
#include <ctime>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace fairlead::sys {

namespace {

constexpr int most_certificates = 16, most_names = 256;

std::string name_text(const X509_NAME* name) {
    const Freed<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
    if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

SystemTime moment_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return SystemTime(std::chrono::seconds(::timegm(&parts)));
}

std::string serial_of(const X509* certificate) {
    const Freed<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    if (!number) return {};
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
    BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
    return hex(bytes);
}

std::vector<std::string> names_of(const X509* certificate) {
    const Freed<GENERAL_NAMES, GENERAL_NAMES_free> all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()) && i < most_names; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_DNS) continue;
        const auto* text = name->d.dNSName;
        names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<std::size_t>(ASN1_STRING_length(text)));
    }
    return names;
}

}

Handshake read_handshake(X509_STORE_CTX* context, const std::string& host) {
    Handshake handshake;
    const auto* ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (ssl) handshake.version = SSL_get_version(ssl);
    const auto* sent = X509_STORE_CTX_get0_untrusted(context);
    for (int i = 0; i < sk_X509_num(sent) && i < most_certificates; ++i) {
        const X509* one = sk_X509_value(sent, i);
        handshake.chain.push_back({name_text(X509_get_subject_name(one)), name_text(X509_get_issuer_name(one)),
                                   names_of(one), moment_of(X509_get0_notBefore(one)),
                                   moment_of(X509_get0_notAfter(one)), serial_of(one)});
    }
    if (X509_verify_cert(context) != 1) {
        const int reason = X509_STORE_CTX_get_error(context);
        handshake.distrust = X509_verify_cert_error_string(reason);
        handshake.is_expired = reason == X509_V_ERR_CERT_HAS_EXPIRED;
    }
    X509* own = X509_STORE_CTX_get0_cert(context);
    handshake.names_host = own && (X509_check_ip_asc(own, host.c_str(), 0) == 1 ||
                                   X509_check_host(own, host.data(), host.size(), 0, nullptr) == 1);
    return handshake;
}

}
