#include "support/gate_reader.h"

extern "C" int fuzz_gate_tap(const std::uint8_t* data, std::size_t size) {
    return fairlead::test::fuzz_reader(fairlead::gate::read_tap, data, size);
}
