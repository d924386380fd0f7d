#include "sys/http/handshake.h"
#include "base/text.h"
#include "base/utf8.h"
#include "sys/freed.h"
#include <ctime>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace fairlead::sys {

namespace {

constexpr int most_certificates = 16, most_names = 256;

// The value of XN_FLAG_ONELINE up to OpenSSL 3.1; later ones have no blanks around '='.
constexpr unsigned long name_in_one_line =
    +ASN1_STRFLGS_RFC2253 | +ASN1_STRFLGS_ESC_QUOTE | +XN_FLAG_SEP_CPLUS_SPC | +XN_FLAG_SPC_EQ | +XN_FLAG_FN_SN;

// What `print` writes; empty if it fails.
template <typename Print>
std::string printed(Print print) {
    const Freed<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
    if (!out || !print(out.get())) return {};
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string name_text(const X509_NAME* name, unsigned long flags) {
    return printed([&](BIO* out) { return X509_NAME_print_ex(out, name, 0, flags) >= 0; });
}

std::string alternatives_of(const X509* certificate) {
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0) return {};
    return to_valid_utf8(
        printed([&](BIO* out) { return X509V3_EXT_print(out, X509_get_ext(certificate, at), 0, 0) == 1; }));
}

std::string pem_of(X509* certificate) {
    return trim(printed([&](BIO* out) { return PEM_write_bio_X509(out, certificate) == 1; }));
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
        X509* one = sk_X509_value(sent, i);
        const auto *const subject = X509_get_subject_name(one), *const issuer = X509_get_issuer_name(one);
        handshake.chain.push_back({.subject = name_text(subject, XN_FLAG_RFC2253),
                                   .issuer = name_text(issuer, XN_FLAG_RFC2253),
                                   .names = names_of(one),
                                   .begins = moment_of(X509_get0_notBefore(one)),
                                   .ends = moment_of(X509_get0_notAfter(one)),
                                   .serial = serial_of(one),
                                   .subject_line = name_text(subject, name_in_one_line),
                                   .issuer_line = name_text(issuer, name_in_one_line),
                                   .alternatives = alternatives_of(one),
                                   .pem = pem_of(one)});
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
