#pragma once
#include "deploy/settings.h"
#include "sys/account.h"
#include <optional>

// Whose processes a release's commands are: those of `target.user`, for `prepare` and the application alike.
namespace fairlead::deploy {

// Nothing: whoever deploys. Error (usage): this host knows no such user, or only root could become it.
Result<std::optional<sys::User>> target_user(const Settings& settings);

// What to say where root deploys and no target.user is named; empty: nothing.
std::string warning_of_root(const Settings& settings);

}
