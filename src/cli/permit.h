#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/permit.h"
#include <map>
#include <set>
#include <string>
#include <vector>

// Decides in one place what a run may do. This depends on the command's declaration (NeedWhen), and on who made the
// change that the job is about. sys/permit.h gets the result, and refuses everything else.
namespace fairlead::cli {

bool is_for_own_changes(Need need); // whether it is refused for a foreign change (config/change.h)

// Returns the rows that apply to this run. `command`: the chosen command; empty: the tool has no commands.
std::vector<NeedWhen> needs_of(const Spec& spec, const std::string& command, const Words& words,
                               const sys::Environment& variables);

// Error (could_not), with the way out: the change is foreign, and the request would give it influence. A hidden command
// (our own process) is not checked, because its caller was.
Result<sys::Permit> permit_of(const Spec& spec, const std::string& command, const std::vector<NeedWhen>& needs,
                              const config::Change& change, bool dry_run);

}
