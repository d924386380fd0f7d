#pragma once
#include "config/change.h"
#include "report/report.h"
#include "scan/gitleaks/configuration.h"
#include "scan/policy.h"
#include "sys/environment.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// gitleaks' commands with gitleaks' flags (gitleaks, README), so that a line of a hook or a job only changes its first
// word. What gitleaks skips silently is reported, and what can't be read is an error instead of a pass.
namespace fairlead::scan::gitleaks {

struct Request {
    std::string command; // git, dir, stdin, detect, protect
    std::string path = ".";
    std::string config, baseline, ignore_path = ".";
    std::string report_path, report_format;
    std::string log_options;
    std::vector<std::string> enabled; // rules; none: all
    std::int64_t exit_code = 1, redact = 0, decode_depth = 5, archive_depth = 0, most_megabytes = 0;
    bool staged = false, pre_commit = false, no_git = false, pipe = false;
    bool follow_links = false, ignores_allow = false;
};

// gitleaks' other flags are refused, or have no effect here.
constexpr std::string_view report_prefix = "gitleaks-"; // of the formats: gitleaks-json

// Returns the format of the report: json, csv, junit or sarif; empty: no report is wanted. Error: usage.
Result<std::string> report_format(std::string_view path, std::string_view format);

Result<void> check(const Request& request);
// If `change` is foreign, configuration, ignored findings and baseline are those of the base commit, and comments are
// ignored.
Result<report::Report> run(const Request& request, const config::Change& change, const sys::Environment& variables);

void warn_of(const Configuration& configuration); // about parts without effect

}
