#pragma once
#include "read/python.h"
#include "read/python_tokens.h"
#include <span>

namespace fairlead::read {

// Reads all tokens of an expression as one value; commas outside of brackets make a list.
PythonValue python_value(std::span<const PythonToken> tokens);

}
