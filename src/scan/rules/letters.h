#pragma once
#include <string>
#include <string_view>

// Judges a value by its letters, without its name.
namespace fairlead::scan {

bool is_base64(std::string_view text);            // with its padding; of readable text
int base64_value(char letter);                    // -1: not in either alphabet
std::string decode_base64(std::string_view text); // both alphabets; stops at the first other letter
bool has_digit(std::string_view text);
bool is_hex(std::string_view text); // in upper or lower case
bool is_uuid(std::string_view text);
// Words and identifiers have few long pieces (default|To|Config|2), random text has many short ones.
bool is_random(std::string_view text);
// Returns whether it is words in disguise: base64 of text that isn't random, or digits instead of letters
// (publ1sh-t0k3n).
bool is_words(std::string_view secret);
// Returns whether it contains a word such as "password", and its rest would not be a password by itself.
bool stands_for_one(std::string_view password);
bool is_encrypted(std::string_view value); // by SOPS, Jasypt, Spring, Vault or Ansible
bool is_algorithm(std::string_view value); // the name of a curve or a cipher: prime256v1
bool is_hash(std::string_view password);   // of a user in htpasswd, shadow, LDAP

}
