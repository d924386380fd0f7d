#include "deploy/direct/variables.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;

// What was read and is written again is read as the same.
extern "C" int fuzz_deploy_env(const std::uint8_t* data, std::size_t size) {
    const auto pairs = parse_env({reinterpret_cast<const char*>(data), size}, "env");
    if (!pairs.ok()) return 0;
    std::string text;
    for (const auto& [name, value] : pairs.value()) text += name + "=" + quote_env(value) + "\n";
    const auto again = parse_env(text, "env");
    if (!again.ok() || again.value() != pairs.value()) std::abort();
    return 0;
}
