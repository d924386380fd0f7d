// Any bytes give a tree within the limits or one usage error with a place.
#include "sys/data/yaml.h"
#include <cstdint>
#include <cstdlib>
#include <set>

using fairlead::sys::YamlNode;

static int check(const YamlNode& node, int depth) {
    if (depth > 101 || node.line < 0 || node.column < 0) std::abort();
    int count = 1;
    for (const auto& item : node.items) count += check(item, depth + 1);
    std::set<std::string> keys;
    for (const auto& [key, value] : node.entries) {
        if (!keys.insert(key.scalar).second) std::abort();
        count += check(value, depth + 1);
    }
    return count;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = fairlead::sys::parse_yaml({reinterpret_cast<const char*>(data), size}, "f");
    if (result.ok()) {
        if (check(result.value(), 0) > 100'000) std::abort();
    } else if (result.error().kind != fairlead::Kind::usage || result.error().place.file != "f") {
        std::abort();
    }
    return 0;
}
