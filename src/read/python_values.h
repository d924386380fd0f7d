#pragma once
#include "read/python.h"
#include "read/python_tokens.h"
#include <span>

namespace fairlead::read {

// Of the tokens of an expression, all of them; with commas outside of brackets it is a list.
PythonValue python_value(std::span<const PythonToken> tokens);

}
