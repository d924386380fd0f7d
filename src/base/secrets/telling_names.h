#pragma once
#include "base/words.h"
#include <cstddef>
#include <string_view>

// Rules of sounds_secret() and is_secret() in credentials.h, for code that splits texts itself.
namespace fairlead {

constexpr std::size_t said_by_chance = 8; // shorter values of `key`, `code` ... are taken for words and numbers

bool is_plain(std::string_view value); // never a secret, under any name

}
