#pragma once
#include "base/result.h"
#include "smoke/hurl/pattern.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The functions behind the text filters.
namespace fairlead::smoke::hurl {

// Like Rust's split(): an empty separator matches before and after each character.
std::vector<std::string> split_text(std::string_view text, std::string_view separator);

// Replaces all matches. In `by`, $1, $name, ${1} and ${name} are groups, and $$ is a dollar sign; an unset or unknown
// group is empty. As in Rust, the longest possible name is taken: "$1a" is the group `1a`.
std::string replace_matches(std::string_view text, const Expression& expression, std::string_view by);

enum class Base64 { standard, url_safe }; // standard: with padding; url_safe: without
std::optional<std::string> base64_bytes(std::string_view text, Base64 alphabet);
std::string base64_of(std::string_view bytes, Base64 alphabet);

std::string url_encoded(std::string_view text); // keeps RFC 3986's unreserved characters and, as in Hurl, the slash
std::string url_decoded(std::string_view text); // a wrong escape stays as written; wrong UTF-8 becomes U+FFFD
// Returns the first value of a query parameter. Error (no): the text is not an http or https URL.
Result<std::optional<std::string>> url_parameter(std::string_view url, std::string_view name);

std::string html_escaped(std::string_view text); // & < > " and '
// Decodes character references like browsers (HTML, 13.2.5.72 and following), also without a semicolon. Knows the names
// of HTML 4; unknown names stay.
std::string html_unescaped(std::string_view text);
char32_t html_letter(std::string_view name); // "amp" gives U+0026; 0: there is no such name

}
