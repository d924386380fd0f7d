#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What is asked and what is expected, as plain values; judge() compares.
namespace fairlead::smoke {

// How a text is written in an expectation: `~ x` contains, `/re/` matches (RE2), `nonempty`, `! ...` the opposite,
// anything else equals.
struct Matcher {
    enum class How { equals, contains, pattern, nonempty };
    How how = How::equals;
    bool negated = false;
    std::string text;
};
Result<Matcher> parse_matcher(std::string_view text);
bool matches(const Matcher& matcher, std::string_view value);
std::string describe(const Matcher& matcher); // "'x'", "something with 'x'"

struct StatusRange {
    int first = 200, last = 299;
};
Result<std::vector<StatusRange>> parse_statuses(const std::vector<std::string>& texts); // 200, 200-299, 2xx
std::string describe(const std::vector<StatusRange>& statuses);

// Where a service tells which build it is: `json:$.version`, `header:X-Release`, `body`.
struct VersionSource {
    enum class From { json, header, body };
    From from = From::json;
    std::string name = "/version"; // pointer or header
};
Result<VersionSource> parse_version_source(std::string_view text);
// The same version: equal but for a leading v, or commits of which one is cut (to 7 digits or more).
bool same_version(std::string_view served, std::string_view expected);

struct Expect {
    sys::HttpFailure failure = sys::HttpFailure::none; // not none: that the attempt fails in this way
    std::vector<StatusRange> statuses = {{}};
    std::vector<std::pair<std::string, Matcher>> headers;
    std::optional<Matcher> body;
    std::vector<std::pair<std::string, Matcher>> json; // pointer, what stands there
    std::optional<Milliseconds> max;                   // whole attempt
    std::string version;                               // empty: any; "auto": see expected_version.h
    std::vector<std::string> other_names;              // of that version: its commit, its release
    VersionSource version_source;
};

struct Check {
    std::string name;
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;        // its own
    std::vector<std::pair<std::string, std::string>> common_headers; // of every request; its own come behind
    bool hears_bearer = false;                                       // see hosts.h
    std::string body;
    Expect expect;
    std::string expected_failure; // `xfail: issue 123`
    std::string skip;             // reason
    Place place;                  // in fairlead.yml
};

struct Mismatch {
    std::string rule; // "smoke/status"
    std::string message;
};

// The first thing that is not as expected; nothing when all is well. `served` gets the version that was read.
std::optional<Mismatch> judge(const sys::HttpResponse& response, const Expect& expect, std::string* served = nullptr);

// `URL [status] [key=value...]` with the keys contains, header, json, max, version, method and the word ok (2xx).
Result<Check> parse_line(std::string_view line);
Result<void> check_address(const std::string& url, const Place& place = {}); // http or https; says what it could mean
Result<void> check_expected(const Check& check);                             // that an answer can be so

// What flags ask of every URL beside its own line.
struct ForEveryUrl {
    std::string status, body;                 // as in an expectation
    std::vector<std::string> json, headers;   // PATH=VALUE, NAME=VALUE
    std::vector<std::string> request_headers; // 'Name: value'
    Milliseconds max{0};
    bool expects() const {
        return !status.empty() || !body.empty() || !json.empty() || !headers.empty() || max.count();
    }
};
Result<Check> parse_line(std::string_view line, const ForEveryUrl& every);
Result<std::vector<std::pair<std::string, std::string>>> parse_headers(const std::vector<std::string>& lines);

}
