#include "gate/covered_sources.h"
#include "base/secret.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include <algorithm>

namespace fairlead::gate {
namespace {

constexpr int around = 3;                 // lines
constexpr std::size_t longest_line = 400; // bytes
constexpr std::uint64_t largest_file = 4u << 20;

bool is_in(const std::vector<LineRange>& ranges, int line) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const LineRange& range) { return range.first <= line && line <= range.last; });
}

bool is_near(const std::vector<LineRange>& ranges, int line) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const LineRange& range) {
        return range.first - around <= line && line <= range.last + around;
    });
}

report::Source source_of(const DiffCoverage::File& file, std::string_view text, std::size_t most_lines) {
    report::Source source{file.path, {}};
    int number = 0;
    if (text.empty()) return source;
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.pop_back();
        ++number;
        if (source.lines.size() >= most_lines) break;
        if (!is_near(file.missed, number) && !is_near(file.covered, number)) continue;
        const bool missed = is_in(file.missed, number), covered = !missed && is_in(file.covered, number);
        const auto text_of_line = to_valid_utf8(mask(line).substr(0, longest_line)); // no half secret
        source.lines.push_back({number, text_of_line, missed ? "missed" : covered ? "covered" : "", missed});
    }
    return source;
}

}

std::vector<report::Source> covered_sources(const DiffCoverage& diff, const std::string& root, std::size_t most_lines) {
    std::vector<report::Source> sources;
    const auto folder = sys::Root::open(root);
    if (!folder.ok()) return sources;
    for (const auto& file : diff.worst_first()) {
        if (most_lines == 0) break;
        auto source = source_of(file, folder->read(file.path, largest_file).value_or(""), most_lines);
        most_lines -= source.lines.size();
        if (!source.lines.empty()) sources.push_back(std::move(source));
    }
    return sources;
}

}
