#pragma once
#include "sys/files/files.h"
#include <string>

namespace fairlead::sys {

// What is broken among the objects of a repository, so that no fetch brings it back: git takes what it has the name of
// for there. "objects/pack/pack-….pack is cut short or damaged"; empty: nothing that a look at the ends of its packs
// and at the file of the object `id` (40 hex digits, or empty) shows. `common` is the folder that holds objects/.
std::string damage_of(const Path& common, const std::string& id);

}
