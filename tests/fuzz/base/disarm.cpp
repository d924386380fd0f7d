#include "base/disarm.h"
#include "support/runner.h"
#include <cstdint>
#include <cstdlib>

// No command survives, whatever the reader makes of the text, and nothing is taken out of it.
extern "C" int fuzz_base_disarm(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string safe = fairlead::disarm(text);
    if (!fairlead::test::runner::commands_in(safe).empty()) std::abort();
    if (safe.find("##[") != std::string::npos) std::abort();
    if (fairlead::disarm(safe) != safe) std::abort();
    std::size_t at = 0; // what was added are backslashes
    for (const char c : safe) {
        if (at < text.size() && c == text[at])
            ++at;
        else if (c != '\\')
            std::abort();
    }
    if (at != text.size()) std::abort();
    return 0;
}
