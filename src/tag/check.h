#pragma once
#include "tag/source/gather.h"
#include "tag/tags.h"
#include "tag/version/next_version.h"
#include "tag/written.h"

namespace fairlead::tag {

// Judges what was given, of rules that don't fire for this event too, without looking at a repository: what is refused
// on the day of a release is refused today. Errors (usage) are those of make_tags and next_version, under strict the
// first fault, with the place where the input ("initial-version") was written.
Result<void> check(const Inputs& inputs, const Wanted& wanted, const NextWanted& next);

}
