#pragma once
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace fairlead {

using Words = std::span<const std::string_view>;

inline bool is_one_of(Words words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}
inline bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many); // "1 set", "2 sets"

}
