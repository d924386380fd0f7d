#pragma once
#include "smoke/check.h"

// Checks that follow redirects.
namespace fairlead::smoke {

// Like ask_once(), but follows redirects (RFC 9110, 15.4; with GET after 301, 302 and 303, as usual clients do). The
// last answer is judged. All requests share the time limit of one attempt, and their times are added. Other origins get
// no credentials; see Web::prepare().
Attempt ask_and_follow(const Check& check, const World& world);

}
