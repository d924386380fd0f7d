#pragma once
#include "deploy/place.h"
#include <memory>

// The user's own commands: what they do is theirs, what is around them ours (lock, journal, gates, proof, the way
// back).
namespace fairlead::deploy {

std::unique_ptr<Place> make_exec(const World& world);

}
