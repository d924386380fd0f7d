#pragma once
#include "base/time.h"
#include "sys/signature.h"
#include <optional>
#include <string>
#include <string_view>

// Who may have signed, and when that is believed.
namespace fairlead::attest {

struct Key {
    sys::PublicKey key;
    std::string name;                       // its file's
    std::optional<SystemTime> from, before; // at or after the one, before the other; nothing: always
};

// PEM; before BEGIN may stand lines `Valid-From: DATE` and `Valid-Until: DATE`, a day (UTC, both included) or a time of
// RFC 3339, empty ones, and what `openssl pkey -text` writes. Error (usage): no key, one of those that is wrong or
// there twice, any other line.
Result<Key> read_key(std::string_view pem, const std::string& name);

// Why a signature by this key isn't believed at `now`; empty: it is. A signature bears no time that its maker couldn't
// choose, so the day that counts is that of the judgement.
std::string refusal(const Key& key, SystemTime now);

}
