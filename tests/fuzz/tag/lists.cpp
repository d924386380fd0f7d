#include "tag/rules/lists.h"
#include <cstdint>

// List syntax and the fields of its entries.
extern "C" int fuzz_tag_lists(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entries = fairlead::tag::split_entries(text, "tags");
    if (!entries.ok()) return 0;
    for (const auto& entry : entries.value()) {
        if (entry.text.empty() || entry.line < 1) __builtin_trap();
        (void)fairlead::tag::split_fields(entry);
    }
    return 0;
}
