#pragma once
#include "attest/key.h"
#include "base/text.h"
#include <string>

// Keys for tests, one for each letter.
namespace fairlead::attest {

inline sys::PrivateKey private_key(char letter) {
    const std::string label = "PRIVATE KEY";
    const std::string der =
        std::string("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16) + std::string(32, letter);
    return sys::read_private_key("-----BEGIN " + label + "-----\n" + base64(der) + "\n-----END " + label + "-----\n",
                                 "k")
        .value();
}
inline Key key(char letter) { return {private_key(letter).public_key(), std::string(1, letter), {}, {}}; }

inline const SystemTime now = parse_utc("2026-03-31T12:00:00Z").value();

}
