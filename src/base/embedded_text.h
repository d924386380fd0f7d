#pragma once
#include <string_view>

namespace fairlead {

// A file that cmake/embed.cmake puts into the program. The files of a folder become one span, sorted by name.
struct EmbeddedText {
    std::string_view name; // path from that folder: "python/Dockerfile.prod"
    std::string_view text;
};

}
