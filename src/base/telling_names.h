#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

// What sounds_secret() and is_secret() of credentials.h judge by, for whoever takes texts apart.
namespace fairlead {

constexpr std::size_t said_by_chance = 8; // shorter values of `key`, `code` ... are words and numbers

using Words = std::span<const std::string_view>;

inline bool is_one_of(Words words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_plain(std::string_view value); // nobody's secret, whatever its name

}
