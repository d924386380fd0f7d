#include "cli/publish.h"
#include "base/secret.h"
#include "base/text.h"
#include "report/formats.h"
#include "report/github.h"
#include "sys/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

constexpr int standard_output = 1, standard_error = 2;

std::string body(const report::Report& report, const std::string& format) {
    if (const report::Format* known = report::find_format(format)) return report::render(report, *known);
    const auto own = report.bodies.find(format);
    return own == report.bodies.end() ? std::string() : mask(own->second);
}

// Foreign text may look like a command; annotations are commands, and their writer disarms the rest.
std::string loggable(const std::string& bytes, const Destination& to) {
    return to.format == "github" ? bytes : for_log(bytes, to.platform);
}

// An error is said on stderr, and text adds nothing to it but what was done before; a tool's own format cannot say it.
bool says_errors(const std::string& format) { return format != "text" && report::find_format(format) != nullptr; }

Result<void> print(const report::Report& report, const Destination& to) {
    if (report.error && !says_errors(to.format)) {
        report::Report before;
        before.text = report.text;
        return to.format == "text" ? sys::write_stream(standard_output, loggable(body(before, "text"), to))
                                   : Result<void>();
    }
    if (to.format != "text" || !to.findings_on_stderr) {
        return sys::write_stream(standard_output, loggable(body(report, to.format), to));
    }
    report::Report findings;
    findings.findings = report.findings;
    report::Report rest = report;
    rest.findings.clear();
    TRY_VOID(sys::write_stream(standard_error, loggable(body(findings, to.format), to)));
    return sys::write_stream(standard_output, loggable(body(rest, to.format), to));
}

Result<void> write_outputs(const report::Report& report, const sys::Environment& variables) {
    const auto path = variables.get("GITHUB_OUTPUT");
    if (!path) return {};
    std::string pairs;
    for (const auto& [name, value] : report.outputs) pairs += TRY(report::output_pair(name, mask(value)));
    if (pairs.empty()) return {};
    return sys::append_file(*path, pairs, 0644, sys::Sync::no);
}

Result<void> write_summary(const report::Report& report, const sys::Environment& variables) {
    const auto path = variables.get("GITHUB_STEP_SUMMARY");
    if (!path) return {};
    // The steps of `fairlead run` write into one summary.
    return sys::append_file(*path, report::fitting_summary(body(report, "markdown"), sys::inspect(*path).size));
}

}

Result<OutputFile> parse_output(const std::string& text, const std::vector<std::string>& formats) {
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos) {
        const std::string name = text.substr(0, colon);
        if (std::find(formats.begin(), formats.end(), name) != formats.end() && colon + 1 < text.size()) {
            return OutputFile{name, text.substr(colon + 1)};
        }
    }
    if (const report::Format* format = report::format_of_file(text)) return OutputFile{std::string(format->name), text};
    return usage(fmt::format("output '{}' names no format; write FORMAT:FILE with {}", text, one_of(formats)));
}

std::string for_log(std::string text, sys::Platform platform) {
    return sys::parses_commands(platform) ? report::disarm(text) : text;
}

Result<void> publish(const report::Report& report, const Destination& to, const std::vector<std::string>& formats) {
    Result<void> first;
    const auto note = [&](Result<void> done) {
        if (first.ok() && !done.ok()) first = std::move(done);
    };
    for (const std::string& text : to.files) {
        auto file = parse_output(text, formats);
        note(file.ok() ? sys::write_file(file->path, body(report, file->format)) : Result<void>(file.error()));
    }
    note(write_outputs(report, to.variables));
    note(write_summary(report, to.variables));
    note(print(report, to));
    if (report.error) complain(*report.error, to.platform, to.format == "github" ? Annotation::no : Annotation::yes);
    return first;
}

void complain(const Error& error, sys::Platform platform, Annotation annotation) {
    std::string text = mask(report::describe(error));
    if (!text.ends_with('\n')) text += '\n';
    text = for_log(text, platform);
    if (sys::parses_commands(platform) && annotation == Annotation::yes) text += report::annotation_of(error, "");
    (void)sys::write_stream(standard_error, text); // there is nowhere left to complain to
}

}
