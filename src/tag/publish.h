#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/environment.h"
#include "tag/tags.h"

namespace fairlead::tag {

enum class Files { write, none }; // none: nothing is written, --dry-run

// Where publish() writes beside the step's outputs; a folder ends with '/'.
std::vector<std::string> writes(const sys::Environment& variables);

// Everything a run puts out: step outputs, bake files (in a fresh folder below RUNNER_TEMP), variables for later
// steps (GITHUB_ENV), and the bodies of the tool's own formats.
Result<report::Report> publish(const Run& run, const sys::Environment& variables, Files files, bool explain);

// The notes as warnings of the log, for formats of standard output that have no place for them.
void log_notes(const Run& run);
void log_warnings(const report::Report& report);

// An error's line in the log is that of the peer, `::error::<message>`; place and way out go to stderr.
Result<report::Report> with_peer_error(Result<report::Report> report);

}
