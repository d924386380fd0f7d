#pragma once
#include <string>
#include <string_view>

// What the letters of a value say about it, whatever its name.
namespace fairlead::scan {

bool is_base64(std::string_view text);            // with its padding; of a text that people read
int base64_value(char letter);                    // -1: it is of neither alphabet
std::string decode_base64(std::string_view text); // both alphabets; stops at the first other letter
bool has_digit(std::string_view text);
bool is_hex(std::string_view text); // in letters of any size
bool is_uuid(std::string_view text);
// Words and identifiers are few long pieces (default|To|Config|2), random text is many short ones.
bool is_random(std::string_view text);
// Words in disguise: base64 of a text that is no random one, or digits for letters (publ1sh-t0k3n).
bool is_words(std::string_view secret);
// It says that it is a password, and what else it has is no password by itself.
bool stands_for_one(std::string_view password);
bool is_encrypted(std::string_view value); // by SOPS, Jasypt, Spring, Vault or Ansible
bool is_algorithm(std::string_view value); // the name of a curve or a cipher: prime256v1
bool is_hash(std::string_view password);   // of a user in htpasswd, shadow, LDAP

}
