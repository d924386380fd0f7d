#include "tag/version/next_version.h"
#include "base/text.h"
#include "tag/version/asked_level.h"
#include "tag/version/pep440.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

// N of X.Y.Z-channel.N, of the same X.Y.Z and channel, whatever follows.
std::optional<std::uint64_t> number_in_channel(const Semver& version, const Semver& of, const std::string& channel) {
    if (version.major != of.major || version.minor != of.minor || version.patch != of.patch) return std::nullopt;
    const auto& parts = version.prerelease;
    if (parts.size() < 2 || parts[0] != channel) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), number);
    return error == std::errc() && end == parts[1].data() + parts[1].size() ? std::optional(number) : std::nullopt;
}

Semver in_channel(const Semver& version, const std::string& channel, const std::vector<VersionTag>& tags) {
    std::uint64_t highest = 0;
    for (const auto& tag : tags)
        if (const auto number = number_in_channel(tag.version, version, channel)) highest = std::max(highest, *number);
    return {version.major, version.minor, version.patch, {channel, std::to_string(highest + 1)}, {}};
}

Semver without_prerelease(const Semver& version) { return {version.major, version.minor, version.patch, {}, {}}; }

// Whether the version has to be above the tag: a patch above all of its minor, a new minor above all of its major, and
// whatever else above everything. So 1.2.4 may follow 2.0.0 where 1.2 is kept up.
bool is_in_line(const VersionTag& tag, const Semver& version, const std::optional<VersionTag>& base) {
    const bool same_major = tag.version.major == version.major;
    const bool same_minor = same_major && tag.version.minor == version.minor;
    if (tag.version.is_prerelease()) return same_minor && version.is_prerelease();
    if (!base || base->version.major != version.major) return true;
    return base->version.minor == version.minor ? same_minor : same_major;
}

// A tag that is as high or higher: the base, or one of the same line that is not behind this commit.
Result<void> refuse_lower(const Semver& version, const std::optional<VersionTag>& base,
                          const std::vector<VersionTag>& tags) {
    constexpr auto message = "tag {} is in the way: the next version would be {}, which is not higher; {}";
    if (base && compare(version, base->version) <= 0)
        return no(fmt::format(message, base->name, version.text(), "ask for a higher one in the footer Release-As"));
    for (const auto& tag : tags) // highest first
        if (compare(tag.version, version) >= 0 && is_in_line(tag, version, base))
            return no(fmt::format(message, tag.name, version.text(),
                                  "build from a commit that has that tag among its ancestors, or ask for a version "
                                  "with a footer Release-As"));
    return {};
}

Result<Semver> parse_initial(const std::string& text) {
    const auto version = parse_semver(text);
    if (!version || version->is_prerelease())
        return usage(fmt::format("initial version '{}' is not a release version; write a version such as 0.1.0", text));
    return *version;
}

}

Result<void> check_channel(const std::string& channel) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::string_view all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    if (channel.empty()) return {};
    if (channel.find_first_not_of(all) != channel.npos)
        return usage(
            fmt::format("channel '{}' can't stand in a version; expected letters, digits and dashes", channel));
    if (letters.find(channel.front()) == letters.npos)
        return usage(fmt::format("channel '{}' does not begin with a letter, and the number behind it is ours to give; "
                                 "expected a word such as beta",
                                 channel));
    return {};
}

Result<void> check_initial(const std::string& version) {
    TRY_VOID(parse_initial(version));
    return {};
}

Semver raise(const Semver& version, Level level) {
    switch (level) {
    case Level::major: return {version.major + 1, 0, 0, {}, {}};
    case Level::minor: return {version.major, version.minor + 1, 0, {}, {}};
    case Level::patch: return {version.major, version.minor, version.patch + 1, {}, {}};
    case Level::none: break;
    }
    return version;
}

namespace {

Level level_between(const std::optional<VersionTag>& base, const Semver& version) {
    if (!base || base->version.major != version.major) return Level::major;
    return base->version.minor != version.minor ? Level::minor : Level::patch;
}

struct Part { // of the history
    const CommitRange& range;
    Decision decision;
};

// Where there are no versions with a third number, a fix raises the second.
Semver raise_in(const Spelling& spelling, const Semver& version, Level level) {
    return raise(version, level == Level::patch && !spelling.patches ? Level::minor : level);
}

bool is_lower(const Semver& a, const Semver& b) { return compare(a, b) < 0; }

// The first release: as given, or that which the pre-releases led to.
Semver first_release(const Semver& initial, const std::vector<VersionTag>& tags) {
    const bool leads = !tags.empty() && tags.front().version.is_prerelease();
    return leads ? std::max(initial, without_prerelease(tags.front().version), is_lower) : initial;
}

// X.Y.Z-channel.N, from the commits since the last release and those since the last version of any kind; nothing when
// neither they nor the channel are new.
std::optional<Semver> channel_version(const NextWanted& wanted, const Semver& initial, const Part& release,
                                      const Part& latest, const Spelling& spelling,
                                      const std::vector<VersionTag>& tags) {
    const auto& base = release.range.base;
    if (const auto& forced = latest.decision.forced)
        return forced->is_prerelease() ? *forced : in_channel(*forced, wanted.channel, tags);
    const auto& forced = release.decision.forced;
    auto core = forced ? without_prerelease(*forced)
                : base ? raise_in(spelling, base->version, release.decision.level)
                       : initial;
    const auto& before = latest.range.base;
    if (before && before->version.is_prerelease()) {
        core = std::max(core, without_prerelease(before->version), is_lower);
        if (latest.decision.level == Level::none && number_in_channel(before->version, core, wanted.channel))
            return std::nullopt;
    } else if (base ? release.decision.level == Level::none : release.range.commits.empty()) {
        return std::nullopt;
    }
    return in_channel(core, wanted.channel, tags);
}

// `latest`: the last version of any kind. A pre-release behind this commit leads to its release, whatever came since.
std::optional<Semver> release_version(const Semver& initial, const Part& part, const Spelling& spelling,
                                      const std::optional<VersionTag>& latest, const std::vector<VersionTag>& tags) {
    const auto& [range, decision] = part;
    if (const auto& forced = decision.forced) {
        // A pre-release that was asked for and is tagged leads to its release.
        const bool is_tagged = std::any_of(tags.begin(), tags.end(), [&](const VersionTag& tag) {
            return tag.version.is_prerelease() && compare(tag.version, *forced) == 0;
        });
        return is_tagged ? without_prerelease(*forced) : *forced;
    }
    if (!range.base) return range.commits.empty() ? std::nullopt : std::optional(initial);
    if (decision.level == Level::none) return std::nullopt;
    const auto raised = raise_in(spelling, range.base->version, decision.level);
    return latest ? std::max(raised, without_prerelease(latest->version), is_lower) : raised;
}

// The version that stands at this commit already, so that a second run makes no other: the last one, or the one that a
// commit asks for. A pre-release is none for another channel, nor for a release.
Result<const VersionTag*> made_already(const NextWanted& wanted, const Since& since, const Decision& decision,
                                       Checkout& checkout) {
    const auto head = checkout.resolve(wanted.head);
    const auto& last = wanted.channel.empty() ? since.release.base : since.latest.base;
    for (const auto& tag : since.tags.tags) {
        const bool forced = decision.forced && compare(tag.version, *decision.forced) == 0;
        const bool own = last && tag.name == last->name &&
                         (!tag.version.is_prerelease() || tag.version.prerelease.front() == wanted.channel);
        if (!forced && !own) continue;
        const auto commit = TRY(checkout.commit_of_tag(tag.name));
        if (commit && commit == head) return &tag;
    }
    return nullptr;
}

// The same version in two spellings is no contradiction where both name one commit.
Result<void> refuse_contradiction(const VersionTag& base, const std::vector<VersionTag>& tags, Checkout& checkout) {
    for (const auto& tag : tags) {
        if (compare(tag.version, base.version) != 0 || tag.prefix == base.prefix) continue;
        const auto one = TRY(checkout.commit_of_tag(base.name)), other = TRY(checkout.commit_of_tag(tag.name));
        if (one == other) continue;
        return no(
            fmt::format("tags {} and {} are the same version at different commits, {} and {}, so what came since is "
                        "not known; give --tag-prefix '{}' or '{}'",
                        base.name, tag.name, one.value_or("none").substr(0, 7), other.value_or("none").substr(0, 7),
                        base.prefix, tag.prefix));
    }
    return {};
}

// How versions are written here, where that is not as it would be without any tag.
std::string inferred_text(const VersionTags& found, const VersionTag* base, const Spelling& spelling) {
    const auto& tags = found.tags;
    if (!found.inferred || tags.empty()) return {};
    const auto& like = base ? *base : tags.front();
    const auto other =
        std::find_if(tags.begin(), tags.end(), [&](const auto& tag) { return tag.prefix != like.prefix; });
    if (like.prefix == found.prefix && other == tags.end() && !spelling.short_zero) return {};
    return fmt::format("versions are assumed to be tags like {}{}{}", like.name,
                       other == tags.end() ? "" : fmt::format(", and {} is one of them", other->name),
                       !spelling.short_zero ? ""
                       : spelling.patches   ? "; X.Y.0 is written X.Y"
                                            : "; versions have two numbers, and a fix raises the second number");
}

// Tags that don't count though they are higher, or look as if they should.
std::vector<std::string> warnings_of(const VersionTags& found, const NextWanted& wanted, const Semver& version,
                                     bool has_base, const std::vector<std::string>& given_up) {
    std::vector<std::string> warnings;
    const auto& tags = found.tags;
    const auto higher = std::find_if(tags.begin(), tags.end(), [&](const VersionTag& tag) {
        return (!tag.version.is_prerelease() || version.is_prerelease()) && compare(tag.version, version) > 0 &&
               std::find(given_up.begin(), given_up.end(), tag.name) == given_up.end();
    });
    if (!given_up.empty())
        warnings.push_back(fmt::format("pre-release {} does not count: a lower release came after it", given_up[0]));
    if (higher != tags.end())
        warnings.push_back(
            fmt::format("tag {} is higher than {}, and not behind this commit", higher->name, version.text()));
    else if (!has_base && !tags.empty() && !tags.front().version.is_prerelease())
        warnings.push_back(fmt::format("tag {} is not behind this commit and does not count", tags.front().name));
    const auto odd = parse_pep440(found.odd), own = parse_pep440(version.text());
    if (odd && own && compare(*odd, *own) > 0)
        warnings.push_back(
            fmt::format("tag {} looks like a higher version, but not like 1.2.3, and does not count", found.odd));
    const auto& beside = found.beside;
    if (beside && (tags.empty() || compare(beside->version, version) > 0))
        warnings.push_back(fmt::format(
            "tag {} is also a version, but does not begin with '{}', so it does not count; give --tag-prefix '{}'",
            beside->name, wanted.component.prefix, beside->prefix));
    return warnings;
}

// Pre-releases that a lower release came after lead nowhere: their numbering was begun higher and given up. Their
// names, if the highest is one of them.
Result<std::vector<std::string>> leave_given_up(const NextWanted& wanted, Since& since, Checkout& checkout) {
    const auto &last = since.release.base, &latest = since.latest.base;
    if (!last || !latest || compare(latest->version, last->version) <= 0) return std::vector<std::string>();
    std::vector<const VersionTag*> higher;
    for (const auto& tag : since.tags.tags)
        if (tag.version.is_prerelease() && compare(tag.version, last->version) > 0) higher.push_back(&tag);
    const auto release = TRY(checkout.commit_of_tag(last->name));
    const auto before = TRY(tags_behind(higher, release.value_or(""), checkout));
    std::vector<std::string> given_up;
    for (const auto* tag : higher)
        if (const auto at = before.find(tag->name); at != before.end() && at->second != release)
            given_up.push_back(tag->name);
    if (std::find(given_up.begin(), given_up.end(), latest->name) == given_up.end()) return std::vector<std::string>();
    auto others = since.tags.tags;
    std::erase_if(others, [&](const VersionTag& tag) {
        return std::find(given_up.begin(), given_up.end(), tag.name) != given_up.end();
    });
    const auto* git = TRY(checkout.repository());
    const auto head = TRY(git->resolve(wanted.head));
    since.latest = TRY(commits_since_version(wanted.component, head, Base::prerelease, others, checkout));
    return given_up;
}

const VersionTag* pointer(const std::optional<VersionTag>& tag) { return tag ? &*tag : nullptr; }

}

Result<NextVersion> decide_next(const NextWanted& wanted, Since since, Checkout& checkout) {
    const auto given_up = TRY(leave_given_up(wanted, since, checkout));
    const auto& tags = since.tags.tags;
    const auto given = TRY(parse_initial(wanted.initial));
    const auto initial = first_release(given, tags);
    const auto& base = since.release.base;
    const bool in_channel = !wanted.channel.empty();
    const auto& last = in_channel ? since.latest.base : base; // the version before
    const auto& commits = (in_channel ? since.latest : since.release).commits;
    if (last) TRY_VOID(refuse_contradiction(*last, tags, checkout));
    const bool hold = wanted.hold_major && (!base || base->version.major == 0);
    const auto spelling = spelling_of(since.tags, pointer(last));
    auto decision = TRY(decide_level(since.release.commits, wanted.types, hold));
    override_level(decision, wanted, since.release.commits.size());
    std::optional<Semver> version;
    if (in_channel) {
        auto newer = TRY(decide_level(since.latest.commits, wanted.types, hold));
        override_level(newer, wanted, since.latest.commits.size());
        version = channel_version(wanted, initial, {since.release, decision}, {since.latest, newer}, spelling, tags);
    } else {
        version = release_version(initial, {since.release, decision}, spelling, since.latest.base, tags);
    }
    const auto* made = TRY(made_already(wanted, since, decision, checkout));
    if (made) {
        version.reset();
        const bool was_forced = decision.forced.has_value();
        decision = TRY(decide_level(since.release.commits, wanted.types, hold));
        if (was_forced) decision = {};
    }
    if (version) TRY_VOID(refuse_lower(*version, last, tags));

    const auto shown = version ? *version : made ? made->version : last ? last->version : initial;
    NextVersion next;
    next.level = decision.forced && version ? level_between(base, *version) : decision.level;
    if (base || decision.forced) next.decided_by = decision.by; // the initial version is nobody's decision
    next.commits = commits.size();
    next.changed = version.has_value();
    next.prefix = spelling.prefix;
    next.inferred = inferred_text(since.tags, pointer(last), spelling);
    next.overridden = decision.overridden;
    next.warnings = warnings_of(since.tags, wanted, shown, last.has_value(), given_up);
    next.warnings.insert(next.warnings.end(), decision.slips.begin(), decision.slips.end());
    next.previous = last ? last->name : "";
    next.version = spelling.text(shown);
    next.tag = version ? spelling.prefix + next.version : made ? made->name : next.previous;
    return next;
}

bool asks_for_latest(const NextWanted& wanted, const std::vector<VersionTag>& tags) {
    return !wanted.channel.empty() ||
           std::any_of(tags.begin(), tags.end(), [](const VersionTag& tag) { return tag.version.is_prerelease(); });
}

Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout) {
    TRY_VOID(check_channel(wanted.channel));
    const auto* git = TRY(checkout.repository());
    const auto head = TRY(git->resolve(wanted.head));
    Since since;
    since.tags = TRY(version_tags(wanted.component, checkout, Tags::all));
    const auto& tags = since.tags.tags;
    std::vector<RangeWanted> ranges = {{&wanted.component, &tags, Base::release}};
    if (asks_for_latest(wanted, tags)) ranges.push_back({&wanted.component, &tags, Base::prerelease});
    auto walked = commits_since_versions(ranges, head, checkout);
    if (!walked.ok()) return checkout.cut_short(walked.error());
    auto found = std::move(walked).value();
    since.release = std::move(found.front());
    if (found.size() > 1) since.latest = std::move(found.back());
    return decide_next(wanted, since, checkout);
}

}
