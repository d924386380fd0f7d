#include "base/printable.h"
#include "base/utf8.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

namespace {

void check(std::string_view shown, std::string_view kept) {
    while (!shown.empty()) {
        const CodePoint point = decode_front(shown);
        if (!point.valid) std::abort();
        if (steers(point.value) && (point.value > 0x7F || kept.find(static_cast<char>(point.value)) == kept.npos))
            std::abort();
        shown.remove_prefix(point.bytes);
    }
}

}

// Valid UTF-8 in which nothing steers a terminal, and which stays what it is when it is shown again.
extern "C" int fuzz_base_printable(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto shown = printable(text);
    check(shown, "\n\t");
    if (printable(shown) != shown) std::abort();
    check(one_line(text), "\t");
    return 0;
}
