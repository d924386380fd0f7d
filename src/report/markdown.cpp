#include "base/text.h"
#include "report/formats.h"
#include "report/github.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {

namespace {

constexpr std::size_t limit = 900 * 1024; // bytes; the runner drops a whole summary above 1,024 KiB

std::string row(const Finding& finding) {
    return fmt::format("| {} | {} | {} | {} |\n", name_of(finding.severity), escape_markdown(finding.rule),
                       escape_markdown(place_of(finding)), escape_markdown(finding.message));
}

// Worst first, so that what a full summary leaves out is the least.
std::string findings_table(const std::vector<Finding>& findings) {
    std::string rows;
    for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
        for (const Finding& finding : findings) {
            if (finding.severity == severity) rows += row(finding);
        }
    }
    return rows.empty() ? "" : "\n| Severity | Rule | Place | Message |\n|---|---|---|---|\n" + rows;
}

std::string written(const Table& table) {
    std::string text = "|", line = "|";
    for (const auto& column : table.columns) {
        text += fmt::format(" {} |", escape_markdown(column));
        line += "---|";
    }
    text += "\n" + line + "\n";
    for (const auto& row : table.rows) {
        text += '|';
        for (const auto& cell : row) {
            const bool strong = !table.strong.empty() && cell == table.strong;
            text += fmt::format(" {0}{1}{0} |", strong ? "**" : "", escape_markdown(cell));
        }
        text += '\n';
    }
    return text;
}

std::string written(const Summary& summary, const Report& report) {
    std::string text;
    if (!summary.heading.empty()) {
        const bool told = report.says == Says::verdict;
        text = fmt::format("### {}{}{}\n", summary.heading, told ? ": " : "",
                           told ? word_of(report.verdict, report.says) : "");
    }
    const auto part = [&text](const std::string& lines) { text += (text.empty() ? "" : "\n") + lines; };
    if (!report.closing.empty()) part(escape_markdown(report.closing) + "\n");
    std::string points;
    for (const auto& point : summary.points) points += fmt::format("- {}\n", escape_markdown(point));
    if (!points.empty()) part(points);
    for (const auto& table : summary.tables) part(written(table));
    if (!summary.next.empty()) part(fmt::format("Next: {}\n", escape_markdown(summary.next)));
    return text;
}

std::string own_summary(const Report& report) {
    std::string text = fmt::format("### {}: {}\n", program_of(report.tool), word_of(report.verdict, Says::verdict));
    if (report.error) {
        Error error = *report.error;
        error.place.excerpt.clear(); // a caret means nothing in a paragraph
        text += "\n" + escape_markdown(describe(error)) + "\n";
    }
    if (!report.closing.empty()) text += "\n" + escape_markdown(report.closing) + "\n";
    text += findings_table(untold_findings(report));
    if (!report.skipped.empty()) text += "\n";
    for (const Skipped& skipped : report.skipped) {
        text += fmt::format("- skipped {}: {}\n", escape_markdown(skipped.rule), escape_markdown(skipped.reason));
    }
    return text;
}

}

std::string write_markdown(const Report& report) {
    if (report.summary.is_empty()) return own_summary(report);
    return written(report.summary, report) + findings_table(untold_findings(report));
}

std::string fitting_summary(std::string markdown, std::uint64_t used) {
    const std::size_t room = limit - std::min<std::uint64_t>(used, limit);
    if (markdown.size() <= room) return markdown;
    const std::size_t last_line_end = room == 0 ? std::string::npos : markdown.rfind('\n', room - 1);
    const std::size_t cut = last_line_end + 1; // npos + 1 is 0
    const auto missing = std::count(markdown.begin() + static_cast<std::ptrdiff_t>(cut), markdown.end(), '\n');
    markdown.resize(cut);
    return markdown +
           fmt::format("\n{} more lines do not fit into a job summary; to write all lines, use `--output report.md`.\n",
                       missing);
}

}
