#pragma once
#include "sys/data/json_fwd.h"
#include "tag/release/log.h"
#include <string>

namespace fairlead::tag {

struct ChangelogWanted {
    std::string title;   // "v1.3.0", or "Unreleased"
    std::string current; // tag or commit of the end, for the comparing link
    WebLinks links;
    std::string date; // 2026-11-20; empty: none
};

enum class Style { markdown, plain };

// Breaking changes first, then the sections in the order of the table of types, newest first; who is new; last how
// many commits were left out, and why. No address of anybody is in it.
std::string changelog(const ChangelogWanted& wanted, const Log& log, const CommitTypes& types, Style style);

// The same for a machine: entries, commits, accounted {listed, left_out}, left_out by reason, new_contributors.
sys::Json account_json(const Log& log, const WebLinks& links);

}
