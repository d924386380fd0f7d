#pragma once
#include "base/result.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What an application finds around it, whoever keeps it running: never what its deployer happened to have.
namespace fairlead::sys {
struct User;
}

namespace fairlead::deploy {

struct ReleaseInfo;                                                   // deploy/release/release.h
struct Settings;                                                      // deploy/settings.h
using Assignments = std::vector<std::pair<std::string, std::string>>; // names and values

inline constexpr const char* service_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// NAME=value, each name once: HOME, LANG, TZ and the like of `base`, the user's, service_path; over them `own`.
std::vector<std::string> application_environment(const sys::Environment& base, const sys::User* user,
                                                 const Assignments& own);
// FAIRLEAD_APP and the like: what each command of a release is told of it.
Assignments told_of_release(const Settings& settings, const ReleaseInfo& release);
std::string path_in(const std::vector<std::string>& environment); // PATH of such a one

// The program as an absolute path: a bare name found in `path`; relative names and folders of it are meant from
// `folder`, where the program will run. Nothing: it isn't there.
std::optional<std::string> program_in(const std::string& name, const std::string& path, const sys::Path& folder);
// The same; error (could_not) with the way out. `key`: where the program is named, target.command or prepare.
Result<std::string> require_program(std::string_view key, const std::string& name, const std::string& path,
                                    const sys::Path& folder);

}
