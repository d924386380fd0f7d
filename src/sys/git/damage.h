#pragma once
#include "sys/files/files.h"
#include <string>

namespace fairlead::sys {

// Describes damaged objects of a repository that a fetch can't repair, because git believes that it has them:
// "objects/pack/pack-….pack is cut short or damaged". Looks only at the ends of the packs and at the file of the object
// `id` (40 hex digits, or empty). Empty: no damage found. `common` is the folder that contains objects/.
std::string damage_of(const Path& common, const std::string& id);

}
