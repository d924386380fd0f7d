#include "gate/collect/collect.h"
#include "base/text.h"
#include "gate/collect/freshness.h"
#include "gate/collect/matches.h"
#include "gate/collect/shards.h"
#include "gate/formats/readers.h"
#include "gate/new_findings.h"
#include "sys/files/beneath.h"
#include "sys/signals.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <set>

namespace fairlead::gate {

namespace {

std::string absolute(const std::string& base, const std::string& path) {
    return (sys::Path(base) / path).lexically_normal().string();
}

void add_base(std::vector<std::string>& bases, std::string base) {
    while (base.ends_with('/')) base.pop_back();
    if (base.starts_with('/') || std::find(bases.begin(), bases.end(), base) != bases.end()) return;
    bases.push_back(std::move(base));
}

// Relative names start where the entry says, where the tool was started, or in a folder above the report.
SourceTree source_tree(const Folders& folders, const Expected& expected, const std::string& report) {
    std::vector<std::string> bases;
    if (!expected.root.empty()) add_base(bases, from_root(folders, absolute(folders.base, expected.root)));
    add_base(bases, from_root(folders, folders.base));
    auto folder = sys::Path(from_root(folders, report)).parent_path();
    while (folder.has_relative_path() && folder.is_relative()) {
        add_base(bases, folder.string());
        folder = folder.parent_path();
    }
    add_base(bases, "");
    const auto root = sys::Root::open(folders.root);
    const auto is_file = [root](const std::string& path) {
        const auto info = root.ok() ? root->inspect(path) : Result<sys::FileInfo>(sys::FileInfo());
        return info.ok() && info->type == sys::FileType::file;
    };
    const auto read = [root](const std::string& path) {
        return root.ok() ? root->read(path, 1u << 20).value_or("") : std::string();
    };
    const auto real = [root](const std::string& path) { return root->real(path).value_or(path); };
    return {folders.root, std::move(bases), is_file, read, real};
}

Evidence missing(std::string reason) {
    Evidence evidence;
    evidence.problem = Problem::missing;
    evidence.reason = std::move(reason);
    return evidence;
}

void check_format(const Expected& expected, Evidence& evidence) {
    if (expected.format.empty() || evidence.format.empty() || evidence.format == expected.format) return;
    const auto reason = fmt::format("is a {} report, but {} is expected", evidence.format, expected.format);
    evidence = Evidence();
    evidence.problem = Problem::unknown_format;
    evidence.reason = reason;
}

void find_places(const SourceTree& tree, Evidence& evidence) {
    for (auto& test : evidence.failed_tests) {
        if (sys::stop_requested()) return;
        auto file = tree.find(test.file);
        if (file.empty()) file = tree.find_class(test.suite);
        if (test.line == 0 || file.empty()) {
            auto frame = tree.first_frame(test.text, file);
            if (!frame.file.empty()) {
                file = std::move(frame.file);
                test.line = frame.line;
            }
        }
        if (file.empty()) test.line = 0;
        test.file = std::move(file);
        test.text.clear();
    }
    for (auto& finding : evidence.foreign) {
        const auto found = tree.find(finding.file);
        finding.file = found.empty() ? tree.tidy(finding.file) : found;
    }
}

// A report that is too old is not even opened. `freshness`: null for one of a shard, which was asked where it was
// packed.
Result<Evidence> judged_evidence(const Expected& expected, Freshness* freshness, const Match& match,
                                 const SourceTree& tree, const FindingScope& scope, const Policy& policy) {
    Evidence evidence;
    evidence.reason = match.refused;
    if (!evidence.reason.empty()) {
        evidence.problem = Problem::malformed;
        return evidence;
    }
    if (freshness) evidence.reason = TRY(freshness->complaint(match.identity));
    if (!evidence.reason.empty()) {
        evidence.problem = Problem::stale;
        return evidence;
    }
    const auto is_judged = scope.changed ? in_change(*scope.changed, tree)
                           : scope.known ? scope.known->by(tree)
                                         : IsJudged();
    evidence = TRY(read_report(Source::file(match.root, match.inner).lenient(expected.lenient), tree,
                               {expected.format, is_judged, policy.named_tests(), policy.security_severity}));
    check_format(expected, evidence);
    find_places(tree, evidence);
    if (evidence.coverage && sys::tree_around(sys::Path(match.path).parent_path()))
        evidence.covers_elsewhere = evidence.coverage->stranger(
            [&](const std::string& path) { return sys::stop_requested() || !tree.find(path).empty(); });
    if (sys::stop_requested()) return could_not(fmt::format("interrupted while {} was read", match.path));
    return evidence;
}

// Null: the shards have none of that entry.
const std::vector<Match>* reports_of(const FoundShards* shards, const std::string& entry) {
    if (!shards) return nullptr;
    const auto found = shards->reports.find(entry);
    return found == shards->reports.end() ? nullptr : &found->second;
}

// Reports that a job packed from its --report have no entry.
std::vector<Expected> with_entries_of(const FoundShards* shards, std::vector<Expected> reports) {
    if (!shards) return reports;
    for (const auto& one : shards->reports)
        if (std::none_of(reports.begin(), reports.end(),
                         [&](const Expected& expected) { return expected.name == one.first; }))
            reports.push_back({.name = one.first});
    return reports;
}

std::optional<Evidence> too_few(const Expected& expected, const std::vector<Match>& matches) {
    std::set<std::string_view> files; // one file under two names is one
    for (const auto& match : matches) files.insert(match.identity);
    const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(expected.min_files, 1));
    if (files.size() >= wanted) return std::nullopt;
    return missing(files.empty() ? "matches no file"
                                 : fmt::format("matches {} of at least {} files", files.size(), wanted));
}

}

std::string from_root(const Folders& folders, const std::string& path) {
    if (path == folders.root) return "";
    const auto prefix = folders.root == "/" ? "/" : folders.root + '/';
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::string real_path(const std::string& path) {
    std::error_code none;
    const auto real = std::filesystem::weakly_canonical(path, none);
    return none ? path : real.string();
}

std::string repository_root(const std::string& folder) { return sys::tree_around(folder).value_or(folder); }

Result<void> refuse_folders(const Policy& policy, const Folders& folders) {
    for (const auto& expected : policy.reports)
        for (const auto& pattern : expected.patterns) {
            const auto start = TRY(start_of(expected, pattern, folders));
            const auto there = start.folder.root.inspect(sys::Path(start.folder.path) / start.rest);
            if (there.ok() && there->type == sys::FileType::folder)
                return usage(
                    fmt::format("'{}' is a folder; name a file or a glob such as {}/**/*.xml", pattern, pattern),
                    expected.place);
        }
    return {};
}

Result<void> refuse_output(std::span<const Expected> reports, const Folders& folders, const std::string& output) {
    const auto path = real_path(std::filesystem::absolute(output).string());
    std::error_code none;
    for (const auto& expected : reports)
        for (const auto& pattern : expected.patterns)
            if (glob_match(absolute(real_path(folders.base), pattern), path) ||
                real_path(absolute(folders.base, pattern)) == path ||
                std::filesystem::equivalent(absolute(folders.base, pattern), path, none))
                return usage(fmt::format("output '{}' matches the path of reports '{}', so the next run would judge "
                                         "it; write it elsewhere",
                                         output, pattern),
                             expected.place);
    return {};
}

Result<void> refuse_roots(const Policy& policy, const Folders& folders) {
    for (const auto& expected : policy.reports) {
        const auto& root = expected.root;
        if (root.empty() || sys::inspect(absolute(folders.base, root)).type == sys::FileType::folder) continue;
        return usage(
            fmt::format(
                "report {}: root '{}' is not a folder; name the folder that the report's relative paths start from",
                expected.name, root),
            expected.root_place);
    }
    return {};
}

Result<std::vector<Item>> collect(const Policy& policy, const Folders& folders, Freshness& freshness,
                                  FindingScope scope, const FoundShards* shards) {
    std::vector<Item> items;
    std::set<std::string> counted; // globs may overlap: a file counts once
    for (const auto& expected : with_entries_of(shards, policy.reports)) {
        const auto* packed = reports_of(shards, expected.name);
        if (!packed && shards && shards->entries.contains(expected.name)) continue; // its file is another entry's, too
        const auto matches = packed ? *packed : TRY(matching(expected, folders));
        for (const auto& match : matches) {
            const bool again = !counted.insert(match.identity).second;
            if (again && expected.format.empty()) continue;
            const auto tree = source_tree(folders, expected, match.path);
            Item item{expected.name, from_root(folders, match.path), expected.optional, {}};
            item.evidence = TRY(judged_evidence(expected, packed ? nullptr : &freshness, match, tree, scope, policy));
            if (again && item.evidence.problem == Problem::none) continue;
            item.evidence.shard = match.shard;
            if (item.evidence.coverage && !policy.exclude.empty())
                item.evidence.coverage->remove(
                    [&](const auto& path) { return matches_any_glob(policy.exclude, path); });
            items.push_back(std::move(item));
        }
        if (auto none = too_few(expected, matches))
            items.push_back({expected.name, join(expected.patterns, ", "), expected.optional, std::move(*none)});
    }
    return items;
}

}
