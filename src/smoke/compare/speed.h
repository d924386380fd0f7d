#pragma once
#include "smoke/compare/comparison.h"
#include "smoke/compare/sender.h"

namespace fairlead::smoke::compare {

// Times requests to both releases in turn and judges the times (slower.h). One more pair goes before them, because it
// may have to make the connections. An answer with another status than `status` doesn't count: its pair is sent again,
// as a check's request is.
void measure_speed(Sender& sender, const Comparison& comparison, const Compared& pair, int status, std::uint64_t seed,
                   Tried& tried);

}
