#include "tag/version_rule.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/pattern/pattern.h"
#include "tag/script/ecma.h"
#include "tag/template/template.h"
#include "tag/version/highest.h"
#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace fairlead::tag {

namespace {

using sys::ScriptPattern;

Result<ScriptPattern> compile(std::string_view expression, std::string_view flags, const Rule& rule) {
    auto pattern = ScriptPattern::compile(expression, flags);
    if (!pattern)
        return wrong_input(pattern.error().message, rule.origin,
                           "expected a JavaScript expression, /…/ with flags of d, g, i, m, s, u, v or y");
    return pattern;
}

Result<std::optional<ScriptPattern::Groups>> search(const ScriptPattern& pattern, const std::string& text,
                                                    const Rule& rule) {
    auto groups = pattern.search(text);
    if (!groups) return wrong_input(groups.error().message, rule.origin);
    return groups;
}

// With the flag g a script gets all matches as a list instead of the groups of the first.
Result<std::optional<ScriptPattern::Groups>> every(const ScriptPattern& pattern, const std::string& text,
                                                   const Rule& rule) {
    auto matches = pattern.all_matches(text);
    if (!matches) return wrong_input(matches.error().message, rule.origin);
    if (matches.value().empty()) return std::optional<ScriptPattern::Groups>();
    return std::optional(ScriptPattern::Groups(matches.value().begin(), matches.value().end()));
}

struct Source {
    std::optional<std::string> text; // nothing: the rule has none
    std::string reason;              // then why
};

// `value` when it is given, else the tag without the component's prefix.
Result<Source> source_text(const Rule& rule, const Scene& scene) {
    if (!rule.get("value").empty()) {
        auto text = TRY(scene.expressions.render(rule.get("value"), rule.origin));
        return Source{std::move(text), {}};
    }
    const auto tag = tag_of(scene.facts);
    if (!tag) return Source{std::nullopt, fmt::format("'{}' is not a tag, and no value is given", scene.facts.ref)};
    const auto& prefix = scene.facts.tag_prefix;
    if (tag->compare(0, prefix.size(), prefix) != 0)
        return Source{std::nullopt, fmt::format("tag '{}' does not begin with '{}'", *tag, prefix)};
    return Source{tag->substr(prefix.size()), {}};
}

constexpr const char* around_version = "put ( ) around the version in match=…";

Cut cut_prefix(const std::string& prefix) {
    if (prefix.empty()) return {};
    const auto apply = [prefix](std::string_view tag, std::string&) -> std::optional<std::string_view> {
        if (!tag.starts_with(prefix)) return std::nullopt;
        return tag.substr(prefix.size());
    };
    return {prefix, apply};
}

// Patterns of one semver or pep440 rule, applied to the text at hand and to the repository's tags alike.
class Matcher {
  public:
    static Result<Matcher> make(const Rule& rule) {
        Matcher matcher(rule);
        if (!rule.get("match").empty()) {
            auto pattern = TRY(compile(rule.get("match"), "", rule));
            matcher.pattern_ = std::make_shared<ScriptPattern>(std::move(pattern));
        }
        return matcher;
    }

    // The first group of the first match. No match: nothing, without a pattern the text itself.
    Result<std::optional<std::string>> apply(const std::string& text) const {
        if (!pattern_) return std::optional(text);
        const auto groups = TRY(search(*pattern_, text, *rule_));
        if (!groups) return std::optional<std::string>();
        if (groups->size() < 2 || !(*groups)[1])
            return wrong_input(fmt::format("{} has no group that matched", rule_->get("match")), rule_->origin,
                               around_version);
        return (*groups)[1];
    }
    bool has_group() const { return !pattern_ || pattern_->group_count() > 0; }

    Cut cut(const std::string& prefix) const {
        if (!pattern_) return cut_prefix(prefix);
        const auto apply = [*this, prefix](std::string_view tag, std::string& room) -> std::optional<std::string_view> {
            if (!tag.starts_with(prefix)) return std::nullopt;
            const auto found = pattern_->group(tag.substr(prefix.size()), 1);
            if (!found.ok() || !found.value()) return std::nullopt;
            if (found.value()->find('/') == std::string_view::npos) return *found.value();
            return room = replace_all(*found.value(), "/", "-");
        };
        return {fmt::format("{} {}", prefix, rule_->get("match")), apply};
    }

  private:
    explicit Matcher(const Rule& rule) : rule_(&rule) {}
    const Rule* rule_;
    std::shared_ptr<const ScriptPattern> pattern_;
};

Line line_of(const Template& pattern) {
    if (pattern.mentions("version") || pattern.mentions("raw") || pattern.mentions("patch")) return Line::exact;
    if (pattern.mentions("minor")) return Line::minor;
    return pattern.mentions("major") ? Line::major : Line::all;
}

Highest<Semver>& highest_of(const Scene& scene, const Semver&) { return scene.semver_tags; }
Highest<Pep440>& highest_of(const Scene& scene, const Pep440&) { return scene.pep440_tags; }

// latest=highest: holds a moving tag back that a higher version has, and decides on latest.
template <typename Version>
Result<void> judge(const Version& version, Line line, const Cut& cut, bool prerelease, const Rule* rule,
                   const Scene& scene, Given& given) {
    const bool counted = scene.flavor.prerelease || (rule && rule->is("prerelease"));
    if (line != Line::exact && prerelease && !counted) {
        given = Given::none("held back: a pre-release does not move a tag, except with prerelease=true in the flavor");
        return {};
    }
    const bool is_candidate = !prerelease || scene.flavor.prerelease;
    if (line == Line::exact && !is_candidate) {
        given.moves = Moves::no;
        given.latest_reason = "a pre-release is latest only with prerelease=true in the flavor";
        return {};
    }
    const auto above = TRY(
        highest_of(scene, version).above(version, line, cut, counted ? Prereleases::counted : Prereleases::ignored));
    for (const auto& tag : {above.in(line), above.all})
        if (tag && scene.facts.is_broken && scene.facts.is_broken(*tag))
            scene.notes.gap(fmt::format("tag '{}' is higher than {} and names no object: refs/tags/{} is broken; fetch "
                                        "it again, or run: git update-ref -d {}",
                                        *tag, version.text(), *tag, shell_word("refs/tags/" + *tag)));
    if (const auto& higher = above.in(line); line != Line::exact && higher) {
        given.value.reset();
        given.reason = fmt::format("held back: tag '{}' of the repository is higher", *higher);
        return {};
    }
    given.moves = above.all || !is_candidate ? Moves::no : Moves::yes;
    given.latest_reason = above.all                  ? fmt::format("tag '{}' of the repository is higher", *above.all)
                          : given.moves == Moves::no ? "a pre-release is latest only with prerelease=true in the flavor"
                                                     : "no tag of the repository is higher";
    return {};
}

template <typename Version>
Result<Given> fire(const Rule& rule, const Scene& scene, const Matcher& matcher, const std::string& text,
                   const Version& version, bool release, bool raw_is_text) {
    const std::string pattern_text(rule.get("pattern"));
    const auto names = version_names(version, text);
    auto parsed = Template::parse(pattern_text);
    const bool only_raw = parsed.ok() && parsed->is_only("raw");
    Given given = Given::some({}, "", Moves::no);
    Template pattern = parsed.ok() ? parsed.value() : Template{};
    if (release || rule.is("prerelease")) {
        given.value = TRY(scene.expressions.render(pattern_text, names, rule.origin));
        given.moves = release ? Moves::yes : Moves::no;
        given.reason =
            fmt::format("{} is a {}", version.text(), release ? "release" : "pre-release, which this rule takes");
    } else if (only_raw && raw_is_text) {
        given.value = text;
        given.reason = fmt::format("{} is a pre-release", version.text());
    } else {
        const std::string used = only_raw ? pattern_text : "{{version}}";
        given.value = version.text();
        if (!raw_is_text) given.value = TRY(scene.expressions.render(used, names, rule.origin));
        given.reason = fmt::format("{} is a pre-release: the whole version is used", version.text());
        pattern = TRY(Template::parse("{{version}}"));
    }
    if (scene.flavor.latest == Latest::highest)
        TRY_VOID(judge(version, line_of(pattern), matcher.cut(scene.facts.tag_prefix), !release, &rule, scene, given));
    return given;
}

Result<Given> ask_version(const Rule& rule, const Scene& scene, const std::string& source) {
    const auto matcher = TRY(Matcher::make(rule));
    const auto matched = TRY(matcher.apply(source));
    if (!matched) {
        scene.notes.remark(fmt::format("{} does not match {}.", rule.get("match"), source), rule.origin);
        if (scene.strict == Strict::yes)
            return Given::none(fmt::format("{} does not match '{}'", rule.get("match"), source));
    }
    const auto text = replace_all(matched.value_or(source), "/", "-");
    if (rule.type == RuleType::semver) {
        if (const auto version = parse_semver(text))
            return fire(rule, scene, matcher, text, *version, !version->is_prerelease(), false);
        const bool other = parse_pep440(text).has_value(); // 1.2
        scene.notes.remark(fmt::format("{} is not a valid semver. More info: https://semver.org/{}", text,
                                       other ? "; type=pep440 takes it" : ""),
                           rule.origin);
        return Given::none(fmt::format("'{}' is not a semantic version", text));
    }
    if (const auto version = parse_pep440(text))
        return fire(rule, scene, matcher, text, *version, version->is_release(), true);
    scene.notes.remark(
        fmt::format("{} does not conform to PEP 440. More info: https://www.python.org/dev/peps/pep-0440", text),
        rule.origin);
    return Given::none(fmt::format("'{}' is not a PEP 440 version", text));
}

// The group's number when it is written in plain decimal form, as a script would name an element.
std::optional<std::size_t> plain_index(std::string_view text) {
    const auto number = to_number(text);
    if (!number || *number < 0 || *number > 1000 || number_text(*number) != text) return std::nullopt;
    return static_cast<std::size_t>(*number);
}

// A rule of type match, ready to be asked.
class Match {
  public:
    static Result<Match> make(const Rule& rule) {
        std::string_view expression = rule.get("pattern"), flags;
        const auto last = expression.rfind('/');
        if (expression.size() > 2 && expression[0] == '/' && last > 1 &&
            expression.find('\n') == std::string_view::npos) {
            flags = expression.substr(last + 1);
            expression = expression.substr(1, last - 1);
        }
        auto pattern = TRY(compile(expression, flags, rule));
        return Match(rule, std::move(pattern), flags.find('g') != flags.npos);
    }
    Result<std::optional<ScriptPattern::Groups>> groups(const std::string& text) const {
        return every_ ? every(*pattern_, text, *rule_) : search(*pattern_, text, *rule_);
    }
    std::optional<std::string> group(const ScriptPattern::Groups& groups) const {
        return index_ && *index_ < groups.size() ? groups[*index_] : std::nullopt;
    }
    bool has_group() const { return every_ || (index_ && *index_ <= pattern_->group_count()); }
    // Of tags that begin as the one at hand does before the value.
    Cut cut(const std::string& prefix, const std::string& before) const {
        const auto apply = [*this, prefix, before](std::string_view tag,
                                                   std::string& room) -> std::optional<std::string_view> {
            if (!tag.starts_with(prefix) || !tag.substr(prefix.size()).starts_with(before)) return std::nullopt;
            const auto found = groups(std::string(tag.substr(prefix.size())));
            const auto text = found.ok() && found.value() ? group(*found.value()) : std::nullopt;
            if (!text) return std::nullopt;
            return room = *text;
        };
        return {fmt::format("{} {} {} {}", prefix, before, rule_->get("pattern"), rule_->get("group")), apply};
    }

  private:
    Match(const Rule& rule, ScriptPattern pattern, bool every)
        : rule_(&rule), pattern_(std::make_shared<ScriptPattern>(std::move(pattern))), every_(every),
          index_(plain_index(rule.get("group"))) {}
    const Rule* rule_;
    std::shared_ptr<const ScriptPattern> pattern_;
    bool every_;
    std::optional<std::size_t> index_;
};

struct Found {
    std::string before; // api/v
    Semver version;
};

// The version at the end of a tag such as api/v1.2.3.
std::optional<Found> version_in(const std::string& tag) {
    for (const auto start : {std::size_t{0}, tag.rfind('/') + 1, tag.find_first_of("0123456789")})
        if (start < tag.size())
            if (const auto version = parse_semver(std::string_view(tag).substr(start)))
                return Found{tag.substr(0, start), *version};
    return std::nullopt;
}

// The line of a version that `number` (1 or 1.2) stands for; exact: none.
Line line_named(const std::string& number, const Semver& version) {
    const auto major = std::to_string(version.major);
    if (number == major) return Line::major;
    return number == major + "." + std::to_string(version.minor) ? Line::minor : Line::exact;
}

// latest=highest for a match: a whole version is compared with what the pattern finds in other tags; a number or two
// (1, v1.2) are a moving tag of the version in the tag.
Result<void> judge_match(const Match& match, const Scene& scene, const std::string& source, Given& given) {
    const auto& prefix = scene.facts.tag_prefix;
    const auto& value = *given.value;
    if (const auto version = parse_semver(value))
        return judge(*version, Line::exact, match.cut(prefix, source.substr(0, source.find(value))),
                     version->is_prerelease(), nullptr, scene, given);
    const auto found = version_in(source);
    const auto number = value.starts_with('v') ? value.substr(1) : value;
    const auto line = found ? line_named(number, found->version) : Line::exact;
    given.moves = Moves::no;
    given.latest_reason = fmt::format("'{}' is not a semantic version, so it has no release line", value);
    if (line == Line::exact) return {};
    const auto before = prefix + found->before;
    return judge(found->version, line, cut_prefix(before), found->version.is_prerelease(), nullptr, scene, given);
}

Result<Given> ask_match(const Rule& rule, const Scene& scene, const std::string& source) {
    const auto match = TRY(Match::make(rule));
    const auto groups = TRY(match.groups(source));
    if (!groups) {
        scene.notes.remark(fmt::format("{} does not match {}.", rule.get("pattern"), source), rule.origin);
        return Given::none(fmt::format("{} does not match '{}'", rule.get("pattern"), source));
    }
    const auto value = match.group(*groups);
    if (!value) {
        scene.notes.remark(
            fmt::format("Group {} does not exist for {} pattern.", rule.get("group"), rule.get("pattern")),
            rule.origin);
        return Given::none(fmt::format("the match has no group {}", rule.get("group")));
    }
    auto given = Given::some(*value, fmt::format("{} matches '{}'", rule.get("pattern"), source), Moves::yes);
    if (scene.flavor.latest == Latest::highest) TRY_VOID(judge_match(match, scene, source, given));
    return given;
}

}

Result<void> check_version_rule(const Rule& rule, Notes& notes) {
    if (rule.type == RuleType::match) {
        const auto match = TRY(Match::make(rule));
        if (!match.has_group())
            notes.fault(fmt::format("the pattern {} has no group {}", rule.get("pattern"), rule.get("group")),
                        rule.origin, "count the ( ) of the pattern; 0 is the whole match");
    } else if (rule.type == RuleType::semver || rule.type == RuleType::pep440) {
        const auto matcher = TRY(Matcher::make(rule));
        if (!matcher.has_group())
            notes.fault(fmt::format("{} has no group", rule.get("match")), rule.origin, around_version);
    }
    return {};
}

Result<Given> ask_version_rule(const Rule& rule, const Scene& scene) {
    const auto source = TRY(source_text(rule, scene));
    if (!source.text) return Given::none(source.reason);
    return rule.type == RuleType::match ? ask_match(rule, scene, *source.text) : ask_version(rule, scene, *source.text);
}

Result<void> judge_tag(const std::string& tag, const Scene& scene, Given& given) {
    const auto& prefix = scene.facts.tag_prefix;
    const auto text = tag.compare(0, prefix.size(), prefix) == 0 ? tag.substr(prefix.size()) : tag;
    const auto version = parse_semver(text);
    given.moves = Moves::no;
    given.latest_reason = fmt::format("'{}' is not a semantic version, so it has no release line", text);
    if (!version) return {};
    return judge(*version, Line::exact, cut_prefix(prefix), version->is_prerelease(), nullptr, scene, given);
}

}
