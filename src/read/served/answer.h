#pragma once
#include "report/level.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A web server's answer, and the mistakes in it. Preflight's rules for live URLs and smoke's probes send the requests
// and judge the answers.
namespace fairlead::read::served {

struct Answer {
    std::string url; // the requested URL
    int status = 0;  // 0: the server closed the connection without an answer
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body; // the beginning of the body

    std::vector<std::string> values(std::string_view header) const; // case-blind, in order
    std::string value(std::string_view header) const;               // the first value; empty: absent
};

// A mistake in an answer.
struct Fault {
    std::string message;                     // "thing; fact; way out": at most 160 characters
    std::optional<report::Level> level = {}; // if it differs from the level of its rule
};

bool is_https(const Answer& answer);
bool is_html(const Answer& answer);
std::string site_label(const std::string& url); // "https://app.example.org", at most 60 characters
std::string shown_word(std::string_view word);  // a name from the network, for a message: printable, 40 characters
// Returns what is wrong with the Location of a redirect, as a clause without its subject: "sends Location headers that
// differ; ...". Empty: nothing is wrong.
std::string location_fault(const Answer& answer);
// Returns the seconds of max-age in a Cache-Control or a similar header; nothing: it has no max-age.
std::optional<std::int64_t> max_age(std::string_view value);

}
