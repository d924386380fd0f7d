#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

bool is_terminal(int descriptor);
bool someone_answers(); // whether standard input and standard error are terminals
// Asks on standard error, and returns the typed line without its end. Error (could_not): the input ended, or a signal
// came.
Result<std::string> ask(std::string_view question);

}
