#pragma once
#include "deploy/release/store.h"
#include "deploy/settings.h"

// Finds the release that a rollback goes to, and the commands for it.
namespace fairlead::deploy {

// Returns the release that a rollback without a name goes to; empty: none. Among the releases in `present` that aren't
// marked bad, it is the last that served before the current one. If the history is damaged or lost, it is the previous
// release named by the state.
Result<std::string> release_before(const Store& store, const State& state, const std::vector<std::string>& present);

// Returns the releases that are marked bad: a rollback without a name never goes to them.
Result<std::vector<std::string>> marked_bad(const Store& store, const std::vector<std::string>& releases);

// "fairlead-deploy status --env staging --component web": the command for this target.
std::string command_for(const Settings& settings, std::string_view command);
// Returns the command that starts a release again even though its record says that it already serves.
std::string apply_by_force(const Settings& settings, const std::string& release);
// Returns the command that puts a release live; a person replaces the word RELEASE. In production it has --confirm.
std::string rollback_to_release(const Settings& settings);

}
