#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// Returns the encoded forms of a secret, and the secret itself: hexadecimal, base32, base64 and doubled quotes;
// SECURITY.md lists all. Escaped characters are found by base/secrets/spelled.h instead. For base32 and base64, a form
// leaves out the characters at both ends, because they also encode bits of neighbouring bytes.
std::vector<std::string> forms_of(std::string_view value);

}
