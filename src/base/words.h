#pragma once
#include <algorithm>
#include <span>
#include <string_view>

namespace fairlead {

using Words = std::span<const std::string_view>;

inline bool is_one_of(Words words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}
