#pragma once
#include "tag/source/gather.h"
#include "tag/tags.h"
#include "tag/version/next_version.h"
#include "tag/written.h"

namespace fairlead::tag {

// Checks inputs without reading a repository, including rules that don't apply to this event. So an error in a
// release's rule is found before the release. Errors (usage): as make_tags() and next_version(); under strict, also the
// first fault. They have the place of the input ("initial-version").
Result<void> check(const Inputs& inputs, const Wanted& wanted, const NextWanted& next);

}
