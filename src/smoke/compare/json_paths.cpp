#include "smoke/compare/json_paths.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::smoke::compare {

namespace {

std::string selector_of(std::string token) {
    token = replace_all(replace_all(token, "~1", "/"), "~0", "~");
    const bool is_index = !token.empty() && token.size() < 10 && std::all_of(token.begin(), token.end(), is_digit) &&
                          (token == "0" || token.front() != '0');
    return '[' + (is_index ? token + ',' : "") + '"' + json_escape(token) + "\"]";
}

}

Result<hurl::JsonPath> parse_path_or_pointer(std::string_view text) {
    if (!text.starts_with('/')) return hurl::JsonPath::parse(text);
    std::string path = "$";
    for (const auto& token : split(text.substr(1), '/')) path += selector_of(token);
    return hurl::JsonPath::parse(path);
}

}
