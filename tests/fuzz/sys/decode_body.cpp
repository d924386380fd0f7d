// A body in any codings: never more than the limit, and one that isn't coded stays as it is. The first byte says which
// codings, the rest is the body.
#include "sys/http/decode.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;

extern "C" int fuzz_sys_decode_body(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view codings[] = {"gzip", "zstd", "gzip, zstd", "zstd,x-gzip", "identity", ",", "br"};
    constexpr std::size_t limit = 1u << 16;
    if (size == 0) return 0;
    const auto coding = codings[data[0] % std::size(codings)];
    const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto plain = sys::decode_body(body, coding, limit);
    if (!plain.ok()) {
        if (plain.error().message.empty()) std::abort();
        return 0;
    }
    const bool coded = coding != "identity" && coding != ",";
    if (coded ? plain->size() > limit : plain.value() != body) std::abort();
    return 0;
}
