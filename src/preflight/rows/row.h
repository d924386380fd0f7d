#pragma once
#include "base/result.h"
#include "config/rows.h"
#include "preflight/rule.h"
#include "sys/pattern/pattern.h"
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Rules as data: "this path of this kind of file has this value, or lacks it". Ours stand in *.yml beside this file, a
// team's in preflight.own_rules of fairlead.yml; both have the same form (docs/preflight.md, "Rules of your own").
namespace fairlead::preflight {

// What is asked of the value at a path. One of is, is_not, has, lacks, matches, above, below, missing and present;
// above and below may go together, and except goes with matches.
struct Condition {
    std::vector<std::string> is, is_not; // the value is one of these, or is there and is none; upper case or lower
    std::vector<std::string> has, lacks; // a list has one of these, or none of them; a list that isn't there lacks all
    std::string matches;                 // RE2, somewhere in the value
    std::vector<std::string> except;     // values that count as no match
    std::optional<std::int64_t> above, below; // of a number
    bool missing = false, present = false;
    std::shared_ptr<const sys::Pattern> pattern = {}; // of `matches`
};

struct Beside {
    std::string key; // of the map in which the path's last key is looked for
    Condition condition;
};

// A file is one of several kinds, and a row is asked of each thing of a kind.
struct RuleRow {
    Place place;
    std::string id, title;
    std::string level = "warning";  // info, warning, error
    std::string applies = "always"; // deployed: staging and production; on_request: where --only names it
    std::string in;                 // compose, kubernetes, workflow, dockerfile, env, yaml, text
    std::string each;               // empty: the kind's first thing
    std::vector<std::string> kinds; // of objects of Kubernetes; empty: all
    std::vector<std::string> files; // globs; needed for yaml and text
    std::vector<std::string> paths; // dotted, * for each entry; of several the first that is there counts
    Condition wrong;
    std::vector<Beside> where; // all of them must hold
    std::string message;       // with {thing}, {key} and {value}
    std::string why, way_out;
    std::vector<std::string> peers, refs;
};

// The rows, and the rules that refer to them.
struct RuleRows {
    std::deque<RuleRow> rows;
    std::vector<Rule> rules;
};

const config::Rows<RuleRow>& rule_rows(); // the keys of a row

// Error (usage), at the row's place: what its kind doesn't have, no condition or two, an id that is taken, a message
// that says no fact.
Result<std::shared_ptr<const RuleRows>> to_rules(std::vector<RuleRow> rows);
Result<std::shared_ptr<const RuleRows>> read_rows(std::string_view text, const std::string& file);

std::span<const Rule> rules_of_rows(std::string_view file); // of ours: "kube.yml"

// Asks one row of all that the project has of its kind. Of each file: its profile, and what was found.
using FoundIn = std::function<void(Profile profile, Hits hits)>;
void ask_row(const RuleRow& row, const Project& project, const FoundIn& found);

}
