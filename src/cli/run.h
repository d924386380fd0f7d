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

// Inputs of every tool in addition to its own (conventions.md, "Command line").
struct Common {
    std::string config_file; // --config
    std::string environment; // -e
    std::string format;      // the format that will be printed
    std::string log_format = "text";
    std::string confirm; // --confirm NAME
    std::vector<std::string> output;
    bool dry_run = false, explain = false, quiet = false, verbose = false, no_color = false;
};

// Everything that a tool gets besides its own inputs.
struct Context : Common {
    config::Change change; // the change of this job; if it is foreign, `config` is that of its base
    config::Config config;
    config::Value section; // the tool's section, with the environment's keys merged over it
    report::Waivers waivers;
    sys::Environment variables{{}};
    sys::Platform platform = sys::Platform::terminal;
    std::map<std::string, std::string> origins; // input -> "--x", "INPUT_X", "fairlead.yml:3:5", "default"
    // takes away the right to start programs (Need::programs_at_first); call it once
    std::function<void()> hold = [] {};

    bool is_given(const std::string& input) const;
    // Returns where the search for fairlead.yml began; empty: --config names a file.
    std::string looked_from() const;
    // Returns the place of the input in fairlead.yml, at `key` of the section; no place (line 0) if another source gave
    // it.
    Place place_of(const std::string& input, std::string_view key) const;
};

// Parses the command line, loads fairlead.yml, calls `tool`, prints its report (stdout, --output, GITHUB_OUTPUT, the
// job summary) and returns the exit status. An exception is reported as an internal error, status 3. Also answers
// --help, --version, --explain-config and --render (see cli/render/render.h). Before reading anything, hides the
// process's secrets from other processes (sys/environment.h).
int run(const Spec& spec, int argc, char** argv, const std::function<Result<report::Report>(const Context&)>& tool);
// Does the same in a process that goes on afterwards, such as a test: its variables are not changed.
int run_here(const Spec& spec, int argc, char** argv,
             const std::function<Result<report::Report>(const Context&)>& tool);

}
