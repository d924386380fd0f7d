#pragma once
#include "base/time.h"
#include "sys/signature.h"
#include <optional>
#include <string>
#include <string_view>

// The keys that may have signed, and the time when they are trusted.
namespace fairlead::attest {

struct Key {
    sys::PublicKey key;
    std::string name;                       // name of its file
    std::optional<SystemTime> from, before; // trusted at or after `from`, and before `before`; nothing: no limit
};

// Reads a key in PEM. Before BEGIN, there may be lines `Valid-From: DATE` and `Valid-Until: DATE` (a day in UTC, both
// included, or a time of RFC 3339), empty lines, and the output of `openssl pkey -text`. Error (usage): no key; a wrong
// or repeated line of these; any other line.
Result<Key> read_key(std::string_view pem, const std::string& name);

// Returns why a signature by this key isn't trusted at `now`; empty: it is trusted. The time of checking counts,
// because the signer could write any other time.
std::string refusal(const Key& key, SystemTime now);

}
