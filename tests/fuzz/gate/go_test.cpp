#include "support/gate_reader.h"

extern "C" int fuzz_gate_go_test(const std::uint8_t* data, std::size_t size) {
    return fairlead::test::fuzz_reader(fairlead::gate::read_go_test, data, size);
}
