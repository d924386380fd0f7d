#pragma once
#include "sys/environment.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What an application finds around it, whoever keeps it running: never what its deployer happened to have.
namespace fairlead::sys {
struct User;
}

namespace fairlead::deploy {

inline constexpr const char* service_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// NAME=value, each name once: HOME, LANG, TZ and the like of `base`, the user's, service_path; over them `own`.
std::vector<std::string> application_environment(const sys::Environment& base, const sys::User* user,
                                                 const std::vector<std::pair<std::string, std::string>>& own);
// The program as a path, found in that PATH; a name with '/' as it is. Nothing: it isn't there.
std::optional<std::string> program_in(const std::string& name, const std::string& path);

}
