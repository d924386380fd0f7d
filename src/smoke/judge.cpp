#include "base/secrets/secret.h"
#include "base/text.h"
#include "report/printable.h"
#include "smoke/check.h"
#include "smoke/hurl/limits.h"
#include "smoke/json_body.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_shown = 120; // of a foreign value in a message

std::string shown(std::string_view value) {
    constexpr std::size_t looked_at = 64U << 10U;        // enough to find a secret that begins within what is shown
    const auto whole = mask(value.substr(0, looked_at)); // before it is cut: no half of a secret is left
    const auto line = to_valid_utf8(std::string_view(whole).substr(0, most_shown));
    return report::one_line(replace_all(replace_all(line, "\r\n", " "), "\n", " ")) +
           (whole.size() > most_shown ? "..." : "");
}

bool is_commit(std::string_view text) {
    return text.size() >= 7 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string served_version(const sys::HttpResponse& response, const JsonBody* body, const VersionSource& source) {
    switch (source.from) {
    case VersionSource::From::header: return response.header(source.name);
    case VersionSource::From::body: return std::string(trim(response.body));
    case VersionSource::From::json: break;
    }
    const auto text = body ? body->text_at(source.name) : Result<std::optional<std::string>>(std::nullopt);
    return text.ok() ? text.value().value_or("") : "";
}

std::string name_of(const VersionSource& source) {
    switch (source.from) {
    case VersionSource::From::header: return "header " + source.name;
    case VersionSource::From::body: return "the body";
    case VersionSource::From::json: break;
    }
    return "JSON " + source.name;
}

// A text that is served from a file ends with a line end, which nobody means. Error (no): the search would take too
// long.
Result<bool> fits_body(const Matcher& matcher, std::string_view body) {
    if (matcher.how == Matcher::How::pattern) {
        const auto pattern = TRY(sys::Pattern::compile(matcher.text));
        TRY_VOID(hurl::check_cost(pattern, body));
        return pattern.matches(body) != matcher.negated;
    }
    if (matcher.how == Matcher::How::equals && !matcher.text.ends_with('\n'))
        body = body.substr(0, body.find_last_not_of("\r\n") + 1);
    return matches(matcher, body);
}

std::optional<Mismatch> judge_json(const JsonBody* body, const Expect& expect) {
    if (expect.json.empty()) return {};
    if (body && body->is_too_large())
        return Mismatch{"smoke/json", "the body has too many values; at most a million are read"};
    if (!body || !body->is_json()) return Mismatch{"smoke/json", "the body is not JSON"};
    for (const auto& [place, matcher] : expect.json) {
        const auto found = body->text_at(place);
        if (!found.ok())
            return Mismatch{"smoke/json", fmt::format("JSON {} can't be looked up: {}", place, found.error().message)};
        const auto& value = found.value();
        if (!value)
            return Mismatch{"smoke/json", fmt::format("JSON {} is not there, expected {}", place, describe(matcher))};
        if (!matches(matcher, *value))
            return Mismatch{"smoke/json",
                            fmt::format("JSON {} is '{}', expected {}", place, shown(*value), describe(matcher))};
    }
    return {};
}

std::optional<Mismatch> judge_failure(const sys::HttpResponse& response, const Expect& expect) {
    const bool untrusted = response.failure == sys::HttpFailure::certificate;
    if (response.failure == expect.failure) return {};
    if (untrusted && expect.failure == sys::HttpFailure::tls_handshake) return {};
    if (response.failure == sys::HttpFailure::none)
        return Mismatch{"smoke/connect", fmt::format("answers {}, expected a failure: {}", response.status,
                                                     sys::name_of(expect.failure))};
    auto reason = response.reason.empty() ? std::string(sys::name_of(response.failure)) : response.reason;
    if (response.failure == sys::HttpFailure::too_large && reason.starts_with("the body"))
        reason += "; to check without the body, use HEAD";
    return Mismatch{"smoke/connect", std::move(reason)};
}

std::optional<Mismatch> judge_status(const sys::HttpResponse& response, const Expect& expect) {
    for (const auto& range : expect.statuses)
        if (response.status >= range.first && response.status <= range.last) return {};
    auto message = fmt::format("status {}, expected {}", response.status, describe(expect.statuses));
    if (response.status >= 300 && response.status < 400)
        message += fmt::format("; it points to '{}'", shown(response.header("location")));
    if (response.status >= 500 && !trim(response.body).empty())
        message += fmt::format(": '{}'", shown(trim(response.body)));
    return Mismatch{"smoke/status", message};
}

// Of a header that comes several times (Set-Cookie) one value is enough; for the opposite none may be it. What is
// not there is no value: '' expects a header that is there and empty.
std::optional<Mismatch> judge_headers(const sys::HttpResponse& response, const Expect& expect) {
    for (const auto& [name, matcher] : expect.headers) {
        std::vector<std::string> values;
        for (const auto& [key, value] : response.headers)
            if (lower(key) == lower(name)) values.push_back(value);
        const bool there = !values.empty();
        if (!there) values.emplace_back();
        const auto fits = [&m = matcher](const std::string& value) { return matches(m, value); };
        const bool good = matcher.negated ? std::all_of(values.begin(), values.end(), fits)
                                          : there && std::any_of(values.begin(), values.end(), fits);
        if (good) continue;
        const auto fact = !there ? "is not there" : fmt::format("is '{}'", shown(join(values, "', '")));
        return Mismatch{"smoke/header", fmt::format("header {} {}, expected {}", name, fact, describe(matcher))};
    }
    return {};
}

}

Result<VersionSource> parse_version_source(std::string_view text) {
    if (text == "body") return VersionSource{VersionSource::From::body, ""};
    if (text.starts_with("header:") && text.size() > 7)
        return VersionSource{VersionSource::From::header, std::string(text.substr(7))};
    if (text.starts_with("json:")) {
        auto location = TRY(parse_json_place(text.substr(5)));
        return VersionSource{VersionSource::From::json, std::move(location)};
    }
    return usage(
        fmt::format("'{}' is not a source of a version; expected json:$.version, header:X-Release or body", text));
}

bool same_version(std::string_view served, std::string_view expected) {
    const auto bare = [](std::string_view text) { return text.starts_with("v") ? text.substr(1) : text; };
    if (bare(served) == bare(expected)) return !served.empty();
    if (!is_commit(served) || !is_commit(expected)) return false;
    return served.starts_with(expected) || expected.starts_with(served);
}

namespace {

std::optional<Mismatch> judge_answer(const sys::HttpResponse& response, const Expect& expect, std::string* served,
                                     const std::function<bool()>& is_over) {
    if (auto wrong = judge_failure(response, expect)) return wrong;
    if (expect.failure != sys::HttpFailure::none) return {};
    if (auto wrong = judge_status(response, expect)) return wrong;
    std::optional<JsonBody> body;
    // Where nothing is expected, only a small body is asked for its version: a large one takes 25 times its size.
    constexpr std::size_t small = 256U << 10U;
    const bool is_asked = !expect.json.empty() || !expect.version.empty() || response.body.size() <= small;
    if (is_asked && (!expect.json.empty() || expect.version_source.from == VersionSource::From::json))
        body.emplace(response.body);
    const auto version = served_version(response, body ? &*body : nullptr, expect.version_source);
    if (served) *served = version;
    const auto is_it = [&](const std::string& expected) { return same_version(version, expected); };
    if (!expect.version.empty() && !is_it(expect.version) &&
        std::none_of(expect.other_names.begin(), expect.other_names.end(), is_it)) {
        if (version.empty())
            return Mismatch{"smoke/version", fmt::format("gives no version in {}, expected {}",
                                                         name_of(expect.version_source), expect.version)};
        return Mismatch{"smoke/version",
                        fmt::format("answers with version {}, expected {}", shown(version), expect.version)};
    }
    if (auto wrong = judge_headers(response, expect)) return wrong;
    if (expect.body) {
        const auto fits = fits_body(*expect.body, response.body);
        if (!fits.ok()) return Mismatch{"smoke/body", fits.error().message};
        if (!fits.value())
            return Mismatch{"smoke/body",
                            fmt::format("the body is '{}', expected {}", shown(response.body), describe(*expect.body))};
    }
    if (auto wrong = judge_json(body ? &*body : nullptr, expect)) return wrong;
    if (auto wrong = judge_asserts(expect.asserts, response, is_over)) return wrong;
    if (expect.max && response.total > *expect.max)
        return Mismatch{"smoke/duration", fmt::format("took {}, at most {} allowed", format_duration(response.total),
                                                      format_duration(*expect.max))};
    return {};
}

}

std::optional<Mismatch> judge(const sys::HttpResponse& response, const Expect& expect, std::string* served,
                              const std::function<bool()>& is_over) {
    const auto one_at_a_time = hurl::one_large_body(response.body.size());
    auto wrong = judge_answer(response, expect, served, is_over);
    if (wrong || !is_over || !is_over()) return wrong;
    return Mismatch{"smoke/duration", "the time was over before the answer was judged"};
}

}
