// Bytes as a file of ConfigParser: what is found is one of its settings, and lines lie within it.
#include "read/ini.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

extern "C" int fuzz_read_ini(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = read::read_ini(text);
    const auto lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    for (const auto& one : file.settings) {
        if (one.line < 1 || one.line > lines || one.name.empty()) std::abort();
        if (file.find(one.section, one.name) == nullptr) std::abort();
    }
    for (const auto& one : file.problems)
        if (one.line < 1 || one.line > lines) std::abort();
    return 0;
}
