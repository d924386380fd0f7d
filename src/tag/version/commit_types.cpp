#include "tag/version/commit_types.h"
#include "base/glob.h"
#include "base/text.h"
#include "tag/version/component.h"
#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::string_view any = "*";
constexpr std::array<std::string_view, 4> levels = {"none", "patch", "minor", "major"};

const CommitType defaults[] = {{"feat", "", Level::minor, "Features"},
                               {"fix", "", Level::patch, "Fixes"},
                               {"perf", "", Level::patch, "Performance"},
                               {"revert", "", Level::patch, "Reverts"},
                               {std::string(any), "", Level::none, "Other changes"}};

bool is_any_scope(std::string_view scope) { return scope.empty() || scope == any; }

// Whether all that fits `row` fits `other`, too.
bool covers(const CommitType& other, const CommitType& row) {
    return (other.type == any || other.type == row.type) && (is_any_scope(other.scope) || other.scope == row.scope);
}

Result<CommitType> lower_row(const WrittenType& row) {
    if (row.type.empty())
        return usage("a row of types has no type; write type: fix, or type: '*' for the rest", row.place);
    const auto stands_in_word = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
    if (row.type != any && !std::all_of(row.type.begin(), row.type.end(), stands_in_word))
        return usage(fmt::format("type '{}' is not a word, so no commit has it; expected letters, digits, - and _, or "
                                 "'*' for any",
                                 row.type),
                     row.place);
    if (const auto good = check_glob(row.scope); !good.ok()) return usage(good.error().message, row.place);
    if (row.section && !row.section->empty() && trim(std::string_view(*row.section)).empty())
        return usage(fmt::format("the section of type '{}' is blank; write a heading, or '' to leave it out", row.type),
                     row.place);
    if (row.type == any && is_any_scope(row.scope) && !row.level && !row.section && !row.breaking)
        return usage(
            "a row for type '*' changes nothing unless it sets level, breaking or section; set one of them, or "
            "remove it",
            row.place);
    return CommitType{lower(row.type), lower(row.scope), Level::none, {}};
}

std::string shown(const CommitType& row) {
    return is_any_scope(row.scope) ? fmt::format("'{}'", row.type) : fmt::format("'{}({})'", row.type, row.scope);
}

Result<void> refuse_hidden(const CommitType& row, const std::vector<CommitType>& before, const Place& place) {
    for (const auto& other : before) {
        if (is_rest(other) != is_rest(row) || !covers(other, row)) continue;
        return usage(covers(row, other) ? fmt::format("type {} comes twice; keep one of the rows", shown(row))
                                        : fmt::format("type {} never counts, since {} stands before it; move it up",
                                                      shown(row), shown(other)),
                     place);
    }
    return {};
}

}

std::string_view name_of(Level level) { return levels[static_cast<std::size_t>(level)]; }

Result<Level> parse_level(std::string_view name) {
    const auto found = std::find(levels.begin(), levels.end(), name);
    if (found == levels.end())
        return usage(fmt::format("level '{}' is unknown; expected none, patch, minor or major", name));
    return static_cast<Level>(found - levels.begin());
}

CommitTypes::CommitTypes() : rows_(std::begin(defaults), std::end(defaults)) {}

bool is_rest(const CommitType& row) { return row.type == any && is_any_scope(row.scope); }

Result<CommitTypes> CommitTypes::of_rows(const std::vector<WrittenType>& given) {
    std::vector<CommitType> rows;
    for (const auto& written : given) {
        auto row = TRY(lower_row(written));
        TRY_VOID(refuse_hidden(row, rows, written.place));
        rows.push_back(std::move(row));
    }
    const auto own = rows.size();
    std::vector<std::pair<CommitType, std::size_t>> all; // with their number among the given ones
    for (std::size_t i = 0; i < own; ++i) all.emplace_back(std::move(rows[i]), i);
    for (const auto& row : defaults) all.emplace_back(row, own);
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return is_rest(a.first) < is_rest(b.first); });
    rows.clear();
    for (auto at = all.end(); at-- != all.begin();) { // from the last on, so that what a row takes over is known
        auto& row = at->first;
        const auto number = at->second;
        if (number == own) continue;
        const auto from = std::find_if(at + 1, all.end(), [&](const auto& other) { return covers(other.first, row); });
        row.level = given[number].level.value_or(from->first.level);
        row.section = given[number].section.value_or(from->first.section);
        row.breaking = given[number].breaking;
    }
    for (auto& [row, number] : all) rows.push_back(std::move(row));
    CommitTypes types;
    types.rows_ = std::move(rows);
    return types;
}

const CommitType* CommitTypes::find(std::string_view type, const std::string& scope) const {
    for (const auto& row : rows_)
        if ((row.type == type || row.type == any) && (is_any_scope(row.scope) || glob_match(row.scope, scope)))
            return &row;
    return nullptr; // not with the default for the rest
}

const CommitType& CommitTypes::of(const CommitMessage& message) const {
    const auto scope = lower(message.scope);
    const auto* row = find(message.type, scope);
    // git's own "Revert …" has no type, and people put one before it.
    if (is_rest(*row) && !message.reverts.empty() && is_revert(message)) row = find("revert", scope);
    return *row;
}

Level CommitTypes::level_of(const CommitMessage& message) const {
    const auto& row = of(message);
    if (!message.breaking) return row.level;
    const auto rest = std::find_if(rows_.begin(), rows_.end(), is_rest); // the given one, before the default
    return std::max(row.level, row.breaking ? *row.breaking : rest->breaking.value_or(Level::major));
}

}
