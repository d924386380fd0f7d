#pragma once
#include "deploy/place.h"
#include <memory>

namespace fairlead::deploy {

std::unique_ptr<Place> make_direct(const World& world); // runs releases as processes of this host

}
