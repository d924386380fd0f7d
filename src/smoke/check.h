#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "base/time.h"
#include "smoke/asserts.h"
#include "smoke/attempt.h"
#include "smoke/samples.h"
#include "sys/http/client.h"
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A check's request and expectations as plain values; judge() compares them with an answer.
namespace fairlead::smoke {

// A text in an expectation: `~ x` contains x, `/re/` matches (RE2), `nonempty`, `! ...` the opposite; any other text
// must be equal.
struct Matcher {
    enum class How { equals, contains, pattern, nonempty };
    How how = How::equals;
    bool negated = false;
    std::string text;
};
Result<Matcher> parse_matcher(std::string_view text);
// Parses an expectation that a user wrote. Error (usage): the text is empty, for example because a variable is not set.
Result<Matcher> parse_expected(std::string_view text);
bool matches(const Matcher& matcher, std::string_view value);
std::string describe(const Matcher& matcher); // "'x'", "something with 'x'"

struct StatusRange {
    int first = 200, last = 299;
};
Result<std::vector<StatusRange>> parse_statuses(const std::vector<std::string>& texts); // 200, 200-299, 2xx
std::string describe(const std::vector<StatusRange>& statuses);
Result<std::vector<int>> parse_codes(const std::vector<std::string>& texts); // the same texts, as single statuses

// The place of the version in a service's answer: `json:$.version`, `header:X-Release`, `body`.
struct VersionSource {
    enum class From { json, header, body };
    From from = From::json;
    std::string name = "/version"; // place in JSON (json_body.h), or header
};
Result<VersionSource> parse_version_source(std::string_view text);
// Whether the versions are the same: equal except for a leading v, or two commits one of which is shortened to at least
// 7 digits.
bool same_version(std::string_view served, std::string_view expected);

struct Expect {
    sys::HttpFailure failure = sys::HttpFailure::none; // if not none: the attempt must fail in this way
    std::vector<StatusRange> statuses = {{}};
    std::vector<std::pair<std::string, Matcher>> headers;
    std::optional<Matcher> body;
    std::vector<std::pair<std::string, Matcher>> json; // place (json_body.h), expected value
    std::vector<HurlAssert> asserts;
    std::optional<Milliseconds> max;      // time limit of the whole attempt
    std::string version;                  // empty: any; "auto": see expected_version.h
    std::vector<std::string> other_names; // other names of the same version: its commit, its release
    VersionSource version_source;
};

struct Check;
struct Question;                                                            // probe.h
using Ask = std::function<Attempt(const Check& check, const World& world)>; // asks once

struct Check {
    std::string name;
    bool is_named = true; // false: the name is the probe's key until its question is known
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers; // its own headers
    // headers of every request, which come before its own
    std::vector<std::pair<std::string, std::string>> common_headers;
    bool hears_bearer = false; // its request gets the bearer token; see hosts.h
    std::string body;
    bool follows_redirects = false; // the last answer is judged (redirects.h)
    Expect expect;
    std::string expected_failure; // `xfail: issue 123`
    std::string skip;             // reason
    std::string script;           // instead of a request: a Hurl file, a folder, or a pattern (scripts.h)
    Ask probe;                    // instead of a request (probe.h); `url` then describes the question
    bool is_http = true;          // `url` is an HTTP URL, also of a probe
    // For a probe in fairlead.yml: makes its question for a base address; whether it needs one.
    std::function<Result<Question>(const std::string& base)> question;
    bool needs_base = true;
    Samples samples;                // the check is measured if this has a count
    Milliseconds within{0};         // for this time, the request is repeated after a wrong answer
    std::vector<std::string> needs; // names of checks that must pass first
    std::string suffix;             // of the name, if there are several base addresses: " at https://app.example.org"
    Place place;                    // in fairlead.yml
};

// Lines that must not appear in an application's log while the checks run (logs.h).
struct ForbiddenLines {
    std::string file;
    std::vector<std::string> patterns; // RE2; a line with a match of any pattern is a failure
    Place place;                       // in fairlead.yml
};

// Returns the first difference from the expectations; nothing if there is none. Writes the version in the answer into
// `served`. `is_over`: whether the time for judging is over, which counts as a difference; may be empty.
std::optional<Mismatch> judge(const sys::HttpResponse& response, const Expect& expect, std::string* served = nullptr,
                              const std::function<bool()>& is_over = {});

std::vector<std::string> words_of_line(std::string_view line); // separated by blanks

// Parses `URL [status] [key=value...]` with the keys contains, header, json, max, version, method and the word ok
// (2xx).
Result<Check> parse_line(std::string_view line);
// Error (usage): not an http or https URL; the message suggests a correction.
Result<void> check_address(const std::string& url, const Place& place = {});
Result<void> check_expected(const Check& check); // Error (usage): no answer could meet the expectations.

// Expectations and headers from flags, added to each URL's own line.
struct ForEveryUrl {
    std::string status, body, redirect;       // as in an expectation; redirect: for the header Location
    std::vector<std::string> json, headers;   // PATH=VALUE, NAME=VALUE
    std::vector<std::string> request_headers; // 'Name: value'
    Milliseconds max{0};
    bool follows_redirects = false;
    bool expects() const {
        return !status.empty() || !body.empty() || !redirect.empty() || !json.empty() || !headers.empty() ||
               max.count();
    }
};
Result<Check> parse_line(std::string_view line, const ForEveryUrl& every);
Result<std::vector<std::pair<std::string, std::string>>> parse_headers(const std::vector<std::string>& lines);

}
