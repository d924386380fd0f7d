#pragma once
#include "scan/rules/rule.h"
#include <cstdint>
#include <optional>

// Offline checks of a value. Each gets the secret and the whole match.
namespace fairlead::scan {

// Shannon entropy in bits per byte.
double entropy(std::string_view text);

// GitHub and npm: the last 6 characters are the CRC-32 of the 30 characters before, in base 62 (github.blog,
// 2021-04-05). Only for a body of 36 characters; any other length proves nothing.
Proof check_github(std::string_view secret, std::string_view match);
Proof check_age(std::string_view secret, std::string_view match);   // Bech32 (BIP-173)
Proof check_zuplo(std::string_view secret, std::string_view match); // CRC-32 in hex after the second '_'
Proof check_private_key(std::string_view secret,
                        std::string_view match);                  // DER length or "openssh-key-v1", also in base64
Proof check_jwt(std::string_view secret, std::string_view match); // the header is JSON with an algorithm
// When a JSON Web Token expires, in seconds since 1970; nothing: it doesn't say.
std::optional<std::int64_t> expiry_of(std::string_view token);
Proof check_connection(std::string_view secret, std::string_view match); // refutes samples for a development machine
Proof check_basic(std::string_view secret, std::string_view match);      // base64 of user:password
// it has a digit, and doesn't contain "password"
Proof check_password(std::string_view secret, std::string_view match);
// Passwords that a person chose. chosen: long enough, with letters and digits; weak: any other; default: any.
Proof check_chosen(std::string_view secret, std::string_view match);
Proof check_weak(std::string_view secret, std::string_view match);
Proof check_default(std::string_view secret, std::string_view match);
Proof check_local(std::string_view secret, std::string_view match);   // of a database at localhost
Proof check_saved(std::string_view secret, std::string_view match);   // saved by a program: anything except a template
Proof check_django(std::string_view secret, std::string_view match);  // as made by startproject, except with "insecure"
Proof check_der(std::string_view secret, std::string_view match);     // base64 of one whole ASN.1 sequence
Proof check_in_code(std::string_view secret, std::string_view match); // chosen, with letters of both sizes and digits
Proof check_typed(std::string_view secret, std::string_view match);   // a password that is random, not words
// for `under` rows of row.h: random or hex, and its name isn't that of a digest
Proof check_named(std::string_view secret, std::string_view match);
Proof check_padded(std::string_view secret, std::string_view match);     // random after a run of A
Proof check_jwt_base64(std::string_view secret, std::string_view match); // a JSON Web Token, in base64 once more
Proof check_kube(std::string_view secret, std::string_view match); // base64 of anything but a certificate or a stand-in
// random, not words, and assigned to a name that suggests a secret
Proof check_generic(std::string_view secret, std::string_view match);

// Returns whether the value is only a placeholder for a secret: example, placeholder, a run of one letter, ${VARIABLE},
// {{ template }}.
bool is_placeholder(std::string_view secret);

}
