#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/environment.h"
#include "tag/tags.h"

namespace fairlead::tag {

enum class Files { write, none }; // none: --dry-run, no file is written

// Returns the files, besides step outputs, that publish() writes; a folder ends with '/'.
std::vector<std::string> writes(const sys::Environment& variables);

// Writes all results of a run: step outputs, bake files (in a new folder below RUNNER_TEMP) and variables for later
// steps (GITHUB_ENV). The report has the bodies of the tool's own formats.
Result<report::Report> publish(const Run& run, const sys::Environment& variables, Files files, bool explain);

// Logs the notes as warnings, for formats of standard output that have no room for notes.
void log_notes(const Run& run);
void log_warnings(const report::Report& report);

// Prints an error like docker/metadata-action (the peer): `::error::<message>`; place and way out go to stderr.
Result<report::Report> with_peer_error(Result<report::Report> report);

}
