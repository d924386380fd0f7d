#pragma once
#include "deploy/place.h"
#include "deploy/settings.h"
#include "report/report.h"
#include "sys/clock.h"
#include <string>
#include <vector>

// `status --resources`: what each instance takes, beside its limits.
namespace fairlead::deploy {

struct Load {
    Usage usage;
    double in_use = 0; // processors, over the time between two looks
};

// Looks twice, `between` apart.
Result<std::vector<Load>> measured(Place& place, sys::Clock& clock, Milliseconds between = Milliseconds{300});

// Lines of the text, the member `resources`, and a finding for each that is at 80 % of a limit or above.
void add_resources(report::Report& report, const std::vector<Load>& loads);

// OpenMetrics 1.0, one gauge or counter each, with app, environment, instance and release as labels.
std::string open_metrics(const std::vector<Load>& loads, const Settings& settings);

}
