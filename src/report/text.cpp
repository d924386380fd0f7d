#include "base/text.h"
#include "base/secrets/secret.h"
#include "base/utf8.h"
#include "report/causes.h"
#include "report/formats.h"
#include "report/places.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {

namespace {

constexpr std::size_t excerpt_width = 120; // code points of a line that are shown around the caret

// "file:7:3: " with what is known of it.
std::string place_prefix(std::string_view file, int line, int column) {
    std::string prefix = one_line(file);
    if (prefix.empty()) return prefix;
    if (line > 0) prefix += fmt::format(":{}", line);
    if (line > 0 && column > 0) prefix += fmt::format(":{}", column);
    return prefix + ": ";
}

// Byte offset of code point `index`, the size of the text when it has fewer.
std::size_t offset_of(std::string_view text, std::size_t index) {
    std::size_t offset = 0;
    for (; index > 0 && offset < text.size(); --index) offset += decode_front(text.substr(offset)).bytes;
    return offset;
}

// The line and a caret below its column; a long line is cut to what surrounds the column.
std::string with_caret(std::string_view excerpt, int column) {
    std::size_t before = column > 0 ? static_cast<std::size_t>(column) - 1 : 0; // code points left of the caret
    if (before > excerpt_width * 2 / 3) {
        const std::size_t hidden = before - excerpt_width / 2;
        excerpt.remove_prefix(offset_of(excerpt, hidden));
        before -= hidden;
    }
    excerpt = excerpt.substr(0, offset_of(excerpt, excerpt_width));
    std::string shown;
    while (!excerpt.empty()) { // each as one character, a tab, too: the caret counts it so
        const CodePoint point = decode_front(excerpt);
        shown += steers(point.value) ? " " : printable(excerpt.substr(0, point.bytes));
        excerpt.remove_prefix(point.bytes);
    }
    std::string text = "\n  " + shown;
    if (column > 0) text += "\n  " + std::string(before, ' ') + "^";
    return text;
}

}

std::string finding_line(const Finding& finding) {
    const std::string message = replace_all(printable(trim(finding.message)), "\n", "\n  ");
    const std::string rule = finding.rule.empty() ? "" : fmt::format(" [{}]", one_line(finding.rule));
    return place_prefix(finding.file, finding.line, finding.column) + message + rule;
}

std::vector<Finding> shown_findings(const Report& report) {
    std::vector<Finding> shown;
    for (const Finding& finding : report.findings) {
        if (finding.state != State::fresh && finding.state != State::waived) continue;
        Finding& one = shown.emplace_back(finding);
        one.message += told_places(finding) + told_others(finding, report.most_places);
        if (finding.state == State::fresh) continue;
        one.severity = Severity::info;
        one.message = finding.waived + ": " + one.message;
    }
    return shown;
}

// A tool that says what its summary shows does so before anything is waived, and before it is told what the change
// silences.
std::vector<Finding> untold_findings(const Report& report) {
    auto found = shown_findings(report);
    if (!report.summary.is_empty()) std::erase_if(found, [](const Finding& finding) { return !is_late(finding); });
    return found;
}

std::string place_of(const std::string& file, int line) {
    return file.empty() || line <= 0 ? file : fmt::format("{}:{}", file, line);
}
std::string place_of(const Finding& finding) { return place_of(finding.file, finding.line); }

std::string with_line_end(std::string text) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text;
}

std::string last_lines(const Report& report) {
    const std::string next = report.summary.next.empty() ? "" : fmt::format("next: {}\n", report.summary.next);
    return next + with_line_end(report.closing);
}

std::string reason_of(const Report& report) {
    return report.closing.empty() ? std::string(word_of(report.verdict, Says::verdict)) : report.closing;
}

std::string program_of(std::string_view tool) {
    if (tool.empty() || tool == "fairlead") return "fairlead";
    constexpr std::string_view words[] = {"init", "act", "verify", "attest", "evidence"}; // of `fairlead` itself
    const bool is_word = std::find(std::begin(words), std::end(words), tool) != std::end(words);
    return fmt::format("fairlead{}{}", is_word ? " " : "-", tool);
}

std::string write_text(const Report& report) {
    std::string text = with_line_end(report.text);
    auto shown = shown_findings(report);
    std::size_t left_out = 0;
    if (report.most_told > 0) {
        worst_first(shown);
        left_out = shown.size() > report.most_told ? shown.size() - report.most_told : 0;
        shown.resize(shown.size() - left_out);
    }
    for (Finding& finding : shown) {
        if (report.tells_levels) finding.message = fmt::format("{}: {}", name_of(finding.severity), finding.message);
        text += finding_line(finding) + "\n";
    }
    if (left_out > 0) text += fmt::format("and {} more; to show all, add --all\n", left_out);
    if (report.error) text += describe(*report.error) + "\n";
    return text + last_lines(report);
}

std::string describe(const Error& error) {
    const Place& place = error.place;
    const std::string text = place_prefix(mask(place.file), place.line, place.column) + printable(mask(error.message));
    if (place.excerpt.empty()) return text;
    return text + with_caret(mask(place.excerpt), place.column); // masked before it is cut: no half of a secret is left
}

}
