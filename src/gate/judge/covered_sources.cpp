#include "gate/judge/covered_sources.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include <algorithm>

namespace fairlead::gate {
namespace {

constexpr int around = 3;                 // lines
constexpr std::size_t longest_line = 400; // bytes
constexpr std::uint64_t largest_file = 4u << 20;

report::Source source_of(const DiffCoverage::File& file, std::string_view text, std::size_t most_lines) {
    report::Source source{file.path, {}};
    if (text.empty()) return source;
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto lines = split(text, '\n');
    const int last_line = static_cast<int>(lines.size());
    std::vector<bool> is_shown(lines.size() + 1);
    std::vector<std::string_view> marks(lines.size() + 1); // by number
    const auto mark = [&](const std::vector<LineRange>& ranges, std::string_view word) {
        for (const auto& [first, last] : ranges) {
            for (int n = std::max(1, first - around); n <= std::min(last_line, last + around); ++n)
                is_shown[static_cast<std::size_t>(n)] = true;
            for (int n = first; n <= std::min(last_line, last); ++n) marks[static_cast<std::size_t>(n)] = word;
        }
    };
    mark(file.covered, "covered");
    mark(file.missed, "missed");
    for (std::size_t n = 1; n <= lines.size() && source.lines.size() < most_lines; ++n) {
        if (!is_shown[n]) continue;
        std::string_view line = lines[n - 1];
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto cut = to_valid_utf8(mask(line).substr(0, longest_line)); // masked first: no half of a secret is left
        source.lines.push_back(
            {static_cast<int>(n), std::move(cut), std::string(marks[n]), marks[n] == std::string_view("missed")});
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
