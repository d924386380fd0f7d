#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/permit.h"
#include <map>
#include <set>
#include <string>
#include <vector>

// One place decides what a run may do: the command's declaration (NeedWhen) and whose change the job is about. sys is
// told (sys/permit.h) and refuses everything else, whoever asks for it.
namespace fairlead::cli {

bool is_for_own_changes(Need need); // refused where the change is foreign

// The rows that count for this run. `command` as it was chosen; empty: the tool has none.
std::vector<NeedWhen> needs_of(const Spec& spec, const std::string& command, const Words& words,
                               const sys::Environment& variables);

// Error (could_not): the change is foreign, and what was asked for would let it decide; with the way out. A hidden
// command (our own process) is asked by one that was permitted.
Result<sys::Permit> permit_of(const Spec& spec, const std::string& command, const std::vector<NeedWhen>& needs,
                              const config::Change& change, bool dry_run);

}
