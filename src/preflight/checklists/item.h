#pragma once
#include "base/time.h"
#include "config/config.h"
#include "report/report.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Checklists are data: what a person or a program must check before or after a release to production, or from time to
// time. deployment.yml and security.yml in this folder are ours; a team's own are .fairlead/checklists/NAME.yml.
namespace fairlead::preflight {

constexpr Milliseconds one_day{24LL * 60 * 60 * 1000};

enum class ItemKind {
    automatic, // passes if its rules find nothing and its command succeeds
    manual,    // a person signs it
    either,    // both are needed
};
enum class ItemPhase { before, after, drill };

std::string_view name_of(ItemKind kind); // "auto"
std::string_view name_of(ItemPhase phase);

// When an item applies. Facts are those of facts.h.
struct When {
    std::vector<std::string> has; // all of these facts
    std::vector<std::string> any; // at least one of these facts
    std::vector<config::Profile> profiles;
    std::optional<bool> deployed; // whether something is deployed; nothing: both cases
};

struct Item {
    std::string id;   // "dep-db-02"
    std::string text; // one line: the statement that has to be true
    std::string help; // what to do, in one to three sentences
    std::string section;
    ItemKind kind = ItemKind::manual;
    ItemPhase phase = ItemPhase::before;
    When when;
    report::Severity severity = report::Severity::error; // an error stops a release to production
    std::vector<std::string> rules;                      // rules of fairlead-preflight
    std::vector<std::string> files;                      // globs; at least one must match a file
    std::vector<std::string> command; // a Fairlead tool with its arguments; it must change nothing (looks.h)
    Milliseconds timeout{60'000};
    Milliseconds expires{180LL * 24 * 60 * 60 * 1000}; // how long a sign-off counts
    std::string due;                                   // "2026-03-31", the last day to do it; empty: no limit
    std::vector<std::string> refs;                     // ids of requirements, of OWASP or ASVS, or a team's own numbers
    Place place;

    std::string text_sha() const; // the first 12 hex digits of the text's SHA-256: identifies the signed text
};

struct Section {
    std::string id, title;
};

struct Checklist {
    std::string name, title, about;
    std::vector<std::string> required; // names of checklists that must pass first
    std::vector<std::string> imported; // Markdown files, from the project's root, whose open points belong to the list
    std::vector<Section> sections;     // in their order
    std::vector<Item> items;           // in the order of their sections

    const Item* find(std::string_view id) const;
};

}
