#pragma once
#include "preflight/checklists/signoffs.h"
#include "report/report.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

// Sign-offs of items that the list doesn't have: it was taken out, or somebody has mistyped its id. Those of a Markdown
// file's points go with the points.
std::vector<report::Finding> left_over(const Checklist& list, const std::map<std::string, Signoff>& signoffs);

}
