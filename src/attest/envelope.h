#pragma once
#include "attest/key.h"
#include "base/result.h"
#include <span>
#include <string>
#include <string_view>

// DSSE, the envelope of signed statements (github.com/secure-systems-lab/dsse, protocol.md and envelope.md, v1).
namespace fairlead::attest {

inline constexpr std::size_t envelope_limit = 4u << 20; // bytes
inline constexpr std::size_t most_signatures = 32;

std::string seal(std::string_view type, std::string_view payload, std::span<const sys::PrivateKey> keys);

struct Opened {
    std::string payload;  // the bytes that were signed
    std::string key;      // name of the one that did
    bool is_named = true; // the signature says that it is that one's; nobody signs what it says
};

// The payload, where it is of that type and a signature by one of `keys`, valid at `now`, is over these bytes. Other
// signatures don't matter, nor what they say whose they are. Error (no): anything else, with `name`.
Result<Opened> open(std::string_view envelope, const std::string& name, std::string_view type,
                    std::span<const Key> keys, SystemTime now);
// The payload, whoever made it: where no key is trusted. Error (no): it is no envelope with a payload of that type.
Result<std::string> unproven_payload(std::string_view envelope, const std::string& name, std::string_view type);

}
