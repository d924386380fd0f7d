#pragma once
#include "deploy/settings.h"
#include "sys/account.h"
#include <optional>

// The user that runs a release's commands: `target.user`, for `prepare` and for the application.
namespace fairlead::deploy {

// Nothing: the deployer's user. Error (usage): the host has no such user, or only root could switch to it.
Result<std::optional<sys::User>> target_user(const Settings& settings);

// Returns a warning if root deploys without target.user; empty: no warning.
std::string warning_of_root(const Settings& settings);

}
