#pragma once
#include "tag/decide.h"
#include "tag/expressions.h"
#include "tag/version/highest.h"

// The rules that read a version out of a tag: semver, pep440, match.
namespace fairlead::tag {

enum class Moves { no, yes }; // whether a rule's value says that `latest` moves

// What one rule says, before prefix and suffix.
struct Given {
    std::optional<std::string> value; // nothing: the rule did not fire
    std::string reason;
    Moves moves = Moves::no;
    std::string latest_reason = {}; // when `reason` doesn't say it

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

// Its regular expression, before it is asked. Error (usage): the one that ask_version_rule would give. A group that
// isn't there is a fault of `notes`.
Result<void> check_version_rule(const Rule& rule, Notes& notes);

Result<Given> ask_version_rule(const Rule& rule, const Scene& scene);

// latest=highest for a rule that only knows the tag's name: `given.moves` becomes yes when the tag is the highest.
Result<void> judge_tag(const std::string& tag, const Scene& scene, Given& given);

}
