#include "init/write/text.h"
#include "base/shell.h"
#include "base/text.h"
#include <algorithm>
#include <iterator>

namespace fairlead::init {

namespace {

// Words that YAML 1.1 or 1.2 reads as something else than text.
bool is_reserved(const std::string& word) {
    constexpr std::string_view words[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
    return std::find(std::begin(words), std::end(words), lower(word)) != std::end(words);
}

// Few characters are needed: what is not among them is quoted.
bool is_plain(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::string_view others = "0123456789_./@+-= ?";
    const auto is_letter = [&](char c) { return letters.find(c) != letters.npos; };
    const auto first = text.substr(0, 1) == "/" ? 0 : std::min(text.find_first_not_of('-'), text.size());
    const bool begins = text.starts_with('/') || text.starts_with("./") || text == "." ||
                        (text.starts_with('.') && text.size() > 1 && is_letter(text[1])) ||
                        (first <= 2 && first < text.size() && is_letter(text[first]));
    return begins && !text.ends_with(' ') && text.find("  ") == text.npos &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || others.find(c) != others.npos; });
}

}

std::string yaml_scalar(std::string_view text) {
    const bool plain =
        is_plain(text) && !is_reserved(std::string(text)) && lower(text) != ".nan" && lower(text) != ".inf";
    return plain ? std::string(text) : "\"" + json_escape(text) + "\"";
}

std::string yaml_list(const std::vector<std::string>& words) {
    std::vector<std::string> scalars;
    for (const auto& word : words) scalars.push_back(yaml_scalar(word));
    return "[" + join(scalars, ", ") + "]";
}

std::string shell_line(const std::vector<std::string>& argv) {
    std::vector<std::string> words;
    // shell_word has put such a word into single quotes: they are closed and opened again between the two characters.
    for (const auto& word : argv) words.push_back(replace_all(shell_word(word), "${{", "$''{{"));
    return join(words, " ");
}

std::string below(std::string_view folder, std::string_view path) {
    if (folder.empty() || path.empty()) return std::string(folder.empty() ? path : folder);
    return std::string(folder) + "/" + std::string(path);
}

}
