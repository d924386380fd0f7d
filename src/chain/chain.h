#pragma once
#include "base/time.h"
#include "config/config.h"
#include "config/milder.h"
#include <string>
#include <vector>

// `fairlead run`: the steps of fairlead.yml, one after the other, until the first no.
namespace fairlead::chain {

// A tool of ours (`gate`), or a command of the user's with a name (`{name: tests, exec: [pytest, -q]}`).
struct Step {
    std::string name;
    std::vector<std::string> argv; // of a command; empty for a tool
    bool judged = false;           // `judged_by: gate`: the gate after it says whether its failure counts
    std::string skipped = {};      // why it is left out; empty: it is run
    std::string folder = {};       // of a command: where it runs, from that of fairlead.yml; empty: there
    bool is_tool() const { return argv.empty(); }
};

// The steps under `run:`; without that key the tools that have a section, in this order: gate scan tag deploy smoke.
// Errors (usage) have the place in the file.
Result<std::vector<Step>> steps(const config::Config& config);

// What of the file takes a look out of the chain.
std::span<const config::Milder> milder();

// Marks those that --only and --skip leave out; an unknown name is a usage error, and so is when none is left. Where no
// gate is left after it, a judged step decides by itself again.
Result<std::vector<Step>> select(std::vector<Step> all, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip);

enum class Turn {
    ran,
    judged, // it failed, and the gate decides
    named,  // by a dry run
    not_reached,
    skipped
};

struct Outcome {
    std::string name;
    int status = 0; // exit status
    Milliseconds time{0};
    std::string decided; // the tool's last line; why it did not run
    Turn turn = Turn::ran;
    bool passed() const { return turn == Turn::ran && status == 0; }
    bool failed() const { return turn == Turn::ran && status != 0; }
};
int overall_status(const std::vector<Outcome>& outcomes); // the first that is not 0
// "4 steps passed, 1 skipped (gate)", "stopped at scan": only what ran and said yes is counted as passed.
std::string facts_of(const std::vector<Outcome>& outcomes, bool dry_run);
std::string table(const std::vector<Outcome>& outcomes);
report::Case case_of(const Outcome& outcome);
report::Table summary_table(const std::vector<Outcome>& outcomes);

}
