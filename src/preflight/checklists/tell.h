#pragma once
#include "preflight/checklists/judge.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// A checklist with its results.
struct JudgedList {
    const Checklist& list;
    ItemPhase phase = ItemPhase::before;
    std::string environment, profile;      // "production"
    std::string today;                     // "2026-01-31"
    std::vector<Outcome> outcomes;         // of this phase, in the list's order
    std::vector<std::string> ask;          // who may sign
    std::vector<report::Finding> findings; // findings without an item: left-over sign-offs, the clock
};

// Items under their heading: by section in the list's order, or by the names in `refs`.
struct ShownGroup {
    std::string title;
    std::vector<const Outcome*> items;
};
enum class GroupBy { section, refs };
std::vector<ShownGroup> grouped(const JudgedList& judged, GroupBy by);

report::Report tell(const JudgedList& judged, GroupBy by);
// Returns the number of items for each section, each kind and each phase.
report::Report tell_count(const Checklist& list);

std::string facts_of(const JudgedList& judged); // "24 automatic, 6 signed, 2 stale, 5 open, ..."
std::string markdown_of(const JudgedList& judged, GroupBy by);
std::string page_of(const JudgedList& judged, GroupBy by); // an HTML page for printing

}
