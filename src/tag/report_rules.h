#pragma once
#include "report/report.h"
#include <span>

namespace fairlead::tag {

std::span<const report::Rule> report_rules(); // rules of the findings, which a waiver may name

}
