#include "base/diff.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead {

namespace {

struct Line {
    char kind; // ' ', '-', '+'
    std::string_view text;
};

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text.empty() ? Lines{} : split(text, '\n');
}

// The longest common subsequence between what begins and what ends alike: both files are a few hundred lines.
std::vector<Line> compare(const Lines& before, const Lines& after) {
    const auto rows = before.size(), columns = after.size();
    std::vector<std::size_t> longest((rows + 1) * (columns + 1));
    const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return longest[i * (columns + 1) + j]; };
    for (auto i = rows; i-- > 0;)
        for (auto j = columns; j-- > 0;)
            at(i, j) = before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    std::vector<Line> lines;
    for (std::size_t i = 0, j = 0; i < rows || j < columns;) {
        if (i < rows && j < columns && before[i] == after[j]) {
            lines.push_back({' ', before[i++]});
            ++j;
        } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
            lines.push_back({'-', before[i++]});
        } else {
            lines.push_back({'+', after[j++]});
        }
    }
    return lines;
}

constexpr std::size_t most_lines = 4000;

}

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name, std::string_view then,
                         std::size_t around) {
    if (before == after) return "";
    const auto old_lines = lines_of(before), new_lines = lines_of(after);
    auto out = fmt::format("--- {0} (as it is)\n+++ {0} ({1})\n", name, then);
    if (old_lines.size() > most_lines || new_lines.size() > most_lines) return out + "(too long to compare)\n";
    const auto lines = compare(old_lines, new_lines);
    const auto same = [&](std::size_t i) { return lines[i].kind == ' '; };
    std::size_t old_at = 1, new_at = 1;
    for (std::size_t i = 0; i < lines.size();) {
        std::size_t change = i;
        while (change < lines.size() && same(change)) ++change;
        if (change == lines.size()) break;
        const auto start = std::max(i, change - std::min(change, around));
        old_at += start - i;
        new_at += start - i;
        auto end = change; // behind the last line of the hunk
        for (auto last = change; end < lines.size() && end <= last + 2 * around + 1; ++end)
            if (!same(end)) last = end;
        while (end > change && same(end - 1)) --end;
        end = std::min(end + around, lines.size());
        std::size_t olds = 0, news = 0;
        std::string body;
        for (auto k = start; k < end; ++k) {
            olds += lines[k].kind != '+';
            news += lines[k].kind != '-';
            body += fmt::format("{}{}\n", lines[k].kind, lines[k].text);
        }
        out += fmt::format("@@ -{},{} +{},{} @@\n{}", olds == 0 ? old_at - 1 : old_at, olds,
                           news == 0 ? new_at - 1 : new_at, news, body);
        old_at += olds;
        new_at += news;
        i = end;
    }
    return out;
}

}
