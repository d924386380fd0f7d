#pragma once
#include "preflight/look.h"
#include <functional>
#include <optional>
#include <string>

namespace fairlead::preflight {

// Returns a function that reads a file of the project, and reads each file only once. It returns nothing for an absent
// file, for a folder, and for a file that can't be judged (then project.unread has the reason).
std::function<std::optional<std::string>(const std::string&)> file_reader(const sys::Root& root, const Wanted& wanted,
                                                                          const Project& project);

}
