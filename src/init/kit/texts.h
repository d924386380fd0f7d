#pragma once
#include <span>
#include <string_view>

namespace fairlead::init {

// The files below src/init/kit/<folder>/, embedded by cmake/embed.cmake; sorted by name.
struct KitText {
    std::string_view name; // "python/Dockerfile.prod"
    std::string_view text;
};
extern const std::span<const KitText> kit_texts;

}
