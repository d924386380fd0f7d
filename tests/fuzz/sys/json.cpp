// Any bytes give a value that survives being written and read, or one error with a place. The readers of whole texts,
// of streams and of lines take the same.
#include "sys/data/json.h"
#include "sys/data/json_line.h"
#include "sys/data/json_stream.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::sys;

namespace {

struct Whole : JsonHandler {
    fairlead::Result<Take> begin(std::string_view, JsonKind) override { return Take::build; }
};

void compare(std::string_view text, bool ok) {
    const bool marked =
        text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE") || text.starts_with("\xEF\xBB\xBF");
    if (marked) return; // a stream and a text differ in what they make of UTF-16, and a line has no mark
    Whole whole;
    const auto streamed = stream_json(ByteStream::of(text, Encoding::utf8), "f", whole);
    // 0e999 is 0, but RapidJSON refuses the exponent. Of two members of one name, a text's last one counts.
    for (const auto* stricter : {"too big", "stands twice"})
        if (!streamed.ok() && streamed.error().message.find(stricter) != std::string::npos) return;
    if (streamed.ok() != ok) std::abort();
    if (!ok && streamed.error().place.line < 1) std::abort();
    std::string taken, plainly_taken; // each with its length
    const auto into = [](std::string& all) {
        return [&all](std::string_view name, std::string_view value) {
            for (const auto part : {name, value}) all.append(std::to_string(part.size())).append(1, ' ').append(part);
        };
    };
    const bool lined = read_texts(text, into(taken));
    if (PlainLine().read(text, into(plainly_taken)) && (!lined || taken != plainly_taken)) std::abort();
    const auto first = text.find_first_not_of(" \t\r\n");
    if (lined != (ok && first != text.npos && text[first] == '{')) std::abort();
}

}

extern "C" int fuzz_sys_json(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto split = text.find('\n'); // what follows the first line is also asked for as a pointer
    const auto result = parse_json(text, "f");
    compare(text, result.ok());
    if (!result.ok()) {
        if (result.error().kind != fairlead::Kind::no || result.error().place.line < 1) std::abort();
        return 0;
    }
    const auto again = parse_json(dump_json(result.value()), "f");
    if (!again.ok() || again.value() != result.value()) std::abort();
    if (split != text.npos) static_cast<void>(json_pointer(result.value(), text.substr(split)));
    static_cast<void>(json_pointer(result.value(), "/0/a/~0"));
    return 0;
}
