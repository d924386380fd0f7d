#pragma once
#include "preflight/project.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the rules of live URLs look at a site.
namespace fairlead::preflight {

// What headers are judged on: the page, and the 404 that was provoked.
struct Page {
    const Answer& answer;
    std::string label; // "https://app.example.org", "a 404 of https://app.example.org"
};
std::vector<Page> pages(const Site& site);

bool is_https(const Answer& answer);
bool is_html(const Answer& answer);
std::string
shown_word(std::string_view word); // a name that came over the wire, for a message: printable, 40 characters
std::optional<std::int64_t> max_age(std::string_view value); // seconds, of Cache-Control and its like; nothing: none

// What is wrong with an answer.
struct Fault {
    std::string message;
    std::optional<Level> level = {};
};
// The first page that has one tells it: mostly all are alike.
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
