#pragma once
#include "base/result.h"
#include "tag/rules/flavor.h"
#include "tag/rules/notes.h"
#include "tag/rules/rules.h"
#include "tag/source/facts.h"
#include <optional>
#include <string>
#include <vector>

// Makes tags from rules.
namespace fairlead::tag {

enum class Strict { no, yes };

// The result of one rule.
struct RuleOutcome {
    const Rule* rule = nullptr;
    std::string value;    // the tag of this rule; empty: the rule gave no tag
    std::string reason;   // why the rule gave a tag, or why not
    bool version = false; // whether this rule's tag is the version
};

struct Version {
    std::optional<std::string> main; // the first tag
    std::vector<std::string> partial;
    std::optional<std::string> latest; // the tag `latest`, with the flavor's prefix and suffix
    std::string latest_reason;
    std::vector<RuleOutcome> outcomes;      // in the order of the rules
    std::vector<std::string> names() const; // main, partial, latest; empty without a main tag
};

// `rules` as parse_rules returns them; they must outlive the result. Errors: usage, or the error of a fact.
Result<Version> decide(const std::vector<Rule>& rules, const Flavor& flavor, const Facts& facts, Strict strict,
                       Notes& notes);

std::string sanitize(std::string_view text); // each run of characters outside of [a-zA-Z0-9._-] becomes one dash

}
