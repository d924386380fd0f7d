#pragma once
#include "report/report.h"
#include <functional>
#include <string>
#include <vector>

// One cause, one line.
namespace fairlead::report {

// New findings of one rule, severity and fact (the text behind the first semicolon) become the first of them, in its
// place; the others are its `also`. Errors have to stand in one line of one file for it, or to be in the same words in
// one file. Findings of one `cause` become the gravest of them. A finding without a line stays alone, and so does one
// that `stands_alone`.
void join_causes(std::vector<Finding>& findings, const std::function<bool(const Finding&)>& stands_alone);

// "; the same: web (line 8), mail (line 21) and 4 more"; empty when there is no other place.
std::string told_places(const Finding& finding);

// The worst severity first, in it the heavier; the order stays where both are equal.
void worst_first(std::vector<Finding>& findings);

}
