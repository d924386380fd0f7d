#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

// The texts in which a secret may travel, itself among them, that no reading of single characters finds (those are
// base/spelled.h's): hexadecimal, base32, base64 and doubled quotes; SECURITY.md lists all. Those of base32 and base64
// are what all encoded texts that hold the value have in common: the characters at either end carry bits of the
// neighbours, too, and are left out.
std::vector<std::string> forms_of(std::string_view value);

}
