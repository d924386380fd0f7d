#pragma once
#include "base/result.h"
#include "smoke/hurl/pattern.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the filters of texts do.
namespace fairlead::smoke::hurl {

// As Rust's: an empty separator stands before and behind each character.
std::vector<std::string> split_text(std::string_view text, std::string_view separator);

// Replaces all matches. In `by`, $1, $name, ${1} and ${name} are groups, $$ is a dollar sign; a group that is unset or
// doesn't exist is empty. As in Rust, a name is as long as it can be: "$1a" is the group `1a`.
std::string replace_matches(std::string_view text, const Expression& expression, std::string_view by);

enum class Base64 { standard, url_safe }; // with padding; without padding
std::optional<std::string> base64_bytes(std::string_view text, Base64 alphabet);
std::string base64_of(std::string_view bytes, Base64 alphabet);

std::string url_encoded(std::string_view text); // all but RFC 3986's unreserved characters and, as in Hurl, the slash
std::string url_decoded(std::string_view text); // a wrong escape stays as written; wrong UTF-8 becomes U+FFFD
// The first value of the name. Error (no): the text is no URL with http: or https:.
Result<std::optional<std::string>> url_parameter(std::string_view url, std::string_view name);

std::string html_escaped(std::string_view text); // & < > " and '
// As browsers read references of characters (HTML, 13.2.5.72 and following), also those without a semicolon. Names are
// those of HTML 4; unknown ones stay as they are.
std::string html_unescaped(std::string_view text);
char32_t html_letter(std::string_view name); // "amp" gives U+0026; 0: there is no such name

}
