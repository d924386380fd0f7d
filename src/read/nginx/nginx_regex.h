#pragma once
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

// Determines which bytes the groups of a regular expression (PCRE, as in location ~) can match at most.
namespace fairlead::read {

using Bytes = std::bitset<256>;

struct RegexGroup {
    std::string name;         // empty: only a number
    Bytes may;                // bytes that it can match
    bool begins_slash = true; // every match begins with /
};

// [0] is the whole match. Parts of a pattern that can't be read count as matching anything.
std::vector<RegexGroup> regex_groups(std::string_view pattern);

}
