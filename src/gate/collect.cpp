#include "gate/collect.h"
#include "base/text.h"
#include "gate/readers.h"
#include "sys/files.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fairlead::gate {

namespace {

std::string absolute(const std::string& base, const std::string& path) {
    return (sys::Path(base) / path).lexically_normal().string();
}

// Of the file behind links; of what leads nowhere the path itself.
std::string identity(const std::string& path) {
    std::error_code none;
    const auto real = std::filesystem::weakly_canonical(path, none);
    return none ? path : real.string();
}

// As seen from the root; unchanged when it lies elsewhere.
std::string from_root(const Folders& folders, const std::string& path) {
    if (path == folders.root) return "";
    const auto prefix = folders.root == "/" ? "/" : folders.root + '/';
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
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
    return {folders.root, std::move(bases), [root = folders.root](const std::string& path) {
                return sys::inspect(sys::Path(root) / path).type == sys::FileType::file;
            }};
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

Result<std::vector<std::string>> matching(const Expected& expected, const Folders& folders) {
    std::vector<std::string> paths;
    for (const auto& pattern : expected.patterns) {
        if (sys::inspect(absolute(folders.base, pattern)).type == sys::FileType::folder)
            return usage(fmt::format("'{}' is a folder; name a file or a glob such as {}/**/*.xml", pattern, pattern),
                         expected.place);
        for (const auto& path : TRY(sys::glob(folders.base, pattern))) {
            auto full = absolute(folders.base, path);
            const bool is_folder = sys::inspect(full).type == sys::FileType::folder;
            if (!is_folder && std::find(paths.begin(), paths.end(), full) == paths.end())
                paths.push_back(std::move(full));
        }
    }
    return paths;
}

}

std::string repository_root(const std::string& folder) {
    for (auto path = sys::Path(folder);; path = path.parent_path()) {
        if (sys::inspect(path / ".git").type != sys::FileType::absent) return path.string();
        if (path == path.parent_path()) return folder;
    }
}

Result<std::vector<Item>> collect(const Policy& policy, const Folders& folders) {
    std::vector<Item> items;
    std::set<std::string> counted; // globs may overlap: a file counts once
    for (const auto& expected : policy.reports) {
        const auto paths = TRY(matching(expected, folders));
        for (const auto& path : paths) {
            const bool again = !counted.insert(identity(path)).second;
            if (again && expected.format.empty()) continue;
            const auto tree = source_tree(folders, expected, path);
            Item item{expected.name, from_root(folders, path), expected.optional, {}};
            item.evidence = TRY(read_report(Source::file(path), tree));
            check_format(expected, item.evidence);
            if (again && item.evidence.problem == Problem::none) continue;
            find_places(tree, item.evidence);
            items.push_back(std::move(item));
        }
        const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(expected.min_files, 1));
        if (paths.size() >= wanted) continue;
        const auto reason = paths.empty() ? std::string("matches no file")
                                          : fmt::format("matches {} of at least {} files", paths.size(), wanted);
        items.push_back({expected.name, join(expected.patterns, ", "), expected.optional, missing(reason)});
    }
    return items;
}

}
