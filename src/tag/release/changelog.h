#pragma once
#include "sys/data/json_fwd.h"
#include "tag/release/log.h"
#include <string>

namespace fairlead::tag {

struct ChangelogWanted {
    std::string title;   // "v1.3.0", or "Unreleased"
    std::string current; // tag or commit at the end, for the link to the comparison
    WebLinks links;
    std::string date; // 2026-11-20; empty: no date
};

enum class Style { markdown, plain };

// Returns breaking changes first, then the sections in the order of the table of types, newest first, then new
// contributors. Last comes the number of commits that were left out, and why. It contains no e-mail address.
std::string changelog(const ChangelogWanted& wanted, const Log& log, const CommitTypes& types, Style style);

// Returns the same as JSON: entries, commits, accounted {listed, left_out}, left_out by reason, new_contributors.
sys::Json account_json(const Log& log, const WebLinks& links);

}
