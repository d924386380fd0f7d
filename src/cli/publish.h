#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "report/report.h"
#include "sys/environment.h"
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Where a report goes: standard output, files, the step's outputs and the job's summary.
namespace fairlead::cli {

struct OutputFile {
    std::string format;
    std::string path;
    std::string what = "output"; // the input that names it
};
// "json:out/x", "x.sarif". Error (usage): neither a format that is known nor an extension that tells it.
Result<OutputFile> parse_output(const std::string& text, const std::vector<std::string>& formats);

// A format that only another command of the tool has, by --format or --output. Error: usage.
Result<void> refuse_format(const Context& context, const Spec& spec);

// Before an act that stays: whether what publish() writes to, but for stdout, can be written, as far as can be told
// without writing. Error: could_not.
Result<void> check_places(const Context& context, const Spec& spec);

// What no report may replace: the configuration, what git keeps or tracks, and whatever else is there and was not
// written by us (cli/overwrite.h). Error: usage.
Result<void> refuse_source(const OutputFile& file, const Context& context);
// Error (usage): that file is among `named` already; else it is put there.
Result<void> refuse_twice(const OutputFile& file, std::set<std::string>& named);

// The same of every input that names a file which the chosen command writes (Input::written_by).
Result<void> refuse_written(const Spec& spec, const Context& context);

// Text as it may stand in a log that the platform reads for commands.
std::string for_log(std::string text, sys::Platform platform);

// To stdout, --output, GITHUB_OUTPUT and the job's summary: all of it is tried; the first error (could_not) comes back.
// What is wrong (report.error) goes to stderr.
Result<void> publish(const report::Report& report, const Spec& spec, const Context& context);

// The error on stderr, also as an annotation where the platform shows them and the report hasn't one.
enum class Annotation { no, yes };
void complain(const Error& error, sys::Platform platform, Annotation annotation = Annotation::yes);

}
