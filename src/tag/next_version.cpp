#include "tag/next_version.h"
#include "base/text.h"
#include "tag/commit_range.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct Decision {
    Level level = Level::none;
    std::string by;
    std::optional<Semver> forced; // Release-As
};

std::string shown(const RangeCommit& commit) {
    const auto message = commit.message();
    const auto scope = message.scope.empty() ? "" : "(" + message.scope + ")";
    return fmt::format("{} {}", commit.id.substr(0, 7),
                       message.conventional ? fmt::format("{}{}{}: {}", message.type, scope,
                                                          message.breaking ? "!" : "", message.description)
                                            : message.description);
}

Result<Decision> decide_level(const std::vector<RangeCommit>& commits, bool hold) {
    Decision decision;
    for (const auto& commit : commits) { // newest first
        const auto message = commit.message();
        if (message.release_as) {
            decision.forced = parse_semver(*message.release_as);
            if (!decision.forced)
                return usage(fmt::format("commit {} asks for release '{}', which is no semantic version; "
                                         "write Release-As: 1.2.3 in a newer commit",
                                         commit.id.substr(0, 7), *message.release_as));
            decision.by = shown(commit);
            decision.level = std::max(decision.level, Level::patch);
            return decision;
        }
        const auto level = level_of(message, hold);
        if (level <= decision.level) continue;
        decision.level = level;
        decision.by = shown(commit);
    }
    return decision;
}

// N of X.Y.Z-channel.N, of the same X.Y.Z and channel.
std::optional<std::uint64_t> number_in_channel(const Semver& version, const Semver& of, const std::string& channel) {
    if (version.major != of.major || version.minor != of.minor || version.patch != of.patch) return std::nullopt;
    const auto& parts = version.prerelease;
    if (parts.size() != 2 || parts[0] != channel) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), number);
    return error == std::errc() && end == parts[1].data() + parts[1].size() ? std::optional(number) : std::nullopt;
}

Semver in_channel(Semver version, const std::string& channel, const std::vector<VersionTag>& tags) {
    std::uint64_t highest = 0;
    for (const auto& tag : tags)
        if (const auto number = number_in_channel(tag.version, version, channel)) highest = std::max(highest, *number);
    version.prerelease = {channel, std::to_string(highest + 1)};
    return version;
}

// A tag of the same major.minor that is as high or higher.
Result<void> refuse_lower(const Semver& version, const std::vector<VersionTag>& tags) {
    for (const auto& tag : tags) { // highest first
        const bool same_line = tag.version.major == version.major && tag.version.minor == version.minor;
        if (!same_line || compare(tag.version, version) < 0) continue;
        if (tag.version.is_prerelease() && !version.is_prerelease()) continue;
        return no(fmt::format("tag {} is in the way: the next version would be {}, which is not higher; build from a "
                              "commit that has that tag "
                              "among its ancestors, or ask for a version with a footer Release-As",
                              tag.name, version.text()));
    }
    return {};
}

Result<Semver> parse_initial(const std::string& text) {
    const auto version = parse_semver(text);
    if (!version || version->is_prerelease())
        return usage(fmt::format("initial version '{}' is no release; expected for instance 0.1.0", text));
    return *version;
}

Result<void> check_channel(const std::string& channel) {
    if (channel.empty() || parse_semver("1.0.0-" + channel + ".1")) return {};
    return usage(fmt::format("channel '{}' can't stand in a version; expected letters, digits and dashes", channel));
}

}

std::string_view name_of(Level level) {
    static constexpr std::array<std::string_view, 4> names = {"none", "patch", "minor", "major"};
    return names[static_cast<std::size_t>(level)];
}

Level level_of(const CommitMessage& message, bool hold) {
    if (message.breaking) return hold ? Level::minor : Level::major; // a footer says so even without a type
    if (message.type == "feat") return hold ? Level::patch : Level::minor;
    if (message.type == "fix" || message.type == "perf" || message.type == "revert" || message.reverts)
        return Level::patch;
    return Level::none;
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

bool belongs(const Component& component, const std::vector<std::string>& paths) {
    const auto longest = [](const std::vector<std::string>& globs, const std::string& path) {
        std::size_t size = 0;
        for (const auto& glob : globs)
            if (glob_match(glob, path)) size = std::max(size, glob.size());
        return size;
    };
    return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
        if (longest(component.exclude, path) > 0) return false;
        const auto own = component.include.empty() ? 1 : longest(component.include, path);
        return own > 0 && own >= longest(component.others, path);
    });
}

Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout) {
    TRY_VOID(check_channel(wanted.channel));
    const auto initial = TRY(parse_initial(wanted.initial));
    const auto head = TRY(TRY(checkout.repository())->resolve(wanted.head));
    const auto tags = TRY(version_tags(wanted.component.prefix, checkout));
    const auto since_release = TRY(commits_since_version(wanted.component, head, Base::release, tags, checkout));

    NextVersion next;
    const auto& base = since_release.base;
    const bool hold = wanted.hold_major && (!base || base->version.major == 0);
    const auto decision = TRY(decide_level(since_release.commits, hold));
    auto version = decision.forced ? *decision.forced : base ? raise(base->version, decision.level) : initial;
    next.level = decision.level;
    next.decided_by = decision.by;
    next.commits = since_release.commits.size();
    next.previous = base ? base->name : "";
    next.changed = base ? decision.level != Level::none : !since_release.commits.empty();
    if (!wanted.channel.empty() && next.changed) {
        const auto since_any = TRY(commits_since_version(wanted.component, head, Base::prerelease, tags, checkout));
        const auto newer = TRY(decide_level(since_any.commits, hold));
        if (since_any.base) next.previous = since_any.base->name;
        if (since_any.base && newer.level == Level::none) {
            next.changed = false;
            version = since_any.base->version;
        } else if (!decision.forced || !version.is_prerelease()) {
            version = in_channel(version, wanted.channel, tags);
        }
    }
    if (next.changed) TRY_VOID(refuse_lower(version, tags));
    next.version = version.text();
    next.tag = wanted.component.prefix + next.version;
    if (!next.changed) next.tag = next.previous;
    return next;
}

}
