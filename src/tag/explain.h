#pragma once
#include "tag/tags.h"
#include <string>

namespace fairlead::tag {

// Returns why each rule gave a tag or not, what decided about `latest`, and every note.
std::string explain_text(const Run& run);
std::string explain_json(const Run& run); // {"event":…,"rules":[…],"latest":…,"notes":[…]}

}
