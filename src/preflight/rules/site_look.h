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

using read::served::Fault;
using read::served::is_html;
using read::served::is_https;
using read::served::max_age;
using read::served::shown_word;

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
