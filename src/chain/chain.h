#pragma once
#include "base/time.h"
#include "config/config.h"
#include <string>
#include <vector>

// `fairlead run`: the steps of fairlead.yml, one after the other, until the first no.
namespace fairlead::chain {

// A tool of ours (`gate`), or a command of the user's with a name (`{name: tests, exec: [pytest, -q]}`).
struct Step {
    std::string name;
    std::vector<std::string> argv; // of a command; empty for a tool
    bool is_tool() const { return argv.empty(); }
};

// The steps under `run:`; without that key the tools that have a section, in this order: gate scan tag
// deploy smoke.
// Errors (usage) have the place in the file.
Result<std::vector<Step>> steps(const config::Config& config);

// Those that --only and --skip leave; an unknown name is a usage error.
Result<std::vector<Step>> select(std::vector<Step> all, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip);

struct Outcome {
    std::string name;
    int status = 0; // exit status
    Milliseconds time{0};
    std::string decided; // the tool's last line; for a step that was not reached "not run"
    bool ran = true;
};
int overall_status(const std::vector<Outcome>& outcomes); // the first that is not 0
std::string table(const std::vector<Outcome>& outcomes);
std::string markdown_table(const std::vector<Outcome>& outcomes);

}
