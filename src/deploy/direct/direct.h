#pragma once
#include "deploy/place.h"
#include <memory>

namespace fairlead::deploy {

std::unique_ptr<Place> make_direct(const World& world); // processes of this host

}
