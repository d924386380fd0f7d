#include "base/json_path.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead {

namespace {

Error wrong(std::string_view text) {
    return usage(
        fmt::format("'{}' is not a place in a JSON document; expected a pointer like /items/0/id or a path like "
                    "$.items[0].id",
                    text));
}

constexpr std::string_view blanks_and_signs = " .[]*?'\"\\";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

bool is_plain_letter(char c) { return blanks_and_signs.find(c) == std::string_view::npos && !is_control(c); }

// `[0]`, `['name']` or `["name"]` at the front of `rest`; empty when it is something else.
std::string take_bracket(std::string_view& rest) {
    const char quote = rest.size() > 1 ? rest[1] : '\0';
    if (quote == '\'' || quote == '"') {
        const auto end = rest.find(quote, 2);
        if (end == std::string_view::npos || end + 1 >= rest.size() || rest[end + 1] != ']') return "";
        const auto name = rest.substr(2, end - 2); // escapes have no place here: a pointer says such a name
        if (name.find('\\') != name.npos || std::any_of(name.begin(), name.end(), is_control)) return "";
        rest.remove_prefix(end + 2);
        return pointer_token(name);
    }
    const auto end = rest.find(']');
    if (end == std::string_view::npos || end == 1) return "";
    const auto index = rest.substr(1, end - 1);
    if (!std::all_of(index.begin(), index.end(), [](char c) { return c >= '0' && c <= '9'; })) return "";
    if (index.size() > 15 || (index.size() > 1 && index.front() == '0')) return "";
    rest.remove_prefix(end + 1);
    return pointer_token(index);
}

// `.name` at the front of `rest`.
std::string take_name(std::string_view& rest) {
    const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_plain_letter) - rest.begin();
    const auto name = rest.substr(1, static_cast<std::size_t>(end) - 1);
    rest.remove_prefix(static_cast<std::size_t>(end));
    return name.empty() ? "" : pointer_token(name);
}

}

std::string pointer_token(std::string_view name) { return "/" + replace_all(replace_all(name, "~", "~0"), "/", "~1"); }

Result<std::string> json_location(std::string_view text) {
    if (text.empty() || text.front() == '/') return std::string(text);
    if (text.front() != '$') return wrong(text);
    std::string pointer;
    for (auto rest = text.substr(1); !rest.empty();) {
        std::string token;
        if (rest.front() == '.')
            token = take_name(rest);
        else if (rest.front() == '[')
            token = take_bracket(rest);
        if (token.empty()) return wrong(text);
        pointer += token;
    }
    return pointer;
}

}
