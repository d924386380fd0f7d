#include "tag/decide.h"
#include "tag/expressions.h"
#include "tag/script/ecma.h"
#include "tag/version_rule.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

bool is_tag_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

class Decider {
  public:
    Decider(const Flavor& flavor, const Facts& facts, Strict strict, Notes& notes)
        : flavor_(flavor), facts_(facts), strict_(strict), notes_(notes), expressions_(facts, notes),
          semver_tags_(facts), pep440_tags_(facts) {}

    Result<Version> decide(const std::vector<Rule>& rules) {
        for (const auto& rule : rules) {
            RuleOutcome outcome{&rule, {}, {}, false};
            auto given = TRY(ask(rule));
            outcome.reason = given.reason;
            if (given.value) TRY_VOID(accept(rule, given, outcome));
            version_.outcomes.push_back(std::move(outcome));
        }
        drop_doubles();
        TRY_VOID(decide_latest());
        return std::move(version_);
    }

  private:
    Scene scene() { return {flavor_, facts_, strict_, notes_, expressions_, semver_tags_, pep440_tags_}; }

    Result<Given> ask(const Rule& rule) {
        const auto enabled = TRY(expressions_.render(rule.get("enable"), rule.origin));
        if (enabled != "true" && enabled != "false")
            return wrong_input(fmt::format("Invalid value for enable attribute: {}", enabled), rule.origin,
                               "expected true or false");
        if (enabled == "false")
            return Given::none(
                rule.get("enable") == "false" ? "disabled" : fmt::format("disabled: {} is false", rule.get("enable")));
        switch (rule.type) {
        case RuleType::schedule: return schedule(rule);
        case RuleType::semver:
        case RuleType::pep440:
        case RuleType::match: return ask_version_rule(rule, scene());
        case RuleType::edge: return edge(rule);
        case RuleType::ref: return ref(rule);
        case RuleType::raw: return raw(rule);
        case RuleType::sha: break;
        }
        if (facts_.sha.empty()) return Given::none("no commit is known");
        auto id = facts_.sha;
        if (rule.get("format") == "short") id = TRY(short_sha(facts_));
        return Given::some(std::move(id), "the commit is known", Moves::no);
    }

    Result<Given> raw(const Rule& rule) {
        auto value = TRY(expressions_.render(rule.get("value"), rule.origin));
        return Given::some(std::move(value), "always", Moves::no);
    }

    Result<Given> schedule(const Rule& rule) {
        if (facts_.event.find("schedule") == std::string::npos)
            return Given::none(fmt::format("the event is '{}', not schedule", facts_.event));
        auto value = TRY(expressions_.render(rule.get("pattern"), expressions_.dates(), rule.origin));
        return Given::some(std::move(value), "the event is a schedule", Moves::no);
    }

    Result<Given> edge(const Rule& rule) {
        const auto branch = branch_of(facts_);
        if (!branch) return Given::none(fmt::format("'{}' is not a branch", facts_.ref));
        auto wanted = std::string(rule.get("branch"));
        if (wanted.empty()) wanted = TRY(default_branch("type=edge", rule.origin, "write branch=… in the rule"));
        if (wanted != *branch) return Given::none(fmt::format("'{}' is not the branch '{}'", *branch, wanted));
        return Given::some("edge", fmt::format("'{}' is the branch", *branch), Moves::no);
    }

    // `asks`: what wants to know it; `way_out`: how to do without.
    Result<std::string> default_branch(std::string_view asks, const Origin& origin, const std::string& way_out) {
        auto known = facts_.default_branch();
        if (known.name.empty())
            return could_not(fmt::format("the default branch is not known{}, so {} can't be decided{}; {}{}",
                                         known.doubt.empty() ? "" : " (" + known.doubt + ")", asks,
                                         origin.line > 0 ? " (" + describe(origin) + ")" : "",
                                         known.command.empty() ? "" : "run: " + known.command + ", or ", way_out));
        if (!known.doubt.empty())
            notes_.fault(fmt::format("the default branch is taken to be '{}', {}", known.name, known.doubt), origin,
                         way_out);
        return std::move(known.name);
    }

    Result<Given> ref(const Rule& rule) {
        const auto event = rule.get("event");
        const auto name = event == "branch" ? branch_of(facts_) : event == "tag" ? tag_of(facts_) : pull_of(facts_);
        if (!name)
            return Given::none(fmt::format("'{}' is not a {}", facts_.ref, event == "pr" ? "pull request" : event));
        auto value = *name;
        constexpr std::string_view merge = "/merge";
        if (event == "pr" && value.size() >= merge.size() &&
            value.compare(value.size() - merge.size(), merge.size(), merge) == 0)
            value.resize(value.size() - merge.size());
        if (event == "pr" && value == "undefined")
            notes_.fault("the event names no pull request, its number is 'undefined'", rule.origin,
                         "check GITHUB_EVENT_PATH");
        auto given = Given::some(std::move(value), fmt::format("the ref is {}", facts_.ref),
                                 event == "tag" ? Moves::yes : Moves::no);
        if (event == "tag" && flavor_.latest == Latest::highest) TRY_VOID(judge_tag(*name, scene(), given));
        return given;
    }

    Result<std::string> around(const Rule& rule, const char* attribute, const std::string& of_flavor,
                               const Origin& from) {
        if (const auto* own = rule.find(attribute)) return expressions_.render(*own, rule.origin);
        return expressions_.render(of_flavor, from);
    }

    Result<void> accept(const Rule& rule, const Given& given, RuleOutcome& outcome) {
        const auto prefix = TRY(around(rule, "prefix", flavor_.prefix, flavor_.prefix_from));
        const auto suffix = TRY(around(rule, "suffix", flavor_.suffix, flavor_.suffix_from));
        const auto value = prefix + *given.value + suffix;
        if (value.empty()) {
            outcome.reason += ", but the value is empty";
            return {};
        }
        outcome.value = sanitize(value);
        check(outcome.value, rule);
        if (!version_.main) {
            version_.main = outcome.value;
            outcome.version = true;
            decider_ = given.moves;
            decider_reason_ = reason_for_latest(rule, given);
        } else if (outcome.value != *version_.main) {
            version_.partial.push_back(outcome.value);
        }
        return {};
    }

    static std::string reason_for_latest(const Rule& rule, const Given& given) {
        if (!given.latest_reason.empty()) return given.latest_reason;
        const bool says_version = rule.type == RuleType::semver || rule.type == RuleType::pep440;
        if (given.moves == Moves::yes || says_version) return given.reason;
        return fmt::format("the version is from a rule of type {}, which does not move latest", name_of(rule.type));
    }

    // A registry takes [A-Za-z0-9_][A-Za-z0-9._-]{0,127} (OCI distribution specification).
    void check(const std::string& tag, const Rule& rule) {
        if (tag.size() > 128)
            notes_.fault(fmt::format("tag '{}' has {} characters, registries take 128", tag, tag.size()), rule.origin,
                         "shorten it, for instance with type=sha");
        if (tag[0] == '-' || tag[0] == '.')
            notes_.fault(fmt::format("tag '{}' begins with '{}', which registries refuse", tag, tag[0]), rule.origin,
                         "add a prefix=…");
    }

    void drop_doubles() {
        std::vector<std::string> once;
        for (auto& tag : version_.partial)
            if (std::find(once.begin(), once.end(), tag) == once.end()) once.push_back(std::move(tag));
        version_.partial = std::move(once);
    }

    // The peer looks at the payload alone; for latest=default-branch, which is ours, what else is known counts, too.
    Result<bool> on_default_branch() {
        if (!branch_of(facts_)) return false;
        if (facts_.payload_default_branch || is_default_branch(facts_)) return is_default_branch(facts_);
        return TRY(default_branch("latest=default-branch", {"flavor", 0, {}}, "write latest=true or latest=false")) ==
               branch_of(facts_);
    }

    Result<void> decide_latest() {
        bool wanted = false;
        switch (flavor_.latest) {
        case Latest::yes:
        case Latest::no:
            wanted = flavor_.latest == Latest::yes;
            version_.latest_reason = fmt::format("the flavor says latest={}", name_of(flavor_.latest));
            break;
        case Latest::default_branch:
            wanted = TRY(on_default_branch());
            version_.latest_reason = wanted ? "this is the default branch" : "this is not the default branch";
            break;
        case Latest::automatic:
        case Latest::highest:
            wanted = decider_ == Moves::yes;
            version_.latest_reason = version_.main ? decider_reason_ : "no rule gave a value";
        }
        if (!wanted || !version_.main) return {};
        version_.latest = sanitize((flavor_.prefix_on_latest ? flavor_.prefix : "") + std::string("latest") +
                                   (flavor_.suffix_on_latest ? flavor_.suffix : ""));
        const bool in_prefix = flavor_.prefix_on_latest && flavor_.prefix.find("{{") != std::string::npos;
        const bool in_suffix = flavor_.suffix_on_latest && flavor_.suffix.find("{{") != std::string::npos;
        if (in_prefix || in_suffix)
            notes_.fault(
                fmt::format("expressions in a prefix or suffix are not rendered for the tag latest, which becomes '{}'",
                            *version_.latest),
                in_prefix ? flavor_.prefix_from : flavor_.suffix_from, "leave onlatest out");
        const auto twice = std::find_if(version_.outcomes.begin(), version_.outcomes.end(),
                                        [&](const RuleOutcome& outcome) { return outcome.value == *version_.latest; });
        if (twice != version_.outcomes.end())
            notes_.fault(fmt::format("tag '{}' is listed twice", *version_.latest), twice->rule->origin,
                         "remove the rule that gives it, or set latest=false");
        return {};
    }

    const Flavor& flavor_;
    const Facts& facts_;
    Strict strict_;
    Notes& notes_;
    Expressions expressions_;
    Highest<Semver> semver_tags_;
    Highest<Pep440> pep440_tags_;
    Version version_;
    Moves decider_ = Moves::no;
    std::string decider_reason_;
};

}

std::vector<std::string> Version::names() const {
    std::vector<std::string> all;
    if (!main || main->empty()) return all;
    all.push_back(*main);
    all.insert(all.end(), partial.begin(), partial.end());
    if (latest) all.push_back(*latest);
    return all;
}

Result<Version> decide(const std::vector<Rule>& rules, const Flavor& flavor, const Facts& facts, Strict strict,
                       Notes& notes) {
    return Decider(flavor, facts, strict, notes).decide(rules);
}

std::string sanitize(std::string_view text) {
    std::string out;
    bool other = false; // inside a run of other characters
    for (const char c : text) {
        const bool good = is_tag_character(c);
        if (good)
            out += c;
        else if (!other)
            out += '-';
        other = !good;
    }
    return out;
}

}
