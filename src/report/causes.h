#pragma once
#include "report/report.h"
#include <functional>
#include <string>
#include <vector>

// Joins findings with the same cause into one line.
namespace fairlead::report {

// Joins new findings with the same rule, severity and fact (the text after the first semicolon). The first finding
// stays in its place; the others become its `also`. Errors are joined only if they are in the same line of one file, or
// have the same words in one file. Findings with the same `cause` are joined into the most severe of them. A finding
// stays alone if it has no line or if `stands_alone` returns true for it.
void join_causes(std::vector<Finding>& findings, const std::function<bool(const Finding&)>& stands_alone);

// "; the same: web (line 8), mail (line 21) and 4 more"; empty: there is no other place.
std::string told_places(const Finding& finding);

// Sorts the most severe findings first, and by weight within a severity. Equal findings stay in their order.
void worst_first(std::vector<Finding>& findings);

}
