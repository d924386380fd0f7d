#include "tag/rules/rules.h"
#include "tag/rules/flavor.h"
#include "tag/rules/images.h"
#include "tag/rules/lists.h"
#include <cstdint>

// Rules, flavor and images from the texts of their inputs.
extern "C" int fuzz_tag_rules(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const auto entries = split_entries({reinterpret_cast<const char*>(data), size}, "tags");
    if (!entries.ok()) return 0;
    Notes notes;
    const auto rules = parse_rules(entries.value(), notes);
    if (rules.ok())
        for (std::size_t i = 1; i < rules.value().size(); ++i)
            if (rules.value()[i - 1].priority < rules.value()[i].priority) __builtin_trap();
    (void)parse_flavor(entries.value(), notes);
    (void)parse_images(entries.value(), notes);
    for (const auto& note : notes.all()) (void)describe(note);
    return 0;
}
