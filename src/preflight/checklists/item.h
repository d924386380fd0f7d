#pragma once
#include "base/time.h"
#include "config/config.h"
#include "report/report.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Checklists are data: what a person or a program has to see before a release goes to production, after it, or now and
// then. deployment.yml and security.yml beside this file are ours; a team's own are .fairlead/checklists/NAME.yml.
namespace fairlead::preflight {

constexpr Milliseconds one_day{24LL * 60 * 60 * 1000};

enum class ItemKind {
    automatic, // its rules are quiet and its command says yes
    manual,    // a person signs
    either,    // both
};
enum class ItemPhase { before, after, drill };

std::string_view name_of(ItemKind kind); // "auto"
std::string_view name_of(ItemPhase phase);

// Where an item is in force. Facts are those of facts.h.
struct When {
    std::vector<std::string> has; // all of them
    std::vector<std::string> any; // one of them
    std::vector<config::Profile> profiles;
    std::optional<bool> deployed; // whether something is
};

struct Item {
    std::string id;   // "dep-db-02"
    std::string text; // one line: what holds
    std::string help; // what to do, in one to three sentences
    std::string section;
    ItemKind kind = ItemKind::manual;
    ItemPhase phase = ItemPhase::before;
    When when;
    report::Severity severity = report::Severity::error; // error blocks, in production
    std::vector<std::string> rules;                      // of fairlead-preflight
    std::vector<std::string> files;                      // globs; one of them has to be there
    std::vector<std::string> command;                    // a tool of the family with its words (looks.h)
    Milliseconds timeout{60'000};
    Milliseconds expires{180LL * 24 * 60 * 60 * 1000}; // of a sign-off
    std::string due;                                   // "2026-03-31", the last day to be done; empty: none
    std::vector<std::string> refs;                     // demands, OWASP, ASVS, a team's own numbers
    Place place;

    std::string text_sha() const; // the first 12 hex digits of its SHA-256: what was signed
};

struct Section {
    std::string id, title;
};

struct Checklist {
    std::string name, title, about;
    std::vector<std::string> required; // names of those that have to pass first
    std::vector<std::string> imported; // Markdown files whose open points belong to it, from the project's root
    std::vector<Section> sections;     // in their order
    std::vector<Item> items;           // in that of the sections

    const Item* find(std::string_view id) const;
};

}
