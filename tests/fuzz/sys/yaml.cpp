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

static void judge(const fairlead::Error& error) {
    if (error.kind != fairlead::Kind::usage || error.place.file != "f") std::abort();
}

extern "C" int fuzz_sys_yaml(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto strict = fairlead::sys::parse_yaml(text, "f");
    if (!strict.ok()) judge(strict.error());
    if (strict.ok() && check(strict.value(), 0) > 100'000) std::abort();
    const auto documents = fairlead::sys::parse_yaml_documents(text, "f", fairlead::sys::YamlDialect::compose);
    if (!documents.ok()) {
        judge(documents.error());
        if (strict.ok()) std::abort(); // what the strict one takes, this one takes, too
        return 0;
    }
    int count = 0;
    for (const auto& document : documents.value()) count += check(document, 0);
    if (count > 100'000) std::abort();
    return 0;
}
