#include "sys/stream/age_keys.h"
#include "base/text.h"
#include "sys/stream/age_parts.h"
#include "sys/stream/bech32.h"
#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>
#include <stdexcept>

namespace fairlead::sys {
namespace {

constexpr std::string_view recipient_prefix = "age", identity_prefix = "age-secret-key-";

bool take(std::string_view prefix, std::string_view text, std::array<unsigned char, 32>& key) {
    auto bytes = from_bech32(prefix, text);
    if (!bytes || bytes->size() != key.size()) return false;
    std::copy_n(bytes_of(*bytes), key.size(), key.begin());
    ::sodium_memzero(bytes->data(), bytes->size());
    return true;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char one) { return one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one; });
    return text;
}

}

Result<AgeRecipient> AgeRecipient::read(std::string_view text) {
    AgeRecipient recipient;
    if (take(recipient_prefix, text, recipient.key_)) return recipient;
    if (from_bech32(identity_prefix, text)) return usage("a secret key was given instead of its recipient (age1...)");
    return usage(
        fmt::format("'{}' is not an X25519 recipient of age; expected age1 and 58 letters, as age-keygen prints it",
                    to_valid_utf8(text)));
}

std::string AgeRecipient::shown() const { return to_bech32(recipient_prefix, text_of(key_)); }

AgeIdentity AgeIdentity::make() {
    start_sodium();
    AgeIdentity identity;
    ::randombytes_buf(identity.key_.data(), identity.key_.size());
    return identity;
}

Result<AgeIdentity> AgeIdentity::read(std::string_view text, const std::string& name) {
    AgeIdentity identity;
    if (take(identity_prefix, text, identity.key_)) return identity;
    return usage(fmt::format("'{}' holds no secret key of age; expected AGE-SECRET-KEY-1 and 58 letters", name));
}

AgeIdentity::AgeIdentity(AgeIdentity&& other) noexcept : key_(other.key_) {
    ::sodium_memzero(other.key_.data(), other.key_.size());
}
AgeIdentity::~AgeIdentity() { ::sodium_memzero(key_.data(), key_.size()); }

AgeRecipient AgeIdentity::recipient() const {
    AgeRecipient recipient;
    ::crypto_scalarmult_base(recipient.key_.data(), key_.data());
    return recipient;
}

Secret AgeIdentity::spelt() const { return Secret(upper(to_bech32(identity_prefix, text_of(key_)))); }

Result<std::vector<AgeIdentity>> read_age_identities(std::string_view text, const std::string& name) {
    std::vector<AgeIdentity> identities;
    int number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        auto identity = TRY(AgeIdentity::read(line, fmt::format("{}:{}", name, number)));
        identities.push_back(std::move(identity));
    }
    if (identities.empty())
        return usage(
            fmt::format("'{}' holds no secret key of age; expected a line that begins with AGE-SECRET-KEY-1", name));
    return identities;
}

}
