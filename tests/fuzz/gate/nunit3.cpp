#include "support/gate_reader.h"

extern "C" int fuzz_gate_nunit3(const std::uint8_t* data, std::size_t size) {
    return fairlead::test::fuzz_reader(fairlead::gate::read_nunit3, data, size);
}
