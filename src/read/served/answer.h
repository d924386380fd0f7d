#pragma once
#include "report/level.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a web server answered, and what is wrong with it: judged by preflight's rules for live URLs and by the probes of
// smoke, which send the requests themselves.
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
// What is wrong with the Location of a redirect, without the subject: it has several that differ. Empty: nothing.
std::string location_fault(const Answer& answer);
// seconds, in Cache-Control and similar headers; nothing: absent
std::optional<std::int64_t> max_age(std::string_view value);

}
