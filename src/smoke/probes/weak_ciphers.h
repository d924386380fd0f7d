#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Offers TLS 1.2 with only weak ciphers, which OpenSSL no longer supports (RFC 5246, 7.4.1.2).
namespace fairlead::smoke {

// Returns a ClientHello with suites of NULL, anonymous, EXPORT, DES, 3DES and RC4. `host`: the name for SNI; empty: no
// SNI. `random`: 32 bytes.
std::string weak_client_hello(const std::string& host, std::string_view random);

constexpr std::size_t longest_hello_answer = 512;
struct HelloAnswer {
    bool is_refused = false;
    std::string suite; // the suite that the server chose: "TLS_RSA_WITH_RC4_128_SHA"
    std::string fault; // why the bytes are not an answer of TLS
};
// Nothing: more bytes are needed.
std::optional<HelloAnswer> read_hello_answer(std::string_view bytes);

}
