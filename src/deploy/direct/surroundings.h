#pragma once
#include "base/result.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The environment of an application. It is the same for every keeper and never contains the deployer's own variables.
namespace fairlead::sys {
struct User;
}

namespace fairlead::deploy {

struct ReleaseInfo;                                                   // deploy/release/release.h
struct Settings;                                                      // deploy/settings.h
using Assignments = std::vector<std::pair<std::string, std::string>>; // names and values

inline constexpr const char* service_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Returns NAME=value, each name once: HOME, LANG, TZ and similar from `base`, the user's values, and service_path.
// Values in `own` have priority.
std::vector<std::string> application_environment(const sys::Environment& base, const sys::User* user,
                                                 const Assignments& own);
// FAIRLEAD_APP and similar variables: facts about a release for each of its commands.
Assignments told_of_release(const Settings& settings, const ReleaseInfo& release);
std::string path_in(const std::vector<std::string>& environment); // the value of PATH in such a list

// Returns the program's absolute path. Searches `path` for a bare name. Relative names, and relative folders in `path`,
// start at `folder`, where the program will run. Nothing: the program isn't there.
std::optional<std::string> program_in(const std::string& name, const std::string& path, const sys::Path& folder);
// Like program_in(), with error (could_not) and the way out. `key`: the setting that names the program, target.command
// or prepare.
Result<std::string> require_program(std::string_view key, const std::string& name, const std::string& path,
                                    const sys::Path& folder);

}
