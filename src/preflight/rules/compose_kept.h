#pragma once
#include "preflight/parts/compose_parts.h"
#include <string>
#include <string_view>

// Where the image of a database keeps its data, and whether a volume holds it.
namespace fairlead::preflight::compose {

bool is_below(std::string_view path, std::string_view folder); // or the folder itself

// Returns where a volume has to be mounted: "/var/lib/mysql", of another maker's image "/bitnami/mysql".
std::string data_folder(const ComposeService& service, const Database& database);
// Returns whether a mount of the service holds the data, or whoever installs it names one.
bool keeps_data(const ComposeService& service, const Database& database);
// Returns whether the data is in the volumes of a container beside it (volumes_from), or this is that container.
bool is_kept_by_another(const ComposeService& service, const ComposeProject& project);

}
