#pragma once
#include "smoke/compare/comparison.h"
#include "smoke/compare/sender.h"

namespace fairlead::smoke::compare {

// Times requests to both releases in turn and judges the times (slower.h). One more pair is sent before, to make the
// connections. If an answer's status isn't `status`, its pair is sent again, with a check's retries.
void measure_speed(Sender& sender, const Comparison& comparison, const Compared& pair, int status, std::uint64_t seed,
                   Tried& tried);

}
