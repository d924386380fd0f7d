#pragma once
#include "gate/change.h"
#include "gate/evidence.h"
#include "gate/places.h"
#include <functional>

namespace fairlead::gate {

// Returns whether the change may have brought a finding: it is at an added line (blank lines included), it has no line
// and its file was changed, or it names no file of the repository. Both arguments must outlive the result.
std::function<bool(const Foreign&)> in_change(const ChangedLines& changed, const SourceTree& tree);

}
