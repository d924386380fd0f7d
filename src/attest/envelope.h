#pragma once
#include "attest/key.h"
#include "base/result.h"
#include <span>
#include <string>
#include <string_view>

// Reads and writes DSSE, the envelope of signed statements (github.com/secure-systems-lab/dsse, protocol.md and
// envelope.md, v1).
namespace fairlead::attest {

inline constexpr std::size_t envelope_limit = 4u << 20; // bytes
inline constexpr std::size_t most_signatures = 32;

std::string seal(std::string_view type, std::string_view payload, std::span<const sys::PrivateKey> keys);

struct Opened {
    std::string payload;  // the signed bytes
    std::string key;      // name of the key that signed
    bool is_named = true; // the signature names this key; that name itself is not signed
};

// Returns the payload if it has this type, and if one of `keys`, valid at `now`, signed exactly these bytes. Other
// signatures, and the key names in signatures, are ignored. Error (no), with `name`: anything else.
Result<Opened> open(std::string_view envelope, const std::string& name, std::string_view type,
                    std::span<const Key> keys, SystemTime now);
// Returns the payload without checking signatures, if no key is trusted. Error (no): not an envelope with a payload of
// this type.
Result<std::string> unproven_payload(std::string_view envelope, const std::string& name, std::string_view type);

}
