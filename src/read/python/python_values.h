#pragma once
#include "read/python/python.h"
#include "read/python/python_tokens.h"
#include <span>

namespace fairlead::read {

// Reads all tokens of an expression as one value; commas outside of brackets make a list.
PythonValue python_value(std::span<const PythonToken> tokens);

}
