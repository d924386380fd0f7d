#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::preflight {

std::span<const report::Rule> checklist_rules(); // rules of `checklist` findings; docs/checklists.md

}
