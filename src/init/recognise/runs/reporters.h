#pragma once
#include <string>
#include <string_view>
#include <vector>

// Takes options out of a command line of somebody else's, so that what we add stands there once. Quotes and the rest of
// the text stay as they are.
namespace fairlead::init {

struct TakenOptions {
    std::string text;                // the command without them
    std::vector<std::string> values; // "" for one without a value
    bool any() const { return !values.empty(); }
};
// --name=value, --name value, and of two letters -n value. `with_value`: whether the next word is its value.
TakenOptions take_option(const std::string& text, const std::vector<std::string_view>& names, bool with_value);

// Where the word stands as a whole in the command; npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word);

// `node --test` with our reporters: each reporter that stands there keeps its place and is paired with its destination.
struct NodeReporters {
    std::string text;
    std::string junit, lcov; // the files that they write
};
NodeReporters with_node_reporters(const std::string& text, const std::string& junit, const std::string& lcov);

}
