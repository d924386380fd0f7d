#pragma once
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

// What the groups of a regular expression (PCRE, as in location ~) can hold: an upper bound, byte by byte.
namespace fairlead::read {

using Bytes = std::bitset<256>;

struct RegexGroup {
    std::string name;         // empty: only a number
    Bytes may;                // bytes that it can hold
    bool begins_slash = true; // whatever it holds begins with /
};

// [0] is the whole match. What can't be read of a pattern counts as anything.
std::vector<RegexGroup> regex_groups(std::string_view pattern);

}
