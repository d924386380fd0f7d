#include "tag/version/past_releases.h"
#include "base/glob.h"
#include "base/text.h"
#include "tag/version/component.h"
#include "tag/version/next_version.h"
#include "tag/version/tags.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace fairlead::tag {

namespace {

// Of the tags behind HEAD the releases, highest first, each with its commit.
Result<std::vector<std::pair<VersionTag, std::string>>> releases_behind(Checkout& checkout, const std::string& head) {
    Component any;
    any.infers_prefix = true;
    const auto found = TRY(version_tags(any, checkout, Tags::behind));
    std::vector<const VersionTag*> asked;
    for (const auto& tag : found.tags)
        if (!tag.version.is_prerelease()) asked.push_back(&tag);
    const auto behind = TRY(tags_behind(asked, head, checkout));
    std::vector<std::pair<VersionTag, std::string>> releases;
    for (const auto* tag : asked) {
        if (!behind.contains(tag->name)) continue;
        const auto commit = TRY(checkout.commit_of_tag(tag->name));
        releases.emplace_back(*tag, commit.value_or(""));
    }
    return releases;
}

// Whether one of the commits asks for a version or a level itself.
bool take_kinds(const CommitRange& range, PastRelease& release) {
    std::set<std::tuple<std::string, std::string, bool, bool>> seen;
    for (const auto& one : range.commits) {
        auto commit = one.message();
        if (commit.release_as || commit.release_level) return true;
        const bool reverts = !commit.reverts.empty() && is_revert(commit);
        if (seen.emplace(commit.type, lower(commit.scope), commit.breaking, reverts).second)
            release.commits.push_back(std::move(commit));
    }
    return false;
}

}

Result<std::vector<PastRelease>> past_releases(Checkout& checkout, std::size_t most) {
    const auto* git = TRY(checkout.repository());
    const auto head = TRY(git->resolve("HEAD"));
    const auto all = TRY(releases_behind(checkout, head));
    std::vector<PastRelease> releases;
    const Component whole;
    for (std::size_t i = 0; i + 1 < all.size() && releases.size() < most; ++i) {
        const auto& [tag, commit] = all[i];
        std::vector<VersionTag> before;
        for (auto lower = all.begin() + static_cast<std::ptrdiff_t>(i) + 1; lower != all.end(); ++lower)
            if (lower->second != commit) before.push_back(lower->first);
        const auto range = TRY(commits_since_version(whole, commit, Base::release, before, checkout));
        if (!range.base) continue;
        PastRelease release{tag.name, range.base->version, tag.version, {}};
        const bool asked = take_kinds(range, release);
        if (!asked) releases.push_back(std::move(release));
    }
    return releases;
}

namespace {

// A scope is whatever somebody wrote; one that needs more than quotes is left to them.
bool is_plain(std::string_view text) {
    return text.size() <= 60 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return c > ' ' && c < 0x7f &&
                      std::string_view("\"\\$`'").find(static_cast<char>(c)) == std::string_view::npos;
           });
}

struct RowAsks { // by a row
    std::optional<Level> level, breaking;
};
using TypeAndScope = std::pair<std::string, std::string>;

// What may be written: rows by type and scope, and whether 0.x holds its major.
struct Table {
    std::map<TypeAndScope, RowAsks> rows;
    bool hold_major = false;

    std::vector<WrittenType> written() const {
        std::vector<WrittenType> all; // those with a scope first, else the others would hide them
        for (const bool scoped : {true, false})
            for (const auto& [key, asked] : rows)
                if (!key.second.empty() == scoped)
                    all.push_back({key.first, key.second, asked.level, {}, {}, asked.breaking});
        // The rest comes last, as it counts.
        std::stable_partition(all.begin(), all.end(), [](const WrittenType& row) { return row.type != "*"; });
        return all;
    }
    CommitTypes types() const {
        auto table = CommitTypes::of_rows(written());
        return table.ok() ? std::move(table).value() : CommitTypes();
    }
};

bool explains(const CommitTypes& types, bool hold_major, const PastRelease& release) {
    auto level = Level::none;
    const bool hold = hold_major && release.before.major == 0;
    for (const auto& commit : release.commits) level = std::max(level, level_of(types, commit, hold));
    return compare(raise(release.before, level), release.version) == 0;
}

std::size_t explained(const Table& table, const std::vector<PastRelease>& releases) {
    const auto types = table.types();
    return static_cast<std::size_t>(std::count_if(releases.begin(), releases.end(), [&](const auto& release) {
        return explains(types, table.hold_major, release);
    }));
}

// The newer say more of the next than the older: from as many points as there are releases down to one.
std::size_t points(const Table& table, const std::vector<PastRelease>& releases) {
    const auto types = table.types();
    std::size_t sum = 0;
    for (std::size_t i = 0; i < releases.size(); ++i)
        if (explains(types, table.hold_major, releases[i])) sum += releases.size() - i;
    return sum;
}

// What commits of the releases that a table doesn't explain have for type and scope; the rest of them as "*".
std::vector<TypeAndScope> candidates(const Table& table, const std::vector<PastRelease>& releases) {
    constexpr std::size_t most = 40;
    const auto types = table.types();
    std::map<TypeAndScope, std::size_t> counts;
    for (const auto& release : releases) {
        if (explains(types, table.hold_major, release)) continue;
        std::set<TypeAndScope> here;
        for (const auto& commit : release.commits) {
            if (!commit.conventional) continue;
            here.emplace(commit.type, "");
            if (!commit.scope.empty() && is_plain(commit.scope) && check_glob(commit.scope).ok())
                here.emplace(commit.type, lower(commit.scope));
        }
        for (const auto& key : here) ++counts[key];
    }
    std::vector<std::pair<std::size_t, TypeAndScope>> sorted;
    for (const auto& [key, count] : counts)
        if (count >= 2) sorted.emplace_back(count, key);
    std::sort(sorted.rbegin(), sorted.rend());
    std::vector<TypeAndScope> keys = {{"*", ""}};
    for (const auto& [count, key] : sorted)
        if (keys.size() < most) keys.push_back(key);
    return keys;
}

// A type of the project's own for what breaks ("breaking: …"): whatever release has it is a major one. What breaks by
// one of the usual types has a mark.
bool is_always_major(const TypeAndScope& key, const std::vector<PastRelease>& releases) {
    constexpr std::string_view usual[] = {"*",   "build", "chore",    "ci",     "docs",  "feat",
                                          "fix", "perf",  "refactor", "revert", "style", "test"};
    if (!key.second.empty() || std::find(std::begin(usual), std::end(usual), key.first) != std::end(usual))
        return false;
    return std::all_of(releases.begin(), releases.end(), [&](const PastRelease& release) {
        return release.version.major > release.before.major ||
               std::none_of(release.commits.begin(), release.commits.end(),
                            [&](const CommitMessage& commit) { return commit.type == key.first; });
    });
}

// The one change that explains most; nothing: none is worth a row.
std::optional<Table> better(const Table& table, const std::vector<PastRelease>& releases) {
    std::optional<Table> best;
    std::size_t most = points(table, releases);
    const auto worth_it = explained(table, releases) + 2;
    const auto consider = [&](Table one) {
        const auto count = points(one, releases);
        if (count <= most || explained(one, releases) < worth_it) return;
        most = count;
        best = std::move(one);
    };
    for (const auto& key : candidates(table, releases)) // the simplest first: of two that explain as much it stays
        for (const auto level : {Level::patch, Level::none, Level::minor, Level::major}) {
            if (level == Level::major && !is_always_major(key, releases)) continue;
            auto one = table;
            one.rows[key].level = level;
            consider(one);
            one = table;
            one.rows[key].breaking = level;
            consider(std::move(one));
        }
    auto held = table;
    held.hold_major = !held.hold_major;
    consider(std::move(held));
    return best;
}

}

TypesFound types_that_explain(const std::vector<PastRelease>& releases) {
    Table table;
    TypesFound found;
    found.releases = releases.size();
    found.by_default = found.by_rows = explained(table, releases);
    constexpr std::size_t most_rows = 6;
    while (table.rows.size() < most_rows) {
        auto next = better(table, releases);
        if (!next) break;
        table = std::move(*next);
    }
    found.by_rows = explained(table, releases);
    found.hold_major = table.hold_major;
    found.rows = table.written();
    return found;
}

namespace {

std::string line_of(const WrittenType& row) {
    const auto type = row.type == "*" ? std::string("\"*\"") : row.type;
    const auto scope = row.scope.empty() ? std::string() : fmt::format(", scope: \"{}\"", row.scope);
    const auto level = row.level ? fmt::format(", level: {}", name_of(*row.level)) : "";
    const auto breaking = row.breaking ? fmt::format(", breaking: {}", name_of(*row.breaking)) : "";
    return fmt::format("    - {{type: {}{}{}{}}}\n", type, scope, level, breaking);
}

}

PastVersions past_versions(const std::string& folder) {
    constexpr std::size_t most = 50;
    Checkout checkout(folder);
    if (!checkout.repository().ok() || !checkout.resolve("HEAD")) return {};
    const auto releases = past_releases(checkout, most);
    if (!releases.ok())
        return {{},
                fmt::format("the releases so far were not read, so fairlead.yml has no tag.types: {}",
                            releases.error().message)};
    const auto found = types_that_explain(releases.value());
    if (found.rows.empty() && !found.hold_major) return {};
    PastVersions past;
    past.told = fmt::format(
        "of the last {} releases, {} have the version that tag.types of fairlead.yml gives, and {} without tag.types",
        found.releases, found.by_rows, found.by_default);
    past.section = fmt::format("\ntag: # read from the last {} releases: {} come out so, {} by the defaults\n",
                               found.releases, found.by_rows, found.by_default);
    if (found.hold_major) past.section += "  hold_major: true # in 0.x a breaking change is minor, a feature patch\n";
    if (!found.rows.empty()) past.section += "  types:\n";
    for (const auto& row : found.rows) past.section += line_of(row);
    return past;
}

}
