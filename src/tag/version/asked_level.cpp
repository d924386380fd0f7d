#include "tag/version/asked_level.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

Level level_of(const CommitTypes& types, const CommitMessage& message, bool hold) {
    const auto level = types.level_of(message);
    return hold && level > Level::patch ? static_cast<Level>(static_cast<int>(level) - 1) : level;
}

namespace {

std::string shown(const RangeCommit& commit) {
    const auto message = commit.message();
    const auto scope = message.scope.empty() ? "" : "(" + message.scope + ")";
    return fmt::format("{} {}", commit.id.substr(0, 7),
                       message.conventional ? fmt::format("{}{}{}: {}", message.type, scope,
                                                          message.breaking ? "!" : "", message.description)
                                            : message.description);
}

// A version as people write it: 2.0.0, v2.0.0, 2.0.
std::optional<Semver> parse_asked(const std::string& text) {
    const auto tag = read_version_tag(trim(std::string_view(text)));
    if (tag && (tag->prefix.empty() || tag->prefix == "v")) return tag->version;
    return std::nullopt;
}

// The commit's own word in a footer Release-Level, else its type's.
Level weigh(const RangeCommit& commit, const CommitMessage& message, const CommitTypes& types, bool hold,
            Decision& decision) {
    const auto typed = level_of(types, message, hold);
    if (!message.release_level) return typed;
    const auto asked = parse_level(lower(*message.release_level));
    if (!asked.ok()) {
        decision.slips.push_back(fmt::format("commit {} asks for the level '{}', which is unknown, so its type counts; "
                                             "expected none, patch, minor or major",
                                             commit.id.substr(0, 7), *message.release_level));
        return typed;
    }
    if (asked.value() != typed)
        decision.overridden = fmt::format("commit {} asks for {} by its footer Release-Level; its type asks for {}",
                                          commit.id.substr(0, 7), name_of(asked.value()), name_of(typed));
    return asked.value();
}

}

Result<Decision> decide_level(const std::vector<RangeCommit>& commits, const CommitTypes& types, bool hold) {
    Decision decision;
    for (const auto& commit : commits) { // newest first
        const auto message = commit.message();
        if (message.release_as) {
            decision.forced = parse_asked(*message.release_as);
            if (!decision.forced)
                return usage(fmt::format("commit {} asks for release '{}', which is not a semantic version; "
                                         "write Release-As: 1.2.3 in a newer commit",
                                         commit.id.substr(0, 7), *message.release_as));
            decision.by = shown(commit);
            decision.overridden = fmt::format("commit {} asks for {} by its footer Release-As", commit.id.substr(0, 7),
                                              *message.release_as);
            decision.level = std::max(decision.level, Level::patch);
            return decision;
        }
        const auto level = weigh(commit, message, types, hold, decision);
        if (level <= decision.level) continue;
        decision.level = level;
        decision.by = shown(commit);
    }
    return decision;
}

void override_level(Decision& decision, const NextWanted& wanted, std::size_t commits) {
    const auto& asked = wanted.override_level;
    if (asked && (asked->by_hand || (commits > 0 && !decision.forced))) {
        decision.overridden = fmt::format("{} asks for {}; the commits ask for {}", asked->by, name_of(asked->level),
                                          decision.forced ? decision.forced->text() : name_of(decision.level));
        decision.level = asked->level;
        decision.by = asked->by;
        decision.forced.reset();
    }
    if (wanted.at_least && !decision.forced && (!asked || !asked->by_hand) && wanted.at_least->level > decision.level) {
        decision.level = wanted.at_least->level;
        decision.by = wanted.at_least->by;
    }
}

Result<std::optional<std::string>> release_worthy(const std::vector<RangeCommit>& commits, const CommitTypes& types) {
    const auto decision = TRY(decide_level(commits, types, false));
    return decision.level == Level::none ? std::nullopt : std::optional(decision.by);
}

std::optional<Override> asked_by_labels(const NextWanted& wanted, const std::vector<std::string>& labels) {
    std::optional<Override> asked;
    for (const auto& [name, level] : wanted.label_levels)
        if (std::find(labels.begin(), labels.end(), name) != labels.end() && (!asked || level > asked->level))
            asked = {level, fmt::format("label '{}'", name)};
    return asked;
}

}
