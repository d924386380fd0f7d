#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::deploy {

std::span<const report::Rule> report_rules(); // what a finding may be of, and a waiver may name

}
