#include "sys/database/without_values.h"
#include <algorithm>
#include <iterator>

namespace fairlead::sys {
namespace {

// What stands before a value and behind it; the last of these, as the value may hold some.
struct Quoting {
    std::string_view before, end;
    bool cut = true; // what has no end is a value that was cut off
};
constexpr Quoting all_quotings[] = {
    {": \"", "\""},         // invalid input syntax for type integer: "…"
    {"value \"", "\" is "}, // value "…" is out of range for type integer
    {")=(", ")"},           // Key (mail)=(…) already exists
    {"row contains (", ")"},
    {"Token \"", "\" is invalid", false},         // of JSON
    {"\"", "\" is out of range for type", false}, // a float's
};

std::string masked(std::string text, const Quoting& quoting) {
    const auto found = text.find(quoting.before);
    if (found == text.npos) return text;
    const auto begin = found + quoting.before.size();
    const auto end = text.rfind(quoting.end);
    if (end == text.npos || end < begin) return quoting.cut ? text.substr(0, begin) + "***" : text;
    return text.replace(begin, end - begin, "***");
}

}

std::string without_values(std::string_view message) {
    std::string text(message);
    for (const Quoting& quoting : all_quotings) text = masked(std::move(text), quoting);
    return text;
}

bool shows_rows(std::string_view line) {
    constexpr std::string_view words[] = {
        "DETAIL: ", "CONTEXT: ", "QUERY: ", "STATEMENT: ", "Command was: ", "detail: "};
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return line.find(word) != line.npos; });
}

}
