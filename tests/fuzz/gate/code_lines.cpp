#include "gate/code_lines.h"
#include "base/text.h"
#include <array>
#include <cstdint>
#include <cstdlib>

// hostile: source files of a change, of any language. Each line of the text has an answer.
extern "C" int fuzz_gate_code_lines(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<const char*, 12> names = {"a.py", "a.rb", "a.ts", "a.go", "a.rs", "a.php",
                                                   "a.pm", "a.ex", "a.h",  "a.cs", "a.c",  "a.dart"};
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto codes = fairlead::gate::code_lines(names[data[0] % names.size()], text);
    if (codes.size() != fairlead::split(text, '\n').size()) std::abort();
    return 0;
}
