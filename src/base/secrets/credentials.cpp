#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/secrets/telling_names.h"
#include "base/secrets/tokens.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>

namespace fairlead {

namespace {

constexpr std::size_t as_long_as_a_token = 16;
constexpr std::size_t longest_within = 2048; // of what stands within something longer
constexpr std::size_t most_within = 16;      // of URLs within one that are asked as far as that
constexpr std::size_t longest_name = 64;     // of a longer one the end counts

void add(std::string_view value) {
    if (maskable(value)) const Secret registered{std::string(value)};
}

void add_with_decoded(std::string_view value) {
    add(value);
    add(percent_decode(value));
}

// Calls found(name, value's offset, value's end) for each parameter of a query or fragment.
template <typename Found>
void for_each_parameter(std::string_view text, std::size_t from, std::size_t end, Found found) {
    text = text.substr(0, end);
    while (from < end) {
        const auto stop = std::min(text.find_first_of("&;#?", from), end);
        const auto parameter = text.substr(from, stop - from);
        if (const auto equals = parameter.find('='); equals != parameter.npos)
            found(percent_decode(parameter.substr(0, equals)), from + equals + 1, stop);
        from = stop + 1;
    }
}

// Calls found(where "://" stands, where the URL ends) for each of the text. Those within another are short, and after
// the first ones each ends where the next begins: a text made of nothing but :// is read once.
template <typename Found>
void for_each_url(std::string_view text, std::string_view ends, Found found) {
    std::size_t outer_end = 0, within = 0;
    for (auto at = text.find("://"), next = at; at != text.npos; at = next) {
        next = text.find("://", at + 3);
        within = at < outer_end ? within + 1 : 0;
        if (within == 0) outer_end = std::min(text.find_first_of(ends, at), text.size());
        const auto end = within > most_within ? std::min(outer_end, next) : outer_end;
        found(at, within == 0 ? end : std::min(end, at + longest_within));
    }
}

constexpr std::string_view blanks_and_quotes = " \t\r\n\v\f\"'<>`\\";

void register_parts(std::string_view text, std::size_t scheme_end, std::size_t end) {
    const auto span = take_apart(text, scheme_end, end);
    const auto userinfo = text.substr(span.userinfo, span.userinfo_end - span.userinfo);
    const auto colon = userinfo.find(':');
    if (colon == userinfo.npos) {
        if (userinfo.size() >= as_long_as_a_token) add_with_decoded(userinfo);
    } else {
        const auto user = userinfo.substr(0, colon), password = userinfo.substr(colon + 1);
        const auto scheme = text.substr(0, scheme_end);
        const auto host = text.substr(std::min(span.userinfo_end + 1, text.size()));
        add_with_decoded(userinfo); // as it is, and for the base64 that is sent
        if (password != user && !scheme.ends_with(password) && !host.starts_with(password)) add_with_decoded(password);
        if (password.empty() && user.size() >= as_long_as_a_token) add_with_decoded(user); // https://token:@host
    }
    for_each_parameter(text, span.query, span.end, [&](const std::string& name, std::size_t from, std::size_t to) {
        const auto value = text.substr(from, to - from);
        if (is_secret(name, value)) add_with_decoded(value);
    });
}

// The bytes of a base64 or base64url text; nothing when it holds anything else.
std::string base64_decoded(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string decoded;
    unsigned bits = 0, held = 0;
    for (const char c : text.substr(0, text.find('='))) {
        const auto digit = digits.find(c == '-' ? '+' : c == '_' ? '/' : c);
        if (digit == digits.npos) return {};
        bits = (bits << 6U) | static_cast<unsigned>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        decoded += static_cast<char>((bits >> held) & 0xFFU);
        bits &= (1U << held) - 1;
    }
    return decoded;
}

// "Bearer x", "Basic dXNlcjpwYXNz", `Digest username="u", response="x"`, or the secret alone.
void register_authorization(std::string_view value) {
    add(value);
    const auto blank = value.find_first_of(" \t");
    if (blank == value.npos) return;
    const auto scheme = lower(value.substr(0, blank));
    const auto rest = trim(value.substr(blank));
    add(rest);
    if (scheme == "basic") {
        const auto pair = base64_decoded(rest);
        if (const auto colon = pair.find(':'); colon != pair.npos) {
            add(pair);
            add(pair.substr(colon + 1));
        }
    }
    for (const auto& part : split(rest, ',')) {
        const auto equals = part.find('=');
        const auto name = trim(std::string_view(part).substr(0, equals));
        if (equals == part.npos || (name != "response" && !sounds_secret(name))) continue;
        auto text = trim(std::string_view(part).substr(equals + 1));
        if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
        if (!is_plain(text)) add(text);
    }
}

constexpr std::string_view separators = ": \t=;";

// The value that a line assigns, from its first byte: up to its closing quote; in a list or a query up to where the
// next thing begins; else to the end of the line or its comment.
std::string_view assigned(std::string_view rest, bool alone) {
    rest = trim(rest);
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        for (std::size_t i = 1; i < rest.size(); ++i) {
            if (rest[i] == '\\' && rest[0] == '"')
                ++i;
            else if (rest[i] == rest[0])
                return rest.substr(1, i - 1);
        }
        return rest.substr(1); // never closed
    }
    if (rest.starts_with('{') || rest.starts_with('[')) return {};
    rest = rest.substr(0, rest.find(" #"));
    return trim(alone ? rest : rest.substr(0, rest.find_first_of(",}]\"'&;")));
}

}

void register_url(std::string_view url) {
    url = trim(url);
    if (const auto mark = url.find("://"); mark != url.npos) {
        register_parts(url, mark, url.size());
        return register_urls_in(url); // one within a parameter
    }
    const auto at = url.rfind('@'); // user:password@host
    const auto colon = url.find(':');
    if (at == url.npos || colon >= at || url.find_first_of(blanks) < at) return;
    add_with_decoded(url.substr(0, at));
    add_with_decoded(url.substr(colon + 1, at - colon - 1));
}

void register_urls_in(std::string_view text) {
    // A quote may end the URL or stand in its password: both are meant.
    for_each_url(text, blanks_and_quotes, [&](std::size_t at, std::size_t end) { register_parts(text, at, end); });
    for_each_url(text, blanks, [&](std::size_t at, std::size_t end) {
        const auto url = text.substr(at, end - at);
        const auto quote = url.find_first_of(blanks_and_quotes);
        if (quote != url.npos && url.substr(0, quote).find('@') == url.npos) register_parts(text, at, end);
    });
}

void register_header(std::string_view name, std::string_view value) {
    name = trim(name);
    value = trim(value);
    const auto small = lower(name);
    register_urls_in(value);
    if (small == "location" && !is_absolute_url(value)) // with the scheme of the request, or all of its URL's start
        register_url((value.starts_with("//") ? "relative:" : "relative://") + std::string(value));
    if (small.ends_with("authenticate")) return; // a question: Bearer realm="shop"
    const auto blank = value.find(' ');
    const auto scheme = lower(value.substr(0, blank));
    const bool basic = scheme == "basic" && base64_decoded(trim(value.substr(5))).find(':') != std::string::npos;
    if (small.ends_with("authorization") || scheme == "bearer" || basic)
        register_authorization(value);
    else if ((small == "cookie" || small == "set-cookie") && value.find('=') != value.npos)
        register_cookies(value);
    else if (is_secret(name, value))
        add(value);
}

bool is_secret_header(std::string_view name, std::string_view value) {
    const auto small = lower(trim(name));
    const auto scheme = lower(trim(value).substr(0, trim(value).find(' ')));
    constexpr std::string_view letting_in[] = {"cookie", "dpop", "authentication", "x-session"};
    const bool lets_in = std::find(std::begin(letting_in), std::end(letting_in), small) != std::end(letting_in);
    return small.ends_with("authorization") || lets_in || scheme == "bearer" || scheme == "basic" ||
           is_secret(small, trim(value)) || holds_credentials(value) || mask(value) != value;
}

void register_header(std::string_view line) {
    line = trim(line);
    const auto end = line.find_first_of(separators);
    const auto name = line.substr(0, end);
    const auto begin = std::min(line.find_first_not_of(separators, end), line.size());
    const auto value = end == line.npos ? std::string_view() : line.substr(begin);
    register_header(name, value);
    const auto colon = line.find(':');
    if (colon == end) return;
    // Without its colon, or with blanks before it: any word may be the name.
    for (auto at = line.find_first_of(separators); at != line.npos; at = line.find_first_of(separators, at + 1)) {
        const auto before = line.substr(0, at);
        const auto word = before.substr(std::min(before.find_last_of(separators) + 1, before.size()));
        const auto rest = trim(line.substr(at + 1));
        if (sounds_secret(word) && !is_plain(rest)) register_authorization(rest);
    }
}

void register_cookies(std::string_view pairs) {
    constexpr std::string_view attributes[] = {"path",     "domain",   "expires", "max-age",
                                               "samesite", "priority", "version"};
    for (const auto& pair : split(pairs, ';')) {
        const auto equals = pair.find('=');
        if (equals == pair.npos) continue;
        const auto name = trim(std::string_view(pair).substr(0, equals));
        const auto value = without_quotes(std::string_view(pair).substr(equals + 1));
        if (is_one_of(attributes, lower(name)) || is_plain(value)) continue;
        if (value.size() >= said_by_chance || is_secret(name, value)) add_with_decoded(value);
    }
}

void register_variable(std::string_view name, std::string_view value) {
    if (is_secret(name, value)) add(value);
    register_urls_in(value);
}

namespace {

// Each value of the text whose name, as a line or a list assigns it, says that it is secret: take(value), until it
// answers false.
template <typename Take>
void for_each_assignment(std::string_view text, const Take& take) {
    constexpr std::string_view before_names = " \t\"'{[,-?&/@<>();";
    for (const auto& line : split(text, '\n')) {
        const auto first = line.find_first_of(":=");
        for (auto at = first; at != line.npos; at = line.find_first_of(":=", at + 1)) {
            const auto name_begin = at - std::min(at, longest_name);
            auto before = trim(std::string_view(line).substr(name_begin, at - name_begin));
            if (before.ends_with('"') || before.ends_with('\'')) before.remove_suffix(1);
            const auto begin = before.find_last_of(before_names) + 1; // npos + 1 is 0
            const auto lead = trim(before.substr(0, begin));
            const bool alone = lead.empty() || lead == "-" || lead == "export" || lead == "\"" || lead == "'";
            if (!sounds_secret(before.substr(begin))) continue;
            const auto value =
                assigned(std::string_view(line).substr(at + 1, at == first ? line.npos : longest_within), alone);
            if (is_secret(before.substr(begin), value) && !take(value)) return;
        }
    }
}

// Every word that is_token(), and every JSON Web Token.
void register_tokens(std::string_view text) {
    for (auto at = text.find_first_of(of_tokens); at != text.npos; at = text.find_first_of(of_tokens, at)) {
        const auto length = token_at(text.substr(at));
        if (length > 0) add(text.substr(at, length));
        const auto word = std::min(text.find_first_not_of(of_tokens, at), text.size()) - at;
        at += std::max(length, word);
    }
}

}

void register_assignments(std::string_view text) {
    register_urls_in(text);
    register_tokens(text);
    for_each_assignment(text, [](std::string_view value) {
        add(value);
        add(replace_all(replace_all(value, "\\\"", "\""), "\\\\", "\\"));
        return true;
    });
}

bool lets_in(std::string_view text) {
    if (text.find("PRIVATE KEY-----") != text.npos || is_token(trim(text))) return true;
    if (text.find("://") != text.npos && holds_credentials(text)) return true;
    bool found = false;
    for_each_assignment(text, [&](std::string_view) { return !(found = true); });
    return found;
}

namespace {

// `rest` stands behind a name that sounds secret; `begins`: the name begins the line.
void register_said_value(std::string_view name, std::string_view rest, bool begins) {
    const auto first = rest.substr(0, rest.find_first_of(blanks));
    const auto behind = trim(rest.substr(first.size()));
    const auto second = behind.substr(0, behind.find_first_of(blanks));
    constexpr std::string_view schemes[] = {"bearer", "basic", "token", "digest"};
    if (is_one_of(schemes, lower(first)) && !second.empty())
        return register_authorization(rest.substr(0, static_cast<std::size_t>(second.end() - rest.begin())));
    if (lower(name).ends_with("cookie") && first.find('=') != first.npos) return register_cookies(rest);
    const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
    auto bare = first;
    while (!bare.empty() && std::string_view(",;.)").find(bare.back()) != bare.npos) bare.remove_suffix(1);
    for (const auto value : {first, bare, assigned(quoted ? rest : first, false), begins ? rest : first})
        if (value != "nonempty" && is_secret(name, value)) add(value); // smoke's word for any value
}

}

void register_said(std::string_view text) {
    register_urls_in(text);
    register_tokens(text);
    constexpr std::string_view of_names = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$-";
    for (const auto& one : split(text, '\n')) {
        const auto line = trim(one);
        for (auto at = line.find_first_of(":="); at != line.npos; at = line.find_first_of(":=", at + 1)) {
            const auto far = at - std::min(at, longest_name);
            auto before = trim(line.substr(far, at - far));
            if (before.ends_with('"') || before.ends_with('\'')) before.remove_suffix(1);
            const auto begin = before.find_last_not_of(of_names) + 1; // npos + 1 is 0
            const auto name = before.substr(begin);
            const auto rest = trim(line.substr(at + 1, longest_within));
            if (sounds_secret(name)) register_said_value(name, rest, far == 0 && begin == 0);
        }
    }
}

std::string hide_credentials(std::string_view text) {
    std::vector<std::pair<std::size_t, std::size_t>> hidden;
    for_each_url(text, blanks_and_quotes, [&](std::size_t at, std::size_t end) {
        const auto span = take_apart(text, at, end);
        const auto userinfo = text.substr(span.userinfo, span.userinfo_end - span.userinfo);
        if (userinfo.find(':') != userinfo.npos || userinfo.size() >= as_long_as_a_token)
            hidden.emplace_back(span.userinfo, span.userinfo_end);
        for_each_parameter(text, span.query, span.end, [&](const std::string& name, std::size_t from, std::size_t to) {
            if (is_secret(name, text.substr(from, to - from))) hidden.emplace_back(from, to);
        });
    });
    std::sort(hidden.begin(), hidden.end()); // a URL within another's path comes after that one's query
    std::string shown;
    std::size_t copied = 0;
    for (const auto& [from, to] : hidden) {
        if (from >= copied && from < to) shown.append(text.substr(copied, from - copied)).append("***");
        copied = std::max(copied, to);
    }
    return shown.append(text.substr(copied));
}

bool holds_credentials(std::string_view text) {
    return text.find("://") != text.npos && hide_credentials(text) != text;
}

}
