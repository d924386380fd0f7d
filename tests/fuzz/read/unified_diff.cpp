// Bytes as a text with diffs: no line is in two pieces, text keeps its place, and what is no diff is one piece.
#include "read/unified_diff.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

extern "C" int fuzz_read_unified_diff(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto pieces = read::pieces_of_diff(text);
    std::size_t bytes = 0;
    for (const auto& piece : pieces) {
        bytes += piece.text.size();
        if (piece.first_line < 0) std::abort();
        if (std::count(piece.before.begin(), piece.before.end(), '\n') > 64) std::abort();
        if (piece.path.empty() && text.find(piece.text) == text.npos) std::abort();
    }
    if (bytes > size) std::abort();
    if (text.find("\n+++ ") == text.npos && bytes != size) std::abort();
    return 0;
}
