#include "smoke/hurl/syntax.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::smoke::hurl;

// A Hurl file: refused as wrong use, at a place that the text has, or read; what was read lies within the text.
extern "C" int fuzz_smoke_hurl_file(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
    const auto file = read_file("x.hurl", text);
    if (!file.ok()) {
        const auto& error = file.error();
        const bool is_place = error.place.line >= 0 && error.place.line <= lines && error.place.column >= 0;
        if (error.kind != Kind::usage || error.message.empty() || !is_place) std::abort();
        return 0;
    }
    int line = 0;
    for (const auto& entry : file->entries) {
        const auto spot = entry.request.spot;
        if (entry.request.method.empty() || entry.request.url.empty() || spot.line <= line || spot.line > lines)
            std::abort();
        line = spot.line;
        if (!entry.response) continue;
        for (const auto& assertion : entry.response->asserts) {
            const bool needs = assertion.predicate->compared != Compared::nothing;
            if (needs != assertion.operand.has_value() || text.find(assertion.text) == text.npos) std::abort();
        }
    }
    return 0;
}
