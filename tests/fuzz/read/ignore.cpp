// hostile: ignore files
// A path in the first line, a .dockerignore behind it: an answer, and never a crash.
#include "read/ignore.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::read;

extern "C" int fuzz_read_ignore(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = text.find('\n');
    if (end == text.npos) return 0;
    const std::string_view path = text.substr(0, end);
    IgnoreFile file = read_ignore(text.substr(end + 1));
    const bool sent = file.sent(path);
    for (const auto& problem : file.problems)
        if (problem.line < 1) std::abort();
    file.patterns.push_back(file.patterns.empty() ? IgnorePattern() : file.patterns.back()); // twice is once
    if (!file.patterns.back().text.empty() && file.sent(path) != sent) std::abort();
    return 0;
}
