#pragma once
#include "base/embedded_text.h"
#include <span>

namespace fairlead::init {

extern const std::span<const EmbeddedText> kit_texts; // the files below src/init/kit/<folder>/

}
