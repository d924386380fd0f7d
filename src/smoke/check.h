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
// Whether the versions are the same: equal except for a leading v, or commits of which one is shortened (to 7 digits or
// more).
bool same_version(std::string_view served, std::string_view expected);

struct Expect {
    sys::HttpFailure failure = sys::HttpFailure::none; // if not none: the attempt must fail in this way
    std::vector<StatusRange> statuses = {{}};
    std::vector<std::pair<std::string, Matcher>> headers;
    std::optional<Matcher> body;
    std::vector<std::pair<std::string, Matcher>> json; // place (json_body.h), expected value
    std::vector<HurlAssert> asserts;
    std::optional<Milliseconds> max;      // for the whole attempt
    std::string version;                  // empty: any; "auto": see expected_version.h
    std::vector<std::string> other_names; // other names of that version: its commit, its release
    VersionSource version_source;
};

struct Check;
struct Question;                                                            // probe.h
using Ask = std::function<Attempt(const Check& check, const World& world)>; // asks once

struct Check {
    std::string name;
    bool is_named = true; // false: the probe's key stands for a name until it is known what is asked
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers; // its own headers
    // headers of every request, which come before its own
    std::vector<std::pair<std::string, std::string>> common_headers;
    bool hears_bearer = false; // gets the bearer token; see hosts.h
    std::string body;
    bool follows_redirects = false; // the last answer is judged (redirects.h)
    Expect expect;
    std::string expected_failure; // `xfail: issue 123`
    std::string skip;             // reason
    std::string script;           // instead of a request: a Hurl file, a folder, or a pattern (scripts.h)
    Ask probe;                    // instead of a request (probe.h); `url` says what is asked
    bool is_http = true;          // `url` is an HTTP URL, also of a probe
    // Of a probe in fairlead.yml: the probe at a base address, and whether it depends on one.
    std::function<Result<Question>(const std::string& base)> question;
    bool needs_base = true;
    Samples samples;                // measured, if it has a count
    Milliseconds within{0};         // for this time, a wrong answer is asked for again
    std::vector<std::string> needs; // names of checks that must pass first
    std::string suffix;             // of the name, at one of several base addresses: " at https://app.example.org"
    Place place;                    // in fairlead.yml
};

// Lines that an application's log must not get while the checks run (logs.h).
struct ForbiddenLines {
    std::string file;
    std::vector<std::string> patterns; // RE2: a line in which one of them is found is a failure
    Place place;                       // in fairlead.yml
};

// Returns the first difference from the expectations; nothing if there is none. Writes the version in the answer into
// `served`. `is_over`: whether the time for it is over, which is a difference, too; may be empty.
std::optional<Mismatch> judge(const sys::HttpResponse& response, const Expect& expect, std::string* served = nullptr,
                              const std::function<bool()>& is_over = {});

std::vector<std::string> words_of_line(std::string_view line); // separated by blanks

// Parses `URL [status] [key=value...]` with the keys contains, header, json, max, version, method and the word ok
// (2xx).
Result<Check> parse_line(std::string_view line);
// http or https; the message suggests what was meant
Result<void> check_address(const std::string& url, const Place& place = {});
Result<void> check_expected(const Check& check); // checks that an answer can meet the expectations

// Expectations and headers from flags, added to each URL's own line.
struct ForEveryUrl {
    std::string status, body, redirect;       // as in an expectation; redirect: of the header Location
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
