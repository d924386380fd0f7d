#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The `tags` input: one rule per entry, `type=semver,pattern={{version}}`.
namespace fairlead::tag {

enum class RuleType { schedule, semver, pep440, match, edge, ref, raw, sha };
std::string_view name_of(RuleType type);

struct Rule {
    RuleType type = RuleType::raw;
    std::vector<std::pair<std::string, std::string>> attributes; // as written and with defaults, names unique
    double priority = 0;
    Origin origin;

    const std::string* find(std::string_view name) const; // null when not given
    std::string_view get(std::string_view name) const;    // empty when not given
    bool is(std::string_view name) const { return get(name) == "true"; }
};

bool takes(RuleType type, std::string_view attribute); // besides the attributes that every rule takes

// Error (usage): the entry can't be a rule. Unknown and repeated attributes are faults of `notes`.
Result<Rule> parse_rule(const Origin& entry, Notes& notes);

// Returns rules with the highest priority first, equal ones as written. Without entries: the four default rules.
Result<std::vector<Rule>> parse_rules(const std::vector<Origin>& entries, Notes& notes);

}
