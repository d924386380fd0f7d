#pragma once
#include "deploy/place.h"
#include <memory>

// Deploys with the user's own commands. Fairlead adds lock, journal, gates, checks and the way back.
namespace fairlead::deploy {

std::unique_ptr<Place> make_exec(const World& world);

}
