#pragma once
#include "base/time.h"
#include "config/config.h"
#include "config/milder.h"
#include <string>
#include <vector>

// Implements `fairlead run`: the steps of fairlead.yml in order, until a step fails.
namespace fairlead::chain {

// One of our tools (`gate`), or a user's command with a name (`{name: tests, exec: [pytest, -q]}`).
struct Step {
    std::string name;
    std::vector<std::string> argv; // for a command; empty for a tool
    bool judged = false;           // `judged_by: gate`: the next gate decides whether its failure counts
    std::string skipped = {};      // why it is skipped; empty: it runs
    // for a command: its working folder, relative to fairlead.yml's folder; empty: that folder
    std::string folder = {};
    bool is_tool() const { return argv.empty(); }
};

// Returns the steps under `run:`. Without that key, returns the tools that have a section, in this order: gate scan tag
// deploy smoke. Errors (usage) have the place in the file.
Result<std::vector<Step>> steps(const config::Config& config);

// Returns the keys of the file that can remove a check from the chain.
std::span<const config::Milder> milder();

// Marks steps that --only and --skip leave out. Error (usage): an unknown name, or no step is left. If no gate follows
// a judged step any more, its own status counts.
Result<std::vector<Step>> select(std::vector<Step> all, const std::vector<std::string>& only,
                                 const std::vector<std::string>& skip);

enum class Turn {
    ran,
    judged, // failed, and the gate will decide
    named,  // a dry run only prints its name
    not_reached,
    skipped
};

struct Outcome {
    std::string name;
    int status = 0; // exit status
    Milliseconds time{0};
    std::string decided; // the tool's last line, or why it did not run
    Turn turn = Turn::ran;
    bool passed() const { return turn == Turn::ran && status == 0; }
    bool failed() const { return turn == Turn::ran && status != 0; }
};
int overall_status(const std::vector<Outcome>& outcomes); // the first status that is not 0
// Returns "4 steps passed, 1 skipped (gate)", "stopped at scan". Only steps that ran and succeeded count as passed.
std::string facts_of(const std::vector<Outcome>& outcomes, bool dry_run);
std::string table(const std::vector<Outcome>& outcomes);
report::Case case_of(const Outcome& outcome);
report::Table summary_table(const std::vector<Outcome>& outcomes);

}
