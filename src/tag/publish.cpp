#include "tag/publish.h"
#include "base/text.h"
#include "report/github.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "tag/explain.h"
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

struct BakeRow {
    std::string_view output, suffix;
    Bake bake;
};
constexpr std::array<BakeRow, 4> bake_rows = {{{"bake-file-tags", "-tags", Bake::tags},
                                               {"bake-file-labels", "-labels", Bake::labels},
                                               {"bake-file-annotations", "-annotations", Bake::annotations},
                                               {"bake-file", "", Bake::all}}};

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Bake files are for later steps, so they are written where there are such: below the folder that a runner gives to a
// job and tidies after it. Elsewhere nobody would; `--format bake` has the content.
Result<void> write_bake_files(const Run& run, const sys::Environment& variables, Pairs& outputs) {
    const auto below = variables.get("RUNNER_TEMP");
    if (!below) return {};
    const auto folder = sys::Path(*below) / ("fairlead-tag-" + sys::random_hex(8));
    TRY_VOID(sys::make_folders(folder, 0700));
    for (const auto& row : bake_rows) {
        const auto file = folder / fmt::format("docker-metadata-action-bake{}.json", row.suffix);
        TRY_VOID(sys::write_file(file, bake_file(run.metadata, row.bake), 0644, sys::Sync::no));
        outputs.emplace_back(row.output, file.string());
    }
    return {};
}

Result<void> export_variables(const Pairs& outputs, const sys::Environment& variables) {
    const auto file = variables.get("GITHUB_ENV");
    if (!file || !TRY(exports_variables(variables))) return {};
    std::string text;
    for (const auto& [name, value] : outputs) text += TRY(report::output_pair(variable_name(name), value));
    return sys::append_file(*file, text, 0644, sys::Sync::no);
}

std::string lines(const std::vector<std::string>& items) {
    return items.empty() ? std::string() : join(items, "\n") + "\n";
}

std::string plain_text(const Run& run) {
    const auto& metadata = run.metadata;
    if (metadata.version.empty()) return "no version\n";
    return fmt::format("version {}\n{}", metadata.version, lines(metadata.tags));
}

// At its place in the file, else with the input's name and line.
report::Finding finding(Note note, const PlaceOf& place_of) {
    report::Finding finding;
    const auto place = place_of ? place_of(note.origin.input, note.origin.line) : Place{};
    if (place.line > 0) {
        finding.file = place.file;
        finding.line = place.line;
        finding.column = place.column;
        note.origin = {};
    }
    finding.rule = note.weight == Weight::fault ? "tag/input" : note.weight == Weight::gap ? "tag/unknown" : "tag/none";
    finding.severity = report::Severity::warning;
    finding.message = describe(note);
    return finding;
}

report::Report failed(const Error& error) {
    report::Report report;
    report.tool = "tag";
    report.verdict = report::Verdict::error;
    report.error = error;
    if (error.place.file.empty()) report.error->place = {}; // a line of an input
    const auto line = error.message.substr(0, error.message.find('\n'));
    report.bodies["github"] = "::error::" + report::escape_data(line) + "\n";
    return report;
}

// The run's end, but for what was put out before: version and tags, and labels when it is an annotation that is wrong.
Result<report::Report> publish_refused(const Run& run, const sys::Environment& variables, Files files) {
    auto outputs = step_outputs(run.metadata, run.inputs.separators);
    const std::size_t good = run.metadata.labels.empty() ? 3 : 4;
    outputs.resize(good);
    if (files == Files::write) TRY_VOID(export_variables(outputs, variables));
    auto report = failed(*run.refused);
    report.outputs = std::move(outputs);
    return report;
}

}

std::vector<std::string> writes(const sys::Environment& variables) {
    std::vector<std::string> paths;
    if (const auto folder = variables.get("RUNNER_TEMP")) paths.push_back(*folder + "/");
    const auto file = variables.get("GITHUB_ENV");
    if (const auto exported = exports_variables(variables); file && exported.ok() && exported.value())
        paths.push_back(*file);
    return paths;
}

Result<report::Report> publish(const Run& run, const sys::Environment& variables, Files files, bool explain) {
    if (run.refused) return publish_refused(run, variables, files);
    report::Report report;
    report.tool = "tag";
    report.outputs = step_outputs(run.metadata, run.inputs.separators);
    if (files == Files::write) {
        TRY_VOID(write_bake_files(run, variables, report.outputs));
        TRY_VOID(export_variables(report.outputs, variables));
    }
    report.text = plain_text(run);
    if (explain) report.text += explain_text(run);
    report.bodies["lines"] = lines(run.metadata.tags);
    report.bodies["env"] = format_env(report.outputs);
    report.bodies["bake"] = bake_file(run.metadata, Bake::all) + "\n";
    report.bodies["docker-args"] = format_docker_args(run.metadata);
    report.bodies["json"] = explain ? explain_json(run) + "\n" : to_json(run.metadata) + "\n";
    for (const auto& note : run.notes.all()) report.findings.push_back(finding(note, run.inputs.place_of));
    return report;
}

void log_notes(const Run& run) {
    for (const auto& note : run.notes.all()) {
        const auto told = finding(note, run.inputs.place_of);
        sys::log_warning((told.line > 0 ? fmt::format("{}:{}: ", told.file, told.line) : "") + told.message);
    }
}

void log_warnings(const report::Report& report) {
    for (const auto& finding : report.findings)
        if (finding.severity == report::Severity::warning) sys::log_warning(finding.message);
}

Result<report::Report> with_peer_error(Result<report::Report> report) {
    return report.ok() ? std::move(report) : failed(report.error());
}

}
