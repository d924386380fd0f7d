#pragma once
#include "tag/source/web_links.h"
#include "tag/version/commit_range.h"
#include <string>

namespace fairlead::tag {

struct ChangelogWanted {
    std::string title;    // "v1.3.0", or "Unreleased"
    std::string previous; // tag before; empty: none
    std::string current;  // tag or commit of the end, for the comparing link
    WebLinks links;
    std::string date; // 2026-11-20; empty: none
};

// Markdown: breaking changes first, then one section per type, newest commits first; what is not conventional and
// what only concerns the house (chore, ci, docs, test …) is left out.
std::string changelog(const ChangelogWanted& wanted, const std::vector<RangeCommit>& commits);

}
