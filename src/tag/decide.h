#pragma once
#include "base/result.h"
#include "tag/rules/flavor.h"
#include "tag/rules/notes.h"
#include "tag/rules/rules.h"
#include "tag/source/facts.h"
#include <optional>
#include <string>
#include <vector>

// From rules to tags.
namespace fairlead::tag {

enum class Strict { no, yes };

// What became of one rule.
struct RuleOutcome {
    const Rule* rule = nullptr;
    std::string value;    // the tag it gives; empty: none
    std::string reason;   // why it gave one, or why not
    bool version = false; // it was the first and is the version
};

struct Version {
    std::optional<std::string> main; // the first tag
    std::vector<std::string> partial;
    std::optional<std::string> latest; // the tag `latest`, with the flavor around it
    std::string latest_reason;
    std::vector<RuleOutcome> outcomes;      // in the order in which the rules were asked
    std::vector<std::string> names() const; // main, partial, latest; empty without a main one
};

// `rules` as parse_rules gives them; they must outlive the result. Errors: usage, or what a fact could not tell.
Result<Version> decide(const std::vector<Rule>& rules, const Flavor& flavor, const Facts& facts, Strict strict,
                       Notes& notes);

std::string sanitize(std::string_view text); // each run of other characters than [a-zA-Z0-9._-] becomes one dash

}
