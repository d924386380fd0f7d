#pragma once
#include "preflight/project.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Helpers of the rules for live URLs.
namespace fairlead::preflight {

// Answers whose headers are judged: the page, and the answer to a missing path (404).
struct Page {
    const Answer& answer;
    std::string label; // "https://app.example.org", "a 404 of https://app.example.org"
};
std::vector<Page> pages(const Site& site);

bool is_https(const Answer& answer);
bool is_html(const Answer& answer);
std::string shown_word(std::string_view word); // a name from the network, for a message: printable, 40 characters
// seconds, in Cache-Control and similar headers; nothing: absent
std::optional<std::int64_t> max_age(std::string_view value);

// A mistake in an answer.
struct Fault {
    std::string message;
    std::optional<Level> level = {};
};
// Reports only the first page with a mistake, because usually all pages have the same.
template <typename Look>
void judge_pages(const Site& site, Hits& hits, Look look) {
    for (const Page& page : pages(site)) {
        std::optional<Fault> fault = look(page);
        if (!fault) continue;
        hits.add("", 0, 0, std::move(fault->message)).level = fault->level;
        return;
    }
}

}
