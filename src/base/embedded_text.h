#pragma once
#include <string_view>

namespace fairlead {

// A file that cmake/embed.cmake writes into the program. A folder of them is a span, sorted by name.
struct EmbeddedText {
    std::string_view name; // from that folder: "python/Dockerfile.prod"
    std::string_view text;
};

}
