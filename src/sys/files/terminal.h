#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

bool is_terminal(int descriptor);
bool someone_answers(); // standard input and standard error are terminals
// The question on standard error, the line that is typed without its end. Error (could_not): the input ends, a signal.
Result<std::string> ask(std::string_view question);

}
