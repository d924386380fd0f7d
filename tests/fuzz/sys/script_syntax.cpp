// A script's pattern written for PCRE2: no crash, with each kind of flags, and groups lie within the text.
#include "sys/pattern/script_syntax.h"
#include "sys/pattern/pattern.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::sys;

extern "C" int fuzz_sys_script_syntax(const std::uint8_t* data, std::size_t size) {
    const std::string_view expression(reinterpret_cast<const char*>(data), size);
    for (const auto* flags : {"", "u", "msv", "iy"}) {
        const auto text = pcre_of_script(expression, flags);
        const auto pattern = ScriptPattern::compile(expression, flags);
        if (!text.ok() && pattern.ok()) std::abort();
        if (!pattern.ok()) continue;
        const auto found = pattern->search("a1.2\n\u00e9-b");
        if (found.ok() && found.value() && !found.value()->front()) std::abort();
    }
    return 0;
}
