#pragma once
#include "deploy/release/store.h"
#include "deploy/settings.h"

// Where a rollback leads, and the commands to get there.
namespace fairlead::deploy {

// Returns the release that a rollback without a name goes to; empty: none. Of those in `present` it served last before
// the current one, and isn't marked bad. If the history is damaged or lost, the state names it.
Result<std::string> release_before(const Store& store, const State& state, const std::vector<std::string>& present);

// Those of them that are marked bad: no rollback goes there by itself.
Result<std::vector<std::string>> marked_bad(const Store& store, const std::vector<std::string>& releases);

// "fairlead-deploy status --env staging --component web": the command for this target.
std::string command_for(const Settings& settings, std::string_view command);
// The command that starts a release again whose record says that it serves.
std::string apply_by_force(const Settings& settings, const std::string& release);
// The command that puts RELEASE live, for a person to complete: with --confirm in production.
std::string rollback_to_release(const Settings& settings);

}
