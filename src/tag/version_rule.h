#pragma once
#include "tag/decide.h"
#include "tag/expressions.h"
#include "tag/version/highest.h"

// Applies the rules that read a version from a tag: semver, pep440, match.
namespace fairlead::tag {

enum class Moves { no, yes }; // whether a rule's value moves `latest`

// The result of one rule, before prefix and suffix are added.
struct Given {
    std::optional<std::string> value; // nothing: the rule doesn't apply
    std::string reason;
    Moves moves = Moves::no;
    std::string latest_reason = {}; // if `reason` doesn't explain it

    static Given none(std::string reason) { return {std::nullopt, std::move(reason)}; }
    static Given some(std::string value, std::string reason, Moves moves) {
        return {std::move(value), std::move(reason), moves};
    }
};

struct Scene {
    const Flavor& flavor;
    const Facts& facts;
    Strict strict;
    Notes& notes;
    Expressions& expressions;
    Highest<Semver>& semver_tags;
    Highest<Pep440>& pep440_tags;
};

// Checks the rule's regular expression in advance. Error (usage): as ask_version_rule(). A missing group is a fault of
// `notes`.
Result<void> check_version_rule(const Rule& rule, Notes& notes);

Result<Given> ask_version_rule(const Rule& rule, const Scene& scene);

// Applies latest=highest to a rule that only knows the tag's name: `given.moves` becomes yes if the tag is the highest.
Result<void> judge_tag(const std::string& tag, const Scene& scene, Given& given);

}
