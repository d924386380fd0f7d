#pragma once
#include "smoke/check.h"

// Checks that follow redirects.
namespace fairlead::smoke {

// Asks as ask_once() does, and goes where each redirect points (RFC 9110, 15.4; after 301, 302 and 303 with GET, as
// clients do). The last answer is judged. All requests together get the time of one attempt, and their times are added
// up. Another origin hears no credentials; see Web::prepare().
Attempt ask_and_follow(const Check& check, const World& world);

}
