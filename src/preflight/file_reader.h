#pragma once
#include "preflight/look.h"
#include <functional>
#include <optional>
#include <string>

namespace fairlead::preflight {

// Returns what reads a file of the project, each one once. Nothing: it is absent, a folder, or can't be judged, which
// project.unread then says with the reason.
std::function<std::optional<std::string>(const std::string&)> file_reader(const sys::Root& root, const Wanted& wanted,
                                                                          const Project& project);

}
