#pragma once
#include <string>
#include <string_view>

// Finds commands that work on a copy of the stack: a test, or a trial of a restore.
namespace fairlead::preflight {

// Returns whether a word of the name is for a trial: shop-restore-test, e2e. "latest" is not.
bool is_named_for_trials(std::string_view name);

// Returns the line without the project that it gives `docker compose`: "docker compose down -v" of
// "docker compose -p shop down -v".
std::string without_project(std::string_view line);

// Returns whether the script gives `docker compose` a project of its own in this line, whose name is for a trial. The
// line's command may be a function of the script. Sources of the name: -p, --project-name, COMPOSE_PROJECT_NAME, and
// the script's own variables with their defaults. Also true if only the script's caller knows the name.
bool works_in_trial_project(std::string_view script, std::string_view line);

}
