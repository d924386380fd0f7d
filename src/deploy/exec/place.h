#pragma once
#include "deploy/place.h"
#include <memory>

// Deploys by the user's own commands. We add lock, journal, gates, checks and the way back.
namespace fairlead::deploy {

std::unique_ptr<Place> make_exec(const World& world);

}
