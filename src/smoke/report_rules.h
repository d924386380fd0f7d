#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::smoke {

std::span<const report::Rule> report_rules(); // the rules that a finding may have and a waiver may name

}
