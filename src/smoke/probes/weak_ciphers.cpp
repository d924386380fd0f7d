#include "smoke/probes/weak_ciphers.h"
#include "smoke/probes/talk.h"
#include <fmt/format.h>
#include <initializer_list>

namespace fairlead::smoke {

namespace {

struct Suite {
    std::size_t number;
    std::string_view name; // IANA's, without TLS_
};

constexpr Suite weak_suites[] = {
    {0x0001, "RSA_WITH_NULL_MD5"},
    {0x0002, "RSA_WITH_NULL_SHA"},
    {0x0003, "RSA_EXPORT_WITH_RC4_40_MD5"},
    {0x0004, "RSA_WITH_RC4_128_MD5"},
    {0x0005, "RSA_WITH_RC4_128_SHA"},
    {0x0006, "RSA_EXPORT_WITH_RC2_CBC_40_MD5"},
    {0x0008, "RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0009, "RSA_WITH_DES_CBC_SHA"},
    {0x000a, "RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x000b, "DH_DSS_EXPORT_WITH_DES40_CBC_SHA"},
    {0x000c, "DH_DSS_WITH_DES_CBC_SHA"},
    {0x000d, "DH_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x000e, "DH_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x000f, "DH_RSA_WITH_DES_CBC_SHA"},
    {0x0010, "DH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0011, "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0012, "DHE_DSS_WITH_DES_CBC_SHA"},
    {0x0013, "DHE_DSS_WITH_3DES_EDE_CBC_SHA"},
    {0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    {0x0015, "DHE_RSA_WITH_DES_CBC_SHA"},
    {0x0016, "DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0x0017, "DH_anon_EXPORT_WITH_RC4_40_MD5"},
    {0x0018, "DH_anon_WITH_RC4_128_MD5"},
    {0x0019, "DH_anon_EXPORT_WITH_DES40_CBC_SHA"},
    {0x001a, "DH_anon_WITH_DES_CBC_SHA"},
    {0x001b, "DH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0x0034, "DH_anon_WITH_AES_128_CBC_SHA"},
    {0x003a, "DH_anon_WITH_AES_256_CBC_SHA"},
    {0x003b, "RSA_WITH_NULL_SHA256"},
    {0x0046, "DH_anon_WITH_CAMELLIA_128_CBC_SHA"},
    {0x006c, "DH_anon_WITH_AES_128_CBC_SHA256"},
    {0x006d, "DH_anon_WITH_AES_256_CBC_SHA256"},
    {0x0089, "DH_anon_WITH_CAMELLIA_256_CBC_SHA"},
    {0x00a6, "DH_anon_WITH_AES_128_GCM_SHA256"},
    {0x00a7, "DH_anon_WITH_AES_256_GCM_SHA384"},
    {0xc001, "ECDH_ECDSA_WITH_NULL_SHA"},
    {0xc002, "ECDH_ECDSA_WITH_RC4_128_SHA"},
    {0xc003, "ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc006, "ECDHE_ECDSA_WITH_NULL_SHA"},
    {0xc007, "ECDHE_ECDSA_WITH_RC4_128_SHA"},
    {0xc008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc00b, "ECDH_RSA_WITH_NULL_SHA"},
    {0xc00c, "ECDH_RSA_WITH_RC4_128_SHA"},
    {0xc00d, "ECDH_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc010, "ECDHE_RSA_WITH_NULL_SHA"},
    {0xc011, "ECDHE_RSA_WITH_RC4_128_SHA"},
    {0xc012, "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    {0xc015, "ECDH_anon_WITH_NULL_SHA"},
    {0xc016, "ECDH_anon_WITH_RC4_128_SHA"},
    {0xc017, "ECDH_anon_WITH_3DES_EDE_CBC_SHA"},
    {0xc018, "ECDH_anon_WITH_AES_128_CBC_SHA"},
    {0xc019, "ECDH_anon_WITH_AES_256_CBC_SHA"},
};

// A number in two bytes, and a text behind its length.
std::string two_bytes(std::size_t number) {
    return {static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}
std::string sized(std::string_view text) { return two_bytes(text.size()) + std::string(text); }

std::string extension(std::size_t number, std::string_view content) { return two_bytes(number) + sized(content); }

std::string numbers(std::initializer_list<std::size_t> all) {
    std::string bytes;
    for (const auto number : all) bytes += two_bytes(number);
    return bytes;
}

std::string hello_extensions(const std::string& host) {
    constexpr std::size_t server_name = 0, groups = 10, point_formats = 11, signatures = 13, renegotiation = 0xff01;
    std::string all;
    if (!host.empty()) all += extension(server_name, sized(std::string(1, '\0') + sized(host))); // RFC 6066, 3
    all += extension(groups, sized(numbers({29, 23, 24})));      // x25519, secp256r1, secp384r1
    all += extension(point_formats, std::string("\x01\x00", 2)); // uncompressed
    all += extension(signatures, sized(numbers({0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603, 0x0201, 0x0203, 0x0804,
                                                0x0805, 0x0806})));
    all += extension(renegotiation, std::string(1, '\0'));
    return all;
}

std::string suite_name(std::size_t number) {
    for (const auto& suite : weak_suites)
        if (suite.number == number) return fmt::format("TLS_{}", suite.name);
    return fmt::format("{:#06x}", number);
}

}

std::string weak_client_hello(const std::string& host, std::string_view random) {
    const std::string tls_1_0 = "\x03\x01", tls_1_2 = "\x03\x03";
    std::string suites;
    for (const auto& suite : weak_suites) suites += two_bytes(suite.number);
    const std::string no_session(1, '\0'), no_compression("\x01\x00", 2);
    const auto content =
        tls_1_2 + std::string(random) + no_session + sized(suites) + no_compression + sized(hello_extensions(host));
    return "\x16" + tls_1_0 + sized(std::string("\x01\x00", 2) + sized(content)); // a handshake; ClientHello
}

std::optional<HelloAnswer> read_hello_answer(std::string_view bytes) {
    constexpr char handshake = 22, alert = 21, server_hello = 2;
    constexpr std::size_t record_head = 5, session_at = record_head + 4 + 2 + 32;
    if (bytes.empty()) return {};
    if (bytes.front() == alert) return HelloAnswer{.is_refused = true, .suite = {}, .fault = {}};
    const bool is_other =
        bytes.front() != handshake || (bytes.size() > record_head && bytes[record_head] != server_hello);
    if (is_other) return HelloAnswer{false, {}, fmt::format("answers '{}', which is not TLS", foreign(bytes))};
    if (bytes.size() <= session_at) return {};
    const auto at = session_at + 1 + static_cast<unsigned char>(bytes[session_at]);
    if (bytes.size() < at + 2) return {};
    const auto byte = [&](std::size_t i) -> std::size_t { return static_cast<unsigned char>(bytes[i]); };
    return HelloAnswer{false, suite_name(byte(at) << 8 | byte(at + 1)), {}};
}

}
