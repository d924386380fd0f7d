// Bytes as a module of Python: places lie within it, and what is read as a string is UTF-8.
#include "read/python/python.h"
#include "base/text.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

namespace {

void check(const read::PythonValue& value, int lines) {
    if (value.line < 0 || value.line > lines) std::abort();
    for (const auto& item : value.items) check(item, lines);
    if (value.kind == read::PythonValue::Kind::map && value.items.size() % 2 != 0) std::abort();
}

}

extern "C" int fuzz_read_python(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto module = read::read_python(text);
    const auto ends = [](char c) { return c == '\n' || c == '\r'; };
    const auto lines = 1 + static_cast<int>(std::count_if(text.begin(), text.end(), ends));
    for (const auto& one : module.bindings) {
        check(one.value, lines);
        check(value_of(module.bindings, one.name), lines);
    }
    for (const auto& klass : module.classes)
        for (const auto& one : klass.bindings) check(value_of(klass.bindings, one.name, module.bindings), lines);
    for (const auto& one : module.calls) check(one, lines);
    for (const auto& one : module.problems)
        if (one.line < 1 || one.line > lines || one.column < 1) std::abort();
    if (module.problems.empty() && !valid_utf8(module.docstring)) std::abort();
    return 0;
}
