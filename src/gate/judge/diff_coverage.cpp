#include "gate/judge/diff_coverage.h"
#include "base/path.h"
#include "base/test_files.h"
#include "base/text.h"
#include <algorithm>
#include <set>

namespace fairlead::gate {
namespace {

// Declarations, and configurations of tools.
bool has_nothing_to_run(std::string_view path) {
    const auto name = file_name(path);
    for (const auto ending : {".d.ts", ".d.mts", ".d.cts", ".pyi"})
        if (name.ends_with(ending)) return true;
    return glob_match("*.config.*", name) || glob_match(".*rc.*", name);
}

// The places where reports measure files: folders, each with the extensions of their files.
class Measured {
  public:
    explicit Measured(const CoverageMap& coverage) {
        for (const auto& path : coverage.paths())
            if (!is_test_file(path)) places_.emplace(folder_of(path), extension_of(path));
    }
    // Whether a report should have measured the file, as it measures others like it.
    bool should_have(std::string_view path) const {
        if (is_test_file(path) || has_nothing_to_run(path)) return false;
        const std::string extension(extension_of(path));
        for (auto folder = folder_of(path);; folder = folder_of(folder)) {
            if (places_.contains({folder, extension})) return true;
            if (folder.empty()) return false;
        }
    }

  private:
    std::set<std::pair<std::string, std::string>> places_;
};

DiffCoverage::File measured_file(const std::string& path, const std::vector<LineRange>& ranges,
                                 const FileCoverage& coverage) {
    DiffCoverage::File file{.path = path};
    for (const auto& [first, last] : ranges) {
        std::vector<LineRange>* before = nullptr; // where the last measured line of this range is
        for (int number = first; number <= last; ++number) {
            const auto line = static_cast<std::uint32_t>(number);
            if (!coverage.measures(line)) continue;
            const bool covered = coverage.covers(line);
            file.lines += {covered ? 1u : 0u, 1u};
            auto* into = covered ? &file.covered : &file.missed;
            if (into == before)
                into->back().last = number;
            else
                into->push_back({number, number});
            before = into;
        }
    }
    return file;
}

// A report may count more lines than git does: a file whose lines end with CR alone, or that became a link. Nobody can
// say which of these are new, so all are.
std::vector<LineRange> with_lines_beyond(std::vector<LineRange> ranges, int count, const FileCoverage& coverage) {
    const auto last = static_cast<int>(coverage.last_line());
    if (count == ChangedLines::File::too_large) return {{1, last}};
    if (count > 0 && last > count) ranges.push_back({count + 1, last});
    return ranges;
}

DiffCoverage::File missed_file(const std::string& path, const std::vector<LineRange>& ranges) {
    DiffCoverage::File file{.path = path, .missed = ranges, .measured = false};
    for (const auto& [first, last] : ranges) file.lines.total += static_cast<std::uint64_t>(last - first + 1);
    return file;
}

}

std::vector<DiffCoverage::File> DiffCoverage::worst_first() const {
    auto sorted = files;
    const auto missed = [](const File& file) { return file.lines.total - file.lines.covered; };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const File& a, const File& b) { return missed(a) > missed(b); });
    return sorted;
}

DiffCoverage cover(const ChangedLines& changed, const CoverageMap& coverage, const Policy& policy) {
    DiffCoverage out;
    out.since = changed.since;
    const Measured measured(coverage);
    for (const auto& [path, added] : changed.files) {
        if (matches_any_glob(policy.exclude, path)) continue;
        const auto* file = coverage.find(path);
        const bool is_missed = !file || file->is_only_counted();
        if (is_missed && !(policy.unmeasured == "fail" && measured.should_have(path))) continue;
        // Go measures blocks, with the comments in them.
        auto seen =
            is_missed
                ? missed_file(path, added.code)
                : measured_file(path,
                                with_lines_beyond(path.ends_with(".go") ? added.code : added.lines, added.count, *file),
                                *file);
        if (seen.lines.total == 0) continue;
        out.lines += seen.lines;
        out.files.push_back(std::move(seen));
    }
    return out;
}

}
