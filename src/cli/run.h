#pragma once
#include "cli/spec.h"
#include "config/change.h"
#include "config/config.h"
#include "report/decide.h"
#include "report/report.h"
#include "sys/environment.h"
#include <functional>
#include <map>

namespace fairlead::cli {

// What every tool understands besides its own inputs (conventions.md, "Command line").
struct Common {
    std::string config_file; // --config
    std::string environment; // -e
    std::string format;      // as it will be printed
    std::string log_format = "text";
    std::string confirm; // --confirm NAME
    std::vector<std::string> output;
    bool dry_run = false, explain = false, quiet = false, verbose = false, no_color = false;
};

// What every tool gets besides its own options.
struct Context : Common {
    config::Change change; // that the job is about; `config` is its base's where it is foreign
    config::Config config;
    config::Value section; // the tool's, environment laid over
    report::Waivers waivers;
    sys::Environment variables{{}};
    sys::Platform platform = sys::Platform::terminal;
    std::map<std::string, std::string> origins; // input -> "--x", "INPUT_X", "fairlead.yml:3:5", "default"
    std::function<void()> hold = [] {}; // from then on no program is started: said once by Need::programs_at_first

    bool is_given(const std::string& input) const;
    // Where the nearest fairlead.yml was looked for; empty: --config named one.
    std::string looked_from() const;
    // Where the input was written when fairlead.yml gave it, at `key` of the section; else no place (line 0).
    Place place_of(const std::string& input, std::string_view key) const;
};

// Parses, loads fairlead.yml, calls `tool`, prints its report (stdout, --output, GITHUB_OUTPUT, the job summary) and
// returns the exit status. What escapes as an exception is reported as an internal error, status 3.
// --help, --version, --explain-config and --render (see cli/render.h) are answered here.
// The process's secrets are out of what others can see of it before anything is read (sys/environment.h).
int run(const Spec& spec, int argc, char** argv, const std::function<Result<report::Report>(const Context&)>& tool);
// The same within a process that goes on, as a test's does: its variables stay as they are.
int run_here(const Spec& spec, int argc, char** argv,
             const std::function<Result<report::Report>(const Context&)>& tool);

}
