#pragma once
#include "read/compose.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::read {

// Short forms become long ones, as compose does behind each merge. `left`: how many values may still be made.
void normalise_compose(ComposeValue& model, ComposeProject& project, std::size_t& left);

// Relative paths (build contexts, env files, bind sources …) become such from the project's root.
void resolve_compose_paths(ComposeValue& model, std::string_view directory);
std::string join_path(std::string_view directory, std::string_view path); // "." for the root itself
bool is_elsewhere(std::string_view path); // https://…, git@…, oci://…: compose fetches it

// The typed part of each service, from the normalised model.
void read_services(ComposeValue& services, const std::vector<std::string>& profiles, ComposeProject& project);

}
