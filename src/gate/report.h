#pragma once
#include "gate/judge.h"

namespace fairlead::gate {

// gate.md 1: the JSON keys, the step outputs and what a person reads.
report::Report to_report(std::span<const Item> items, const Totals& totals, const Judgement& judgement);

}
