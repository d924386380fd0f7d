#include "report/formats.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/data/json.h"

namespace fairlead::report {

namespace {

constexpr Format table[] = {
    {"text", "txt", write_text},   {"github", "", write_github},           {"sarif", "sarif", write_sarif},
    {"junit", "xml", write_junit}, {"json", "json", write_json},           {"markdown", "md", write_markdown},
    {"html", "html", write_html},  {"codequality", "", write_codequality},
};

void mask_in_place(std::string& text) { text = mask(text); }

// Masked before the writers escape anything: `&amp;` or `%25` within a secret would hide it from mask().
Report masked(Report report) {
    for (Finding& finding : report.findings) {
        for (std::string* text : {&finding.rule, &finding.file, &finding.message, &finding.fix, &finding.waived})
            mask_in_place(*text);
        for (std::string& reference : finding.refs) mask_in_place(reference);
        for (Finding::Spot& place : finding.places) {
            mask_in_place(place.file);
            for (std::string& reference : place.refs) mask_in_place(reference);
        }
    }
    for (Skipped& skipped : report.skipped) {
        mask_in_place(skipped.rule);
        mask_in_place(skipped.reason);
    }
    for (Case& one : report.cases) {
        for (std::string* text : {&one.suite, &one.name, &one.failure, &one.skipped, &one.output}) mask_in_place(*text);
    }
    if (report.error) {
        mask_in_place(report.error->message);
        mask_in_place(report.error->place.file);
    }
    for (std::string* text :
         {&report.environment, &report.text, &report.closing, &report.summary.heading, &report.summary.next})
        mask_in_place(*text);
    for (std::string& point : report.summary.points) mask_in_place(point);
    for (Table& shown : report.summary.tables)
        for (auto& row : shown.rows)
            for (std::string& cell : row) mask_in_place(cell);
    for (Source& source : report.sources)
        for (Source::Line& line : source.lines) mask_in_place(line.text);
    return report;
}

// A report on stdout is read by a runner line by line. In JSON and XML `##[` is written so that every reader gets it
// back, and foreign text cannot start a line there: they hold no command wherever they go.
std::string without_commands(std::string_view format, std::string bytes) {
    if (format == "json" || format == "sarif" || format == "codequality") return replace_all(bytes, "##[", "##\\u005b");
    if (format == "junit" || format == "html") return replace_all(bytes, "##[", "##&#91;");
    return bytes;
}

}

std::span<const Format> formats() { return table; }

const Format* find_format(std::string_view name) {
    for (const Format& format : table) {
        if (format.name == name) return &format;
    }
    return nullptr;
}

const Format* format_of_file(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    const std::string extension = lower(name.substr(dot + 1));
    for (const Format& format : table) {
        if (!format.extension.empty() && format.extension == extension) return &format;
    }
    return nullptr;
}

std::string render(const Report& report, const Format& format) {
    const auto own = report.bodies.find(std::string(format.name));
    const std::string bytes = own != report.bodies.end() ? own->second : format.write(masked(report));
    std::string hidden = mask(bytes);
    const bool ours =
        own == report.bodies.end() && (format.name == "json" || format.name == "sarif" || format.name == "codequality");
    // Each text in it was masked by itself; a secret that ends like JSON does must not take a quote of JSON's with it.
    if (ours && hidden != bytes && !sys::parse_json(hidden, "").ok()) hidden = bytes;
    if (format.name != "junit") hidden = printable(hidden); // an escape of JSON means nothing in XML
    return without_commands(format.name, std::move(hidden));
}

}
