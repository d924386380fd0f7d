#pragma once
#include "gate/judge/judge.h"

namespace fairlead::gate {

// Makes the report of gate.md 1: the JSON keys, the step outputs and the text for people.
report::Report to_report(std::span<const Item> items, const Totals& totals, const Judgement& judgement);

}
