#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::gate {

std::span<const report::Rule> report_rules(); // what a finding may be of, and a waiver may name

}
