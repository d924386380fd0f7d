#pragma once
#include "cli/run.h"
#include <map>
#include <string>
#include <vector>

// A tool with an input of every type, run as its executable would run it: own folder, variables and streams.
namespace fairlead::test {

struct Options {
    std::string command, name = "world", body, slot;
    bool strict = false;
    std::int64_t times = 1;
    double ratio = 0.5;
    Milliseconds timeout{1000};
    std::vector<std::string> tags, rules, headers, paths;
    std::optional<std::string> note;
    Secret token;
};
cli::Spec sample_spec(Options& options);

struct Ran {
    int status = 0;
    std::string out, err;
    std::string outputs, summary, file; // GITHUB_OUTPUT, GITHUB_STEP_SUMMARY and report.json of the folder
};
struct Given {
    std::vector<std::string> arguments = {};
    std::map<std::string, std::string> variables = {};
    std::string config = {}; // fairlead.yml; empty: none
    bool findings_on_stderr = false;
};
using Tool = std::function<Result<report::Report>(const cli::Context&, const Options&)>;
Ran run_sample(const Given& given, const Tool& tool);
Ran run_sample(const Given& given);      // a tool that prints all its options in one line
std::string refusal(const Given& given); // what it says of wrong use; the test fails when it takes it

}
