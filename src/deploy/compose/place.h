#pragma once
#include "deploy/place.h"
#include <memory>

// Releases as containers of the user's own compose project: an instance is a container, found again by its labels
// (dev.fairlead.*), and no container without them is ever ended, removed or started.
namespace fairlead::deploy {

std::unique_ptr<Place> make_compose(const World& world);

}
