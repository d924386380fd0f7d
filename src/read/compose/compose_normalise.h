#pragma once
#include "read/compose/compose.h"
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::read {

// Turns short forms into long forms, as compose does after each merge. `left`: how many values may still be made.
void normalise_compose(ComposeValue& model, ComposeProject& project, std::size_t& left);

// Makes relative paths (build contexts, env files, bind sources …) start at the project's root.
void resolve_compose_paths(ComposeValue& model, std::string_view directory);
std::string join_path(std::string_view directory, std::string_view path); // "." for the root itself
bool is_elsewhere(std::string_view path); // https://…, git@…, oci://…: fetched by compose

// Fills the typed fields of each service from the normalised model.
void read_services(ComposeValue& services, const std::vector<std::string>& profiles, ComposeProject& project);

}
