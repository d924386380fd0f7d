#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::preflight {

std::span<const report::Rule> checklist_rules(); // what a finding of `checklist` may be of; docs/checklists.md

}
