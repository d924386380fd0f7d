#include "report/github.h"
#include "base/secrets/secret.h"
#include "report/formats.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

// Annotations (actions/runner, src/Runner.Worker: ExecutionContext keeps ten of each level per step, first come first
// served; IssueMatcher and the commands' handlers drop columns when line and end line differ).
namespace fairlead::report {

namespace {

constexpr std::size_t kept_per_level = 10;
constexpr std::size_t longest_message = 3'800; // bytes; the runner cuts at 4,096 characters

struct CommandLevel {
    Severity severity;
    std::string_view command;
    std::string_view plural;
};
constexpr CommandLevel levels[] = { // worst first
    {Severity::error, "error", "errors"},
    {Severity::warning, "warning", "warnings"},
    {Severity::info, "notice", "notices"}};

void add_property(std::string& properties, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    properties += fmt::format("{}{}={}", properties.empty() ? " " : ",", name, escape_property(value));
}
void add_property(std::string& properties, std::string_view name, int value) {
    if (value > 0) add_property(properties, name, std::to_string(value));
}

std::string shortened(std::string_view message) {
    if (message.size() <= longest_message) return std::string(message);
    std::size_t end = longest_message;
    while ((static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) --end; // not within a character
    return std::string(message.substr(0, end)) + "…";
}

std::string annotation(std::string_view command, const Finding& finding, std::string_view more) {
    std::string properties;
    add_property(properties, "file", finding.file);
    if (!finding.file.empty() && finding.line > 0) {
        const bool several_lines = finding.end_line > finding.line;
        add_property(properties, "line", finding.line);
        add_property(properties, "endLine", several_lines ? finding.end_line : 0);
        if (!several_lines) {
            add_property(properties, "col", finding.column);
            const bool forward = finding.column > 0 && finding.end_column >= finding.column;
            add_property(properties, "endColumn", forward ? finding.end_column : 0);
        }
    }
    add_property(properties, "title", finding.rule);
    return fmt::format("::{}{}::{}{}\n", command, properties, escape_data(shortened(printable(finding.message))),
                       escape_data(more));
}

// Findings of one level in the order of the report. First what the change silences, which no other finding may crowd
// out of the annotations, then what has no place (it speaks of the whole).
std::vector<const Finding*> of_level(const std::vector<Finding>& shown, Severity severity) {
    std::vector<const Finding*> found;
    for (const Finding& finding : shown) {
        if (finding.severity == severity) found.push_back(&finding);
    }
    std::stable_partition(found.begin(), found.end(), [](const Finding* finding) { return finding->file.empty(); });
    std::stable_partition(found.begin(), found.end(), [](const Finding* finding) { return is_silenced(*finding); });
    return found;
}

std::string write_level(const std::vector<Finding>& all, const CommandLevel& level, std::size_t room) {
    const std::vector<const Finding*> found = of_level(all, level.severity);
    const std::size_t shown = std::min(found.size(), room);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        const std::size_t hidden = i + 1 == shown ? found.size() - shown : 0;
        const std::string more =
            hidden == 0 ? "" : fmt::format("\n(and {} more {}; see the log and the job summary)", hidden, level.plural);
        text += annotation(level.command, *found[i], more);
    }
    for (std::size_t i = shown; i < found.size(); ++i) text += disarm(finding_line(*found[i])) + "\n";
    return text;
}

}

std::string annotation_of(const Error& error, std::string_view title) {
    Finding finding;
    finding.rule = title;
    finding.file = mask(error.place.file);
    finding.line = error.place.line;
    finding.column = error.place.column;
    finding.message = mask(error.message);
    return annotation("error", finding, "");
}

std::string write_github(const Report& report) {
    std::string text = disarm(with_line_end(report.text));
    if (report.error) text += annotation_of(*report.error, program_of(report.tool));
    const std::vector<Finding> shown = shown_findings(report);
    for (const CommandLevel& level : levels) {
        const bool one_is_taken = report.error && level.severity == Severity::error;
        text += write_level(shown, level, kept_per_level - (one_is_taken ? 1 : 0));
    }
    return text + disarm(last_lines(report));
}

}
