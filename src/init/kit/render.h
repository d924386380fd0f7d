#pragma once
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::init {

// Words that are true for the project and the request: "flask", "redis", "nginx".
using Facts = std::set<std::string>;
// Pairs of a sample text in the kit's files, and this project's value. With the samples the files are valid, too.
using Samples = std::vector<std::pair<std::string, std::string>>;

// Returns whether all these words are true: "python no-redis".
bool holds(const Facts& facts, std::string_view words);

// Removes lines with `kit:if WORDS`, `kit:else` or `kit:end` (in a comment of any language), and the parts whose words
// are not true. Two empty lines in a row become one. Longer samples are replaced first.
std::string render(std::string_view text, const Facts& facts, Samples samples);

}
