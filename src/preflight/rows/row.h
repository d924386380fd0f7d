#pragma once
#include "base/result.h"
#include "preflight/rule.h"
#include "sys/pattern/pattern.h"
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Rules as data: "this path of this kind of file has this value, or lacks it". Our rules are in *.yml in this folder,
// which the build converts to tables; a team's are in preflight.own_rules of fairlead.yml. Both have the same format
// (docs/preflight-own-rules.md).
namespace fairlead::preflight {

// The condition for the value at a path. Exactly one of is, is_not, has, lacks, matches, above, below, missing and
// present is used. Exceptions: above and below may be used together, and except is used with matches.
struct Condition {
    std::vector<std::string> is, is_not; // the value is one of these; the value exists and is none of these; case-blind
    std::vector<std::string> has, lacks; // a list contains one of these; a list contains none of these, or is absent
    std::string matches;                 // RE2, matches anywhere in the value
    std::vector<std::string> except;     // values that count as no match
    std::optional<std::int64_t> above, below; // limits for a number
    bool missing = false, present = false;
    std::shared_ptr<const sys::Pattern> pattern = {}; // compiled `matches`
};

struct Beside {
    std::string key; // a key in the same map as the path's last key
    Condition condition;
};

// A row belongs to one kind of file, and is checked for each thing of that kind.
struct RuleRow {
    Place place;
    std::string id, title;
    std::string level = "warning";          // info, warning, error
    std::string applies = "always";         // deployed: in staging and production; on_request: only if --only names it
    std::string in;                         // compose, kubernetes, workflow, dockerfile, env, yaml, text
    std::string each;                       // thing to check; empty: the first thing of the kind
    std::vector<std::string> kinds;         // kinds of Kubernetes objects; empty: all
    std::vector<std::string> warning_kinds; // for these kinds, an error is only a warning
    std::vector<std::string> files;         // globs; required for yaml and text
    std::vector<std::string> paths;         // dotted, * for each entry; the first path that exists counts
    Condition wrong;
    std::vector<Beside> where; // all of these must hold
    std::string message;       // with {thing}, {key} and {value}
    std::string why, way_out;
    std::vector<std::string> peers, refs;
};

// The rows, and rules that refer to them.
struct RuleRows {
    std::deque<RuleRow> rows;
    std::vector<Rule> rules;
};

// Error (usage), at the row's place: something that its kind doesn't have, no condition or several, an id that is
// already used, or a message without a fact.
Result<std::shared_ptr<const RuleRows>> to_rules(std::vector<RuleRow> rows);
Result<std::shared_ptr<const RuleRows>> read_rows(std::string_view text, const std::string& file);

std::span<const Rule> rules_of_rows(std::string_view file); // rules of our file "kube.yml"

// Checks one row for everything of its kind in the project. `found` gets each file's profile and findings.
using FoundIn = std::function<void(Profile profile, Hits hits)>;
void ask_row(const RuleRow& row, const Project& project, const FoundIn& found);

}
