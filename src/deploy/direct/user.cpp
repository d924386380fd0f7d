#include "deploy/direct/user.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::deploy {

Result<std::optional<sys::User>> target_user(const Settings& settings) {
    if (settings.user.empty()) return std::optional<sys::User>();
    auto user = TRY(sys::find_user(settings.user));
    if (sys::can_become(user)) return std::optional(std::move(user));
    return usage(fmt::format("only root can run '{}' as target.user '{}'; deploy as root or as that user",
                             settings.command.front(), settings.user));
}

std::string warning_of_root(const Settings& settings) {
    if (!settings.user.empty() || !sys::is_root() || settings.target != "direct") return {};
    return "prepare and the application run as root; to use another user, set target.user";
}

}
