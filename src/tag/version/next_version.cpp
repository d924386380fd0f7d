#include "tag/version/next_version.h"
#include "base/text.h"
#include "tag/version/commit_range.h"
#include <algorithm>
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

Result<Decision> decide_level(const std::vector<RangeCommit>& commits, const CommitTypes& types, bool hold) {
    Decision decision;
    for (const auto& commit : commits) { // newest first
        const auto message = commit.message();
        if (message.release_as) {
            decision.forced = parse_semver(*message.release_as);
            if (!decision.forced)
                return usage(fmt::format("commit {} asks for release '{}', which is not a semantic version; "
                                         "write Release-As: 1.2.3 in a newer commit",
                                         commit.id.substr(0, 7), *message.release_as));
            decision.by = shown(commit);
            decision.level = std::max(decision.level, Level::patch);
            return decision;
        }
        const auto level = level_of(types, message, hold);
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

Semver in_channel(const Semver& version, const std::string& channel, const std::vector<VersionTag>& tags) {
    std::uint64_t highest = 0;
    for (const auto& tag : tags)
        if (const auto number = number_in_channel(tag.version, version, channel)) highest = std::max(highest, *number);
    return {version.major, version.minor, version.patch, {channel, std::to_string(highest + 1)}, {}};
}

Semver without_prerelease(const Semver& version) { return {version.major, version.minor, version.patch, {}, {}}; }

bool is_in_line(const VersionTag& tag, const Semver& version, const std::optional<VersionTag>& base) {
    if (tag.version.major != version.major) return false;
    const bool same_minor = tag.version.minor == version.minor;
    if (tag.version.is_prerelease()) return same_minor && version.is_prerelease();
    const bool is_patch = base && base->version.major == version.major && base->version.minor == version.minor;
    return same_minor || !is_patch; // a new minor goes above all of its major
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
        return usage(fmt::format("initial version '{}' is not a release version; expected for instance 0.1.0", text));
    return *version;
}

}

Result<void> check_channel(const std::string& channel) {
    if (channel.empty() || parse_semver("1.0.0-" + channel + ".1")) return {};
    return usage(fmt::format("channel '{}' can't stand in a version; expected letters, digits and dashes", channel));
}

Result<void> check_initial(const std::string& version) {
    TRY_VOID(parse_initial(version));
    return {};
}

Level level_of(const CommitTypes& types, const CommitMessage& message, bool hold) {
    // A footer says that it is breaking even without a type.
    const auto level = message.breaking ? Level::major : types.of(message).level;
    return hold && level > Level::patch ? static_cast<Level>(static_cast<int>(level) - 1) : level;
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

bool belongs(const Component& component, const std::string& path) {
    const auto longest = [&](const std::vector<std::string>& globs) {
        std::size_t size = 0;
        for (const auto& glob : globs)
            if (glob.size() > size && glob_match(glob, path)) size = glob.size();
        return size;
    };
    const auto own = component.include.empty() ? 1 : longest(component.include);
    return own > 0 && longest(component.exclude) == 0 && own >= longest(component.others);
}

std::vector<std::string> beginnings(const Component& component, const std::string& folder) {
    std::vector<std::string> all;
    for (const auto& glob : component.include) {
        const auto fixed = std::find_if(glob.begin(), glob.end(), [](char c) {
            return std::string_view("*?[{").find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
        });
        const std::string text(glob.begin(), fixed);
        const bool leads_out = text.empty() || text == "." || text.starts_with("..");
        all.push_back(folder.empty() ? text : leads_out ? "" : folder + "/" + text);
    }
    return all;
}

namespace {

Level level_between(const std::optional<VersionTag>& base, const Semver& version) {
    if (!base || base->version.major != version.major) return Level::major;
    return base->version.minor != version.minor ? Level::minor : Level::patch;
}

struct Since {
    const CommitRange& range;
    Decision decision;
};

// X.Y.Z-channel.N, from the commits since the last release and those since the last version of any kind; nothing when
// neither they nor the channel are new.
std::optional<Semver> channel_version(const NextWanted& wanted, const Semver& initial, const Since& release,
                                      const Since& latest, const std::vector<VersionTag>& tags) {
    const auto& base = release.range.base;
    if (const auto& forced = latest.decision.forced)
        return forced->is_prerelease() ? *forced : in_channel(*forced, wanted.channel, tags);
    const auto& forced = release.decision.forced;
    auto core = forced ? without_prerelease(*forced) : base ? raise(base->version, release.decision.level) : initial;
    const auto& before = latest.range.base;
    if (before && before->version.is_prerelease()) {
        core = std::max(core, without_prerelease(before->version),
                        [](const Semver& a, const Semver& b) { return compare(a, b) < 0; });
        if (latest.decision.level == Level::none && number_in_channel(before->version, core, wanted.channel))
            return std::nullopt;
    } else if (base ? release.decision.level == Level::none : release.range.commits.empty()) {
        return std::nullopt;
    }
    return in_channel(core, wanted.channel, tags);
}

std::string warning_of(const VersionTags& tags, const NextWanted& wanted) {
    if (!tags.tags.empty())
        return fmt::format("tag {} is not behind this commit and does not count", tags.tags.front().name);
    if (tags.bare.empty() || wanted.component.prefix != NextWanted().component.prefix) return {};
    return fmt::format("no tag begins with '{}', but tag {} is a version; give --tag-prefix ''",
                       wanted.component.prefix, tags.bare);
}

}

Result<NextVersion> next_version(const NextWanted& wanted, Checkout& checkout) {
    TRY_VOID(check_channel(wanted.channel));
    const auto initial = TRY(parse_initial(wanted.initial));
    const auto* git = TRY(checkout.repository());
    const auto head = TRY(git->resolve(wanted.head));
    const auto found = TRY(version_tags(wanted.component.prefix, checkout));
    const auto& tags = found.tags;
    const auto released = TRY(commits_since_version(wanted.component, head, Base::release, tags, checkout));
    const auto& base = released.base;
    const bool hold = wanted.hold_major && (!base || base->version.major == 0);
    const auto decision = TRY(decide_level(released.commits, wanted.types, hold));

    NextVersion next;
    next.level = decision.level;
    next.decided_by = decision.by;
    next.commits = released.commits.size();
    auto last = base; // the version before
    std::optional<Semver> version;
    if (!wanted.channel.empty()) {
        const auto latest = TRY(commits_since_version(wanted.component, head, Base::prerelease, tags, checkout));
        const auto newer = TRY(decide_level(latest.commits, wanted.types, hold));
        version = channel_version(wanted, initial, {released, decision}, {latest, newer}, tags);
        last = latest.base;
        next.commits = latest.commits.size();
    } else if (decision.forced) {
        // A pre-release that was asked for and is tagged leads to its release.
        const bool is_tagged = std::any_of(tags.begin(), tags.end(), [&](const VersionTag& tag) {
            return tag.version.is_prerelease() && compare(tag.version, *decision.forced) == 0;
        });
        version = is_tagged ? without_prerelease(*decision.forced) : *decision.forced;
    } else if (!base) {
        if (next.commits > 0) version = initial;
    } else if (decision.level != Level::none) {
        version = raise(base->version, decision.level);
    }
    next.changed = version.has_value();
    if (version) TRY_VOID(refuse_lower(*version, last, tags));
    if (decision.forced && version) next.level = level_between(base, *version);
    if (!last) next.warning = warning_of(found, wanted);
    if (!base && !decision.forced) next.decided_by.clear(); // the initial version is nobody's decision
    next.previous = last ? last->name : "";
    next.version = (version ? *version : last ? last->version : initial).text();
    next.tag = version ? wanted.component.prefix + next.version : next.previous;
    return next;
}

}
