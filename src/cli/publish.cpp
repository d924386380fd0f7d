#include "cli/publish.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/overwrite.h"
#include "report/formats.h"
#include "report/github.h"
#include "sys/files/beneath.h"
#include "sys/files/mark.h"
#include "sys/files/terminal.h"
#include "sys/files/writable.h"
#include "sys/git/work_tree.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

constexpr int standard_output = 1, standard_error = 2;

std::string body(const report::Report& report, const std::string& format) {
    if (const report::Format* known = report::find_format(format)) return report::render(report, *known);
    const auto own = report.bodies.find(format);
    return own == report.bodies.end() ? std::string() : mask(own->second);
}

// An error is said on stderr, and text adds nothing to it but what was done before; a tool's own format cannot say it.
bool says_errors(const std::string& format) { return format != "text" && report::find_format(format) != nullptr; }

// Foreign text may look like a command; annotations are commands, and their writer disarms the rest.
Result<void> print(const report::Report& report, int stream, const Context& context) {
    std::string bytes = body(report, context.format);
    if (sys::is_terminal(stream)) bytes = printable(bytes); // a tool's own format is otherwise as it is
    return sys::write_stream(stream, context.format == "github" ? bytes : for_log(bytes, context.platform));
}

Result<void> print(const report::Report& report, const Spec& spec, const Context& context) {
    report::Report rest = report;
    if (context.format == "text" && spec.findings_on_stderr) {
        report::Report findings;
        findings.findings.swap(rest.findings);
        TRY_VOID(print(findings, standard_error, context));
    }
    if (report.error && !says_errors(context.format)) {
        if (context.format != "text") return {};
        rest = {};
        rest.text = report.text;
        rest.summary.next = report.summary.next;
    }
    return print(rest, standard_output, context);
}

sys::Path working_folder() {
    std::error_code ignored;
    return std::filesystem::current_path(ignored);
}

// Verdicts of a run speak of what others on the host need not know; a report elsewhere is for whoever reads it.
bool is_verdict(const sys::Path& path) {
    const auto folder = path.parent_path();
    return folder.filename() == "out" && folder.parent_path().filename() == ".fairlead";
}

// Past mask(), which hides whatever else is written then.
void tell_full() {
    if (secret_counts().full)
        (void)sys::write_stream(standard_error, "too many values look like secrets, so every line is hidden; remove "
                                                "them from the files and variables that are read\n");
}

Result<void> write_anywhere(const sys::Path& path, const std::string& bytes, unsigned mode) {
    TRY_VOID(sys::write_file(path, bytes, mode));
    if (sys::inspect(path).type == sys::FileType::file) sys::mark_report(path);
    return {};
}

// Within a work tree nothing is made or written through a link that leaves it, and no verdict through any.
Result<void> write_output(const sys::Path& path, const std::string& bytes) {
    const bool ours = is_verdict(path);
    const auto links = ours ? sys::Links::refused : sys::Links::within;
    const auto file = TRY(sys::named_by_person(working_folder(), path));
    const auto folder = sys::Path(file.path).parent_path();
    if (!folder.empty()) TRY_VOID(file.root.make_folders(folder, ours ? 0700 : 0755, links));
    const auto there = TRY(file.root.inspect(file.path, links));
    if (there.type == sys::FileType::other || file.root.is_everything())
        return write_anywhere(path, bytes, ours ? 0600 : 0644); // a pipe, /dev/stdout
    TRY_VOID(file.root.write(file.path, bytes, ours ? 0600 : 0644, sys::Sync::yes, links));
    sys::mark_report(file.root.path() / file.path);
    return {};
}

Result<void> write_outputs(const report::Report& report, const sys::Environment& variables) {
    const auto path = variables.get("GITHUB_OUTPUT");
    if (!path) return {};
    std::string pairs;
    for (const auto& [name, value] : report.outputs) pairs += TRY(report::output_pair(name, value));
    if (pairs.empty()) return {};
    return sys::append_file(*path, pairs, 0644, sys::Sync::no);
}

Result<void> write_summary(const report::Report& report, const sys::Environment& variables) {
    const auto path = variables.get("GITHUB_STEP_SUMMARY");
    if (!path) return {};
    // The steps of `fairlead run` write into one summary; a table goes on until a line is empty.
    const auto used = sys::inspect(*path).size;
    return sys::append_file(*path, (used > 0 ? "\n" : "") + report::fitting_summary(body(report, "markdown"), used));
}

// /dev/stdout and the like: whoever started us has opened it.
bool is_of_process(const std::string& path) { return path.starts_with("/dev/") || path.starts_with("/proc/"); }

bool is_report(const sys::Path& path, const std::string& format) {
    constexpr std::uint64_t largest = 64u << 20;
    if (sys::is_marked_report(path)) return true;
    const auto text = sys::read_file(path, largest);
    return text.ok() && may_be_ours(format, text.value());
}

}

Result<OutputFile> parse_output(const std::string& text, const std::vector<std::string>& formats) {
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos) {
        const std::string name = text.substr(0, colon);
        if (std::find(formats.begin(), formats.end(), name) != formats.end() && colon + 1 < text.size()) {
            return OutputFile{name, text.substr(colon + 1)};
        }
        const auto unknown = [&](std::string_view way_out) {
            return usage(fmt::format("format '{}' of output '{}' is unknown; {}", name, text, way_out));
        };
        if (const auto near = nearest(lower(name), formats); !near.empty() && near != name)
            return unknown(fmt::format("did you mean {}?", near));
        if (!name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
            if (const auto* meant = report::format_of_file("x." + name)) // its extension
                return unknown(fmt::format("did you mean {}?", meant->name));
            return unknown(fmt::format("expected {}; a file of that name is ./{}", one_of(formats), text));
        }
    }
    if (const report::Format* format = report::format_of_file(text)) return OutputFile{std::string(format->name), text};
    return usage(fmt::format("output '{}' has no known format; write FORMAT:FILE with {}", text, one_of(formats)));
}

Result<void> refuse_source(const OutputFile& file, const Context& context) {
    if (file.path == "-")
        return usage(file.what == "output"
                         ? fmt::format("output '-' is not a file; --format {} writes to standard output", file.format)
                         : fmt::format("{} '-' is not a file; name a file", file.what));
    const auto refused = [&](const std::string& fact) {
        return usage(
            fmt::format("{} '{}' {}; a report would replace it: name another file", file.what, file.path, fact));
    };
    std::error_code ignored;
    const auto whole = std::filesystem::weakly_canonical(file.path, ignored);
    if (std::find(whole.begin(), whole.end(), ".git") != whole.end()) return refused("belongs to git");
    const auto named = TRY(sys::named_by_person(working_folder(), file.path));
    const auto above = sys::Path(named.path).parent_path();
    const auto folder = named.root.real(above.empty() ? sys::Path(".") : above);
    if (!folder.ok())
        return usage(fmt::format("{} '{}': {}; or name another place", file.what, file.path, folder.error().message));
    const bool config =
        !context.config_file.empty() && std::filesystem::equivalent(file.path, context.config_file, ignored);
    if (config || whole.filename() == "fairlead.yml") return refused("is the configuration");
    if (sys::is_tracked(file.path) || sys::is_tracked(whole.string())) return refused("is tracked by git");
    if (!is_of_process(file.path) && !is_verdict(file.path) && sys::inspect(whole).type == sys::FileType::file &&
        !is_report(whole, file.format))
        return usage(fmt::format("{} '{}' exists and is not a {} {} written by Fairlead; name another file", file.what,
                                 file.path, file.format, file.what == "output" ? "report" : "file"));
    return {};
}

Result<void> refuse_written(const Spec& spec, const Context& context) {
    const Command* command = chosen_command(spec);
    for (const Input& input : spec.inputs) {
        const auto path = input.written_by.empty() ? std::string() : input.target.shown();
        if (path.empty() || !command ||
            std::find(input.written_by.begin(), input.written_by.end(), command->name) == input.written_by.end())
            continue;
        TRY_VOID(refuse_source({input.written_as, path, input.name}, context));
    }
    return {};
}

Result<void> refuse_twice(const OutputFile& file, std::set<std::string>& named) {
    std::error_code ignored;
    if (is_of_process(file.path) ||
        named.insert(std::filesystem::weakly_canonical(working_folder() / file.path, ignored).string()).second)
        return {};
    return usage(fmt::format(
        "output '{}' is named twice, and the second report would replace the first; name two files", file.path));
}

Result<void> refuse_format(const Context& context, const Spec& spec) {
    const Command* command = chosen_command(spec);
    const auto names = format_names(spec, command);
    std::vector<std::string> asked = {context.format};
    for (const auto& output : context.output) {
        const auto file = TRY(parse_output(output, format_names(spec)));
        asked.push_back(file.format);
    }
    for (const auto& format : asked)
        if (std::find(names.begin(), names.end(), format) == names.end())
            return usage(fmt::format("{} has no format '{}'; expected {}", command->name, format, one_of(names)));
    return {};
}

Result<void> check_places(const Context& context, const Spec& spec) {
    for (const auto& output : context.output) {
        const auto file = TRY(parse_output(output, format_names(spec)));
        TRY_VOID(sys::check_writable(file.path));
    }
    for (const auto* variable : {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}) {
        const auto file = context.variables.get(variable); // whose folder nobody makes
        if (!file) continue;
        if (const auto folder = sys::Path(*file).parent_path();
            !folder.empty() && sys::inspect(folder).type != sys::FileType::folder)
            return could_not(fmt::format("{} names '{}', whose folder does not exist", variable, *file));
        TRY_VOID(sys::check_writable(*file));
    }
    return {};
}

std::string for_log(std::string text, sys::Platform platform) {
    return sys::parses_commands(platform) ? report::disarm(text) : text;
}

Result<void> publish(const report::Report& report, const Spec& spec, const Context& context) {
    Result<void> first;
    const auto note = [&](Result<void> done) {
        if (first.ok() && !done.ok()) first = std::move(done);
    };
    for (const std::string& text : context.output) {
        const auto file = parse_output(text, format_names(spec));
        if (!file.ok()) continue; // it was refused before, and is what this report is about
        auto allowed = refuse_source(file.value(), context);
        if (allowed.ok() && spec.check_output) allowed = spec.check_output(context, file->path);
        if (allowed.ok())
            note(write_output(file->path, body(report, file->format)));
        else if (!report.error)
            note(std::move(allowed));
    }
    note(write_outputs(report, context.variables));
    note(write_summary(report, context.variables));
    note(print(report, spec, context));
    tell_full();
    const auto annotation = context.format == "github" ? Annotation::no : Annotation::yes;
    if (report.error) complain(*report.error, context.platform, annotation);
    return first;
}

void complain(const Error& error, sys::Platform platform, Annotation annotation) {
    std::string text = report::describe(error);
    if (!text.ends_with('\n')) text += '\n';
    text = for_log(text, platform);
    if (sys::parses_commands(platform) && annotation == Annotation::yes) text += report::annotation_of(error, "");
    (void)sys::write_stream(standard_error, text); // there is nowhere left to complain to
}

}
