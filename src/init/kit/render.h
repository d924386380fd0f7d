#pragma once
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::init {

// What holds of the project and of what was asked for: "flask", "redis", "nginx".
using Facts = std::set<std::string>;
// Each text stands in the kit's files for the value of this project. They are such that the files are valid with them.
using Samples = std::vector<std::pair<std::string, std::string>>;

// "python no-redis": all of these words hold.
bool holds(const Facts& facts, std::string_view words);

// A line that says `kit:if WORDS`, `kit:else` or `kit:end` (in a comment of whatever language) is left out, and with it
// what does not hold; two empty lines in a row become one. Longer samples are replaced first.
std::string render(std::string_view text, const Facts& facts, Samples samples);

}
