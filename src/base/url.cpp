#include "base/url.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead {

namespace {

constexpr std::string_view mark = "://";
constexpr std::size_t longest_authority = 300; // a name has at most 253 bytes

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

bool is_scheme(std::string_view text) {
    return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

// Where the port begins (its colon), npos without one; the colons of an IPv6 address are none.
std::size_t port_of(std::string_view authority) {
    const auto colon = authority.rfind(':');
    return colon != authority.npos && authority.find(']', colon) == authority.npos ? colon : authority.npos;
}

bool could_be_host(std::string_view authority) {
    const auto colon = port_of(authority);
    const auto host = authority.substr(0, colon);
    if (host.empty() || (colon != authority.npos && !all_digits(authority.substr(colon + 1)))) return false;
    return std::all_of(host.begin(), host.end(), [](char c) {
        const bool international = static_cast<unsigned char>(c) >= 0x80;
        return is_letter(c) || is_digit(c) || international ||
               std::string_view(".-_[]:").find(c) != std::string_view::npos;
    });
}

std::string_view up_to_any(std::string_view text, std::string_view ends) {
    return text.substr(0, text.find_first_of(ends));
}

// The '@' that ends user and password, npos without them. Where a password holds a raw '/', '?' or '#' the authority
// seems to end within it: then its "port" is no number and an '@' with a host follows later.
std::size_t at_sign(std::string_view rest) {
    const auto authority = up_to_any(rest, "/?#");
    if (const auto at = authority.rfind('@'); at != authority.npos) return at;
    const auto colon = port_of(authority);
    if (colon == authority.npos || (all_digits(authority.substr(colon + 1)) && authority.size() > colon + 1))
        return rest.npos;
    for (auto at = rest.find('@', authority.size()); at != rest.npos; at = rest.find('@', at + 1)) {
        const auto behind = up_to_any(rest.substr(at + 1, longest_authority), "/?#@");
        if (at + 1 + behind.size() < rest.size() && rest[at + 1 + behind.size()] == '@') continue; // no host has one
        if (could_be_host(behind)) return at;
    }
    return rest.npos;
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char small = is_letter(c) ? static_cast<char>(c | 0x20) : '\0';
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

Result<void> check(const Url& url) {
    if (!is_scheme(url.scheme)) return usage("its scheme is not valid; write https://HOST");
    const bool without_host = url.scheme == "file" || url.path.size() > 1;
    if (url.host.empty() && (!without_host || url.scheme == "http" || url.scheme == "https"))
        return usage("it has no host; write https://HOST");
    if (!url.host.empty() && !could_be_host(url.host)) return usage("its host is not valid");
    if (!all_digits(url.port) || url.port.size() > 5 || (!url.port.empty() && std::stoi(url.port) > 65535) ||
        (!url.port.empty() && std::stoi(url.port) == 0))
        return usage("its port is not valid; expected 1 to 65535");
    return {};
}

}

std::string Url::authority() const { return port.empty() ? host : host + ":" + port; }

bool is_absolute_url(std::string_view text) {
    const auto end = text.find(mark);
    return end != text.npos && is_scheme(text.substr(0, end));
}

UrlSpan take_apart(std::string_view text, std::size_t scheme_end, std::size_t end) {
    UrlSpan span;
    span.end = end;
    span.userinfo = span.userinfo_end = std::min(scheme_end + mark.size(), end);
    const auto rest = text.substr(span.userinfo, end - span.userinfo);
    const auto at = at_sign(rest);
    if (at != rest.npos) span.userinfo_end = span.userinfo + at;
    const auto behind = text.substr(0, end).find_first_of("?#", span.userinfo_end);
    span.query = behind == text.npos ? end : behind + 1;
    return span;
}

Result<Url> parse_url(std::string_view text) {
    if (!is_absolute_url(text)) return usage("it has no scheme; write https://HOST");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }))
        return usage("it holds a blank or a control character; write them as %20");
    const auto scheme_end = text.find(mark);
    const auto span = take_apart(text, scheme_end, text.size());
    Url url;
    url.scheme = lower(text.substr(0, scheme_end));
    const auto userinfo = text.substr(span.userinfo, span.userinfo_end - span.userinfo);
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    url.user = userinfo.substr(0, colon);
    if (colon < userinfo.size()) url.password = userinfo.substr(colon + 1);
    auto rest = text.substr(span.userinfo_end);
    if (rest.starts_with('@')) rest.remove_prefix(1);
    const auto authority = up_to_any(rest, "/?#");
    rest.remove_prefix(authority.size());
    const auto port = port_of(authority);
    url.host = lower(authority.substr(0, port));
    if (port != authority.npos) url.port = authority.substr(port + 1);
    url.path = up_to_any(rest, "?#");
    rest.remove_prefix(url.path.size());
    if (rest.starts_with('?')) {
        url.query = up_to_any(rest.substr(1), "#");
        rest.remove_prefix(url.query.size() + 1);
    }
    if (rest.starts_with('#')) url.fragment = rest.substr(1);
    TRY_VOID(check(url));
    return url;
}

bool is_sqlite_url(std::string_view url) { return url.starts_with("sqlite:") || url.starts_with("sqlite3:"); }

bool sqlite_url_has_user(std::string_view url) {
    const auto scheme_end = url.find(':');
    if (scheme_end == url.npos) return false;
    const auto rest = up_to_any(url.substr(scheme_end + 1), "?#");
    const auto slashes = std::min(rest.find_first_not_of('/'), rest.size());
    if (slashes == mark.size() - 1) {
        const auto span = take_apart(url, scheme_end, scheme_end + 1 + rest.size());
        return span.userinfo_end > span.userinfo || rest.substr(slashes).starts_with('@');
    }
    const auto first = up_to_any(rest.substr(slashes), "/"); // a folder may have an '@' in its name
    return first.find(':') < first.find('@') && first.find('@') != first.npos;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

}
