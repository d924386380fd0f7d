#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "report/report.h"
#include "sys/environment.h"
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Writes a report to its targets: standard output, files, the step's outputs and the job's summary.
namespace fairlead::cli {

struct OutputFile {
    std::string format;
    std::string path;
    std::string what = "output"; // the input that names the file
};
// Parses "json:out/x", "x.sarif". Error (usage): the format is unknown, or missing and the extension doesn't imply one.
Result<OutputFile> parse_output(const std::string& text, const std::vector<std::string>& formats);

// Error (usage): --format or --output names a format that only another command of the tool has.
Result<void> refuse_format(const Context& context, const Spec& spec);

// Call it before a lasting act. Checks, as far as possible without writing, that publish() will be able to write
// everything except stdout. Error: could_not.
Result<void> check_places(const Context& context, const Spec& spec);

// Refuses files that no report may replace: the configuration, git's own and tracked files, and existing files that we
// did not write (cli/overwrite.h). Error: usage.
Result<void> refuse_source(const OutputFile& file, const Context& context);
// Adds the file to `named`. Error (usage): `named` has it already.
Result<void> refuse_twice(const OutputFile& file, std::set<std::string>& named);

// Applies refuse_source() and refuse_twice() to every input that names an output file of the chosen command
// (Input::written_by).
Result<void> refuse_written(const Spec& spec, const Context& context);

// Disarms commands in text for a log, if the platform looks for commands in logs.
std::string for_log(std::string text, sys::Platform platform);

// Writes to stdout, --output, GITHUB_OUTPUT and the job's summary. All targets are tried; the first error (could_not)
// is returned. The report's own error (report.error) goes to stderr.
Result<void> publish(const report::Report& report, const Spec& spec, const Context& context);

// Prints the error on stderr, and also as an annotation if the platform shows annotations and the report has no
// annotation.
enum class Annotation { no, yes };
void complain(const Error& error, sys::Platform platform, Annotation annotation = Annotation::yes);

}
