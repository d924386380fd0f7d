#include "sys/signature.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/sodium.h"
#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>
#include <stdexcept>

namespace fairlead::sys {
namespace {

// The DER before the key's 32 bytes: RFC 8410 sections 4 (public) and 7 (private, without its public key).
constexpr std::string_view public_head("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
constexpr std::string_view private_head("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16);
constexpr std::size_t key_size = 32;
constexpr std::string_view begin = "-----BEGIN ";

std::string_view text_of_bytes(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

// A text that is overwritten when it goes.
struct Wiped {
    std::string text;
    explicit Wiped(std::string value) : text(std::move(value)) {}
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { sodium_memzero(text.data(), text.size()); }
};

// Whether the PEM holds that key, whose bytes are put into `key`.
bool take_key(std::string_view pem, std::string_view label, std::string_view head, unsigned char* key) {
    pem.remove_prefix(text_before_key(pem).size());
    const auto first = fmt::format("{}{}-----", begin, label), last = fmt::format("-----END {}-----", label);
    const auto end = pem.find(last);
    if (!pem.starts_with(first) || end == pem.npos || !trim(pem.substr(end + last.size())).empty()) return false;
    const auto inner = pem.substr(first.size(), end - first.size());
    Wiped der(std::string(head.size() + key_size, '\0'));
    std::size_t size = 0;
    const bool decoded =
        sodium_base642bin(reinterpret_cast<unsigned char*>(der.text.data()), der.text.size(), inner.data(),
                          inner.size(), " \t\r\n", &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    if (!decoded || size != der.text.size() || !der.text.starts_with(head)) return false;
    std::copy_n(bytes_of(der.text) + head.size(), key_size, key);
    return true;
}

PublicKey with_id(PublicKey key) {
    key.id = sha256(std::string(public_head) + std::string(text_of_bytes(key.bytes.data(), key.bytes.size())));
    return key;
}

}

std::string_view text_before_key(std::string_view pem) {
    for (std::size_t at = 0; at < pem.size();) {
        if (pem.substr(at).starts_with(begin)) return pem.substr(0, at);
        const auto end = pem.find('\n', at);
        at = end == pem.npos ? pem.size() : end + 1;
    }
    return pem;
}

Result<PublicKey> read_public_key(std::string_view pem, const std::string& name) {
    PublicKey key;
    if (take_key(pem, "PUBLIC KEY", public_head, key.bytes.data())) return with_id(key);
    return usage(
        fmt::format("'{}' is not a single public ed25519 key in PEM; run: openssl pkey -in PRIVATE.pem -pubout", name));
}

Result<PrivateKey> read_private_key(std::string pem, const std::string& name) {
    start_sodium();
    const Wiped text(std::move(pem));
    Wiped seed(std::string(key_size, '\0'));
    if (!take_key(text.text, "PRIVATE KEY", private_head, reinterpret_cast<unsigned char*>(seed.text.data())))
        return usage(fmt::format("'{}' is not a single private ed25519 key in PEM, without a passphrase; run: openssl "
                                 "genpkey -algorithm ed25519",
                                 name));
    PrivateKey key;
    std::array<unsigned char, key_size> ignored{};
    crypto_sign_ed25519_seed_keypair(ignored.data(), key.bytes_.data(), bytes_of(seed.text));
    return key;
}

PrivateKey::PrivateKey(PrivateKey&& other) noexcept : bytes_(other.bytes_) {
    sodium_memzero(other.bytes_.data(), other.bytes_.size());
}
PrivateKey::~PrivateKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

PublicKey PrivateKey::public_key() const {
    PublicKey key;
    crypto_sign_ed25519_sk_to_pk(key.bytes.data(), bytes_.data());
    return with_id(key);
}

std::string PrivateKey::sign(std::string_view message) const {
    std::array<unsigned char, crypto_sign_ed25519_BYTES> made{};
    crypto_sign_ed25519_detached(made.data(), nullptr, bytes_of(message), message.size(), bytes_.data());
    return std::string(text_of_bytes(made.data(), made.size()));
}

bool verifies(const PublicKey& key, std::string_view message, std::string_view signature) {
    start_sodium();
    return signature.size() == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                               key.bytes.data()) == 0;
}

std::optional<std::string> from_base64(std::string_view text) {
    for (const int variant : {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_URLSAFE}) {
        std::string bytes(text.size() / 4 * 3 + 3, '\0');
        std::size_t size = 0;
        if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                              nullptr, &size, nullptr, variant) != 0)
            continue;
        bytes.resize(size);
        return bytes;
    }
    return std::nullopt;
}

}
