#pragma once
#include "preflight/parts/compose_parts.h"
#include <string>
#include <string_view>

// Where the image of a database keeps its data, and whether a volume holds it.
namespace fairlead::preflight::compose {

bool is_below(std::string_view path, std::string_view folder); // also true for the folder itself

// Returns where a volume must be mounted: "/var/lib/mysql", or "/bitnami/mysql" for another maker's image.
std::string data_folder(const ComposeService& service, const Database& database);
// Returns whether a mount of the service contains the data, or the person who installs it must name one.
bool keeps_data(const ComposeService& service, const Database& database);
// Returns whether the data is in the volumes of another container (volumes_from), or this is that other container.
bool is_kept_by_another(const ComposeService& service, const ComposeProject& project);

}
