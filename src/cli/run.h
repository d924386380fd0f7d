#pragma once
#include "cli/spec.h"
#include "config/config.h"
#include "report/report.h"
#include "sys/environment.h"
#include <functional>
#include <map>

namespace fairlead::cli {

// What every tool gets besides its own options (conventions.md, "Command line").
struct Context {
    config::Config config;
    config::Value section;   // the tool's, environment laid over
    std::string environment; // -e
    sys::Environment variables{{}};
    sys::Platform platform = sys::Platform::terminal;
    std::string format; // as it will be printed
    bool dry_run = false;
    bool explain = false;
    bool quiet = false;
    bool verbose = false;
    std::string confirm;                        // --confirm NAME
    std::map<std::string, std::string> origins; // input -> "flag", "INPUT_X", "fairlead.yml:3:5", "default"
};

// Parses, loads fairlead.yml, calls `tool`, prints its report (stdout, --output, GITHUB_OUTPUT, the job summary) and
// returns the exit status. What escapes as an exception is reported as an internal error, status 3.
// --help, --version, --explain-config and --render (see cli/render.h) are answered here.
int run(const Spec& spec, int argc, char** argv, const std::function<Result<report::Report>(const Context&)>& tool);

}
