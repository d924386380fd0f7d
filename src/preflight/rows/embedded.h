#pragma once
#include "base/embedded_text.h"
#include <span>

namespace fairlead::preflight {

extern const std::span<const EmbeddedText> row_texts; // the YAML files in this folder

}
