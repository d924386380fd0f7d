#include "report/html.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/version.h"
#include "report/causes.h"
#include "report/formats.h"
#include "report/printable.h"
#include "report/rules.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::report {

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : one_line(text)) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string html_page(std::string_view title, std::string_view style, std::string_view body) {
    return fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n"
                       "{2}</main>\n</body>\n</html>\n",
                       escape_html(title), style, body);
}

namespace {

// The colours have a contrast of 7 to 1 and more (WCAG 2.2, 1.4.6), light and dark, and nothing is said by colour
// alone. On a narrow screen, the cells of a table stand below each other, each with the name of its column.
constexpr std::string_view style = R"(
:root { color-scheme: light dark; --page: #fff; --ink: #1a1a1a; --pale: #444; --line: #767676; --box: #f2f2f2;
  --good: #0b4f1c; --bad: #8a0f0f; --bad-box: #fbe9e9; --doubt: #5c3a00; --link: #0a3d91; }
@media (prefers-color-scheme: dark) { :root { --page: #121212; --ink: #eee; --pale: #c4c4c4; --line: #8c8c8c; --box: #1e1e1e;
  --good: #8fdc9d; --bad: #ffb3b3; --bad-box: #341a1a; --doubt: #f0c674; --link: #a8c7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.45 system-ui, "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th { text-align: left; border-bottom: 2px solid var(--ink); }
th:not(:last-child), td:not(:last-child) { min-width: 9rem; }
th, td { padding: .3rem .75rem .3rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); white-space: pre-wrap; }
.error, .no { color: var(--bad); font-weight: 700; } .warning { color: var(--doubt); font-weight: 700; }
.yes { color: var(--good); } .meta { color: var(--pale); font-size: .875rem; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 700; }
pre, .source { font: .875rem/1.45 ui-monospace, "Liberation Mono", monospace; background: var(--box); padding: .5rem;
  margin: .5rem 0; white-space: pre-wrap; }
.source { list-style: none; }
.source li { display: grid; grid-template-columns: 4.5rem 5rem 1fr; gap: .5rem; }
.source span { color: var(--pale); text-align: right; }
.source code { white-space: pre-wrap; } .source .cut { border-top: 1px solid var(--line); }
.source .bad { background: var(--bad-box); } .source .bad b { color: var(--bad); } .source .good b { color: var(--good); }
@media screen and (max-width: 48rem) { thead { display: none; }
  tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--line); } td { display: block; border: 0; padding: .1rem 0; }
  td:empty { display: none; } td::before { content: attr(data-column) ": "; color: var(--pale); font-weight: 400; }
  .source { padding: .25rem; } .source li { grid-template-columns: 3rem 1fr; } .source code { grid-column: 1 / -1; } }
@media print { body { max-width: none; padding: 0; } tr, li { break-inside: avoid; } }
)";

struct Cell {
    std::string html, kind; // kind: its class; may be empty
};

std::string table_of(const std::vector<std::string>& columns, const std::vector<std::vector<Cell>>& rows) {
    std::string text = "<table>\n<thead><tr>";
    for (const auto& column : columns) text += fmt::format("<th scope=\"col\">{}</th>", escape_html(column));
    text += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows) {
        text += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto kind = row[i].kind.empty() ? "" : fmt::format(" class=\"{}\"", row[i].kind);
            text += fmt::format("<td data-column=\"{}\"{}>{}</td>", i < columns.size() ? escape_html(columns[i]) : "",
                                kind, row[i].html);
        }
        text += "</tr>\n";
    }
    return text + "</tbody>\n</table>\n";
}

std::string title_of(const Report& report) {
    const bool is_own = report.summary.heading.empty();
    const auto title = is_own ? program_of(report.tool) : report.summary.heading;
    if (!is_own && report.says != Says::verdict) return title;
    return fmt::format("{}: {}", title, word_of(report.verdict, Says::verdict));
}

std::string of_summary(const Summary& summary) {
    std::string text;
    for (const auto& point : summary.points) text += fmt::format("<p>{}</p>\n", escape_html(point));
    for (const auto& table : summary.tables) {
        std::vector<std::vector<Cell>> rows;
        for (const auto& row : table.rows) {
            auto& cells = rows.emplace_back();
            for (const auto& cell : row)
                cells.push_back({escape_html(cell), !table.strong.empty() && cell == table.strong ? "no" : ""});
        }
        text += table_of(table.columns, rows);
    }
    if (!summary.next.empty()) text += fmt::format("<p>Next: <code>{}</code></p>\n", escape_html(summary.next));
    return text;
}

std::string of_findings(const Report& report) {
    auto findings = untold_findings(report);
    if (findings.empty()) return {};
    worst_first(findings);
    std::map<std::string, std::string, std::less<>> pages;
    for (const auto& rule : known_rules(report.tool, report.rules)) pages.emplace(rule.id, address_of(rule));
    std::vector<std::vector<Cell>> rows;
    for (const Finding& finding : findings) {
        const auto page = pages.find(finding.rule);
        auto rule = escape_html(finding.rule);
        if (page != pages.end()) rule = fmt::format("<a href=\"{}\">{}</a>", escape_html(page->second), rule);
        rows.push_back({{std::string(name_of(finding.severity)), std::string(name_of(finding.severity))},
                        {std::move(rule), ""},
                        {escape_html(place_of(finding)), ""},
                        {escape_html(finding.message), ""}});
    }
    return "<h2>Findings</h2>\n" + table_of({"Severity", "Rule", "Place", "Message"}, rows);
}

// Checks are listed where no summary tells of them.
std::string of_cases(const Report& report) {
    if (report.cases.empty() || !report.summary.tables.empty()) return {};
    std::vector<std::vector<Cell>> rows;
    for (const Case& one : report.cases) {
        const bool failed = !one.failure.empty(), skipped = !one.skipped.empty();
        rows.push_back({{escape_html(one.name), ""},
                        {failed    ? "no"
                         : skipped ? "skipped"
                                   : "yes",
                         failed    ? "no"
                         : skipped ? ""
                                   : "yes"},
                        {escape_html(failed ? one.failure : one.skipped), ""}});
    }
    return "<h2>Checks</h2>\n" + table_of({"Check", "Held", "Why"}, rows);
}

std::string of_skipped(const Report& report) {
    std::string text;
    for (const Skipped& skipped : report.skipped)
        text += fmt::format("<p>skipped {}: {}</p>\n", escape_html(skipped.rule), escape_html(skipped.reason));
    return text;
}

std::string of_sources(const Report& report) {
    std::string text;
    for (const auto& source : report.sources) {
        text += fmt::format("<details open>\n<summary>{}</summary>\n<ol class=\"source\">\n", escape_html(source.file));
        int next = source.lines.empty() ? 0 : source.lines.front().number;
        for (const auto& line : source.lines) {
            const auto* kind = line.mark.empty() ? "plain" : line.is_complaint ? "bad" : "good";
            text += fmt::format("<li class=\"{}{}\"><span>{}</span><b>{}</b><code>{}</code></li>\n", kind,
                                line.number == next ? "" : " cut", line.number, escape_html(line.mark),
                                escape_html(line.text));
            next = line.number + 1;
        }
        text += "</ol>\n</details>\n";
    }
    return text;
}

// What the tool prints, where no summary says it in another way.
std::string of_text(const Report& report) {
    if (!report.summary.is_empty() || trim(report.text).empty()) return {};
    std::string text = "<pre>";
    for (const auto& line : split(trim(report.text), '\n')) text += fmt::format("<code>{}</code>\n", escape_html(line));
    return text + "</pre>\n";
}

}

std::string write_html(const Report& report) {
    std::string body;
    if (report.error) {
        Error error = *report.error;
        error.place.excerpt.clear(); // a caret means nothing in a paragraph
        body += fmt::format("<p class=\"error\">{}</p>\n", escape_html(describe(error)));
    }
    if (!report.closing.empty()) body += fmt::format("<p>{}</p>\n", escape_html(report.closing));
    const auto environment = report.environment.empty() ? "" : "environment " + escape_html(report.environment) + ", ";
    body += fmt::format("<p class=\"meta\">{}fairlead {}</p>\n", environment, escape_html(version()));
    body += of_text(report) + of_summary(report.summary) + of_findings(report) + of_cases(report) + of_skipped(report) +
            of_sources(report);
    return html_page(title_of(report), style, body);
}

}
