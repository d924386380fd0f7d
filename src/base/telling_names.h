#pragma once
#include "base/words.h"
#include <cstddef>
#include <string_view>

// What sounds_secret() and is_secret() of credentials.h judge by, for whoever takes texts apart.
namespace fairlead {

constexpr std::size_t said_by_chance = 8; // shorter values of `key`, `code` ... are words and numbers

bool is_plain(std::string_view value); // nobody's secret, whatever its name

}
