#pragma once
#include "preflight/checklists/signoffs.h"
#include "report/report.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

// Reports sign-offs of items that are not in the list: the item was removed, or its id is misspelled. Sign-offs of a
// Markdown file's points are not reported: they may be removed with the points.
std::vector<report::Finding> left_over(const Checklist& list, const std::map<std::string, Signoff>& signoffs);

}
