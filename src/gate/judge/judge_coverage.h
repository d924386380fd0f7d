#pragma once
#include "gate/judge/judge.h"

namespace fairlead::gate {

// Adds the rules about coverage that apply.
void judge_coverage(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past,
                    Judgement& out);

}
