#pragma once
#include "deploy/place.h"
#include "deploy/settings.h"
#include "report/report.h"
#include "sys/clock.h"
#include <string>
#include <vector>

// `status --resources`: each instance's use of resources, and its limits.
namespace fairlead::deploy {

struct Load {
    Usage usage;
    double in_use = 0; // number of processors in use between two looks
};

// Looks twice, with a pause of `between`.
Result<std::vector<Load>> measured(Place& place, sys::Clock& clock, Milliseconds between = Milliseconds{300});

// Adds lines to the text, the member `resources`, and a finding for each resource at 80 % of its limit or above.
void add_resources(report::Report& report, const std::vector<Load>& loads);

// Returns OpenMetrics 1.0: one gauge or counter each, with the labels app, environment, instance and release.
std::string open_metrics(const std::vector<Load>& loads, const Settings& settings);

}
