// slow: an execution takes ten times as long as one of the others
// The first line is an expression, the rest is the text: no crash, no hang, and groups lie within the text.
#include "sys/pattern/pattern.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::sys;

extern "C" int fuzz_sys_pattern(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto newline = std::min(input.find('\n'), input.size());
    const auto expression = input.substr(0, newline), text = input.substr(std::min(newline + 1, size));
    if (const auto pattern = Pattern::compile(expression); pattern.ok()) {
        std::vector<std::string_view> groups;
        if (pattern->search(text, 0, groups) != pattern->matches(text)) std::abort();
        for (const auto group : groups)
            if (group.data() && (group.data() < text.data() || group.data() + group.size() > text.data() + text.size()))
                std::abort();
    }
    if (const auto pattern = ScriptPattern::compile(expression, "i"); pattern.ok()) {
        const auto found = pattern->search(text);
        if (found.ok() && found.value() && !found.value()->front()) std::abort();
    }
    if (const std::vector<std::string> literals = {std::string(expression), "b"}; !expression.empty()) {
        const auto set = LiteralSet::compile(literals);
        std::vector<LiteralSet::Hit> hits;
        if (set.ok()) set->scan(text, hits);
        for (const auto& hit : hits)
            if (hit.end > text.size() || hit.literal > 1) std::abort();
    }
    return 0;
}
