// hostile: env files
// The first byte chooses the dialect. Places are inside the file and in order; what was read once reads the same again.
#include "read/env/env.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::read;

extern "C" int fuzz_read_env(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto dialect = static_cast<EnvDialect>(data[0] % dialect_names().size());
    const auto lookup = [](const std::string& name) {
        return name == "B" ? std::optional<std::string>("bee") : std::nullopt;
    };
    const EnvFile file = read_env(text, dialect, lookup);
    std::size_t begin = 0;
    for (const auto& entry : file.entries) {
        const bool inside = entry.whole.begin <= entry.name_at.begin && entry.name_at.begin <= entry.name_at.end &&
                            entry.name_at.end <= entry.value_at.begin && entry.value_at.begin <= entry.value_at.end &&
                            entry.value_at.end <= entry.whole.end && entry.whole.end <= text.size();
        if (!inside || entry.whole.begin < begin || entry.line < 1 || entry.column < 1 || entry.end_line < entry.line)
            std::abort();
        begin = entry.whole.begin;
    }
    for (const auto& problem : file.problems)
        if (problem.line < 1 || problem.column < 1) std::abort();
    if (file.refused && file.problems.empty()) std::abort();
    if (read_env(text, dialect, lookup).values() != file.values()) std::abort();
    return 0;
}
