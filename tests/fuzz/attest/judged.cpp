// A payload that is read as a verdict says everything in it in one way: what is written of it is read as the same.
#include "attest/judged.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

extern "C" int fuzz_attest_judged(const std::uint8_t* data, std::size_t size) {
    const auto read = attest::read_judged({reinterpret_cast<const char*>(data), size}, "s");
    if (!read.ok()) {
        if (read.error().kind != Kind::no) std::abort();
        return 0;
    }
    const auto text = attest::write_judged(read.value());
    const auto again = attest::read_judged(text, "s");
    if (!again.ok() || attest::write_judged(again.value()) != text) std::abort();
    return 0;
}
