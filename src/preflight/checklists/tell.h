#pragma once
#include "preflight/checklists/judge.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::preflight {

// A checklist as it was judged.
struct JudgedList {
    const Checklist& list;
    ItemPhase phase = ItemPhase::before;
    std::string environment, profile;      // "production"
    std::string today;                     // "2026-01-31"
    std::vector<Outcome> outcomes;         // of that phase, in the list's order
    std::vector<std::string> ask;          // who may sign
    std::vector<report::Finding> findings; // of no item: sign-offs that are left over, the clock
};

// Items under the heading that they are shown by: sections in their order, or refs by name.
struct ShownGroup {
    std::string title;
    std::vector<const Outcome*> items;
};
enum class GroupBy { section, refs };
std::vector<ShownGroup> grouped(const JudgedList& judged, GroupBy by);

report::Report tell(const JudgedList& judged, GroupBy by);
// How many items there are: of each section, each kind, each phase.
report::Report tell_count(const Checklist& list);

std::string facts_of(const JudgedList& judged); // "24 automatic, 6 signed, 2 stale, 5 open, ..."
std::string markdown_of(const JudgedList& judged, GroupBy by);
std::string page_of(const JudgedList& judged, GroupBy by); // HTML, to print

}
