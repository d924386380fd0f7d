#pragma once
#include "deploy/place.h"
#include <memory>

// Runs releases as containers of the user's own compose project. An instance is a container with our labels
// (dev.fairlead.*). Containers without these labels are never ended, removed or started.
namespace fairlead::deploy {

std::unique_ptr<Place> make_compose(const World& world);

}
