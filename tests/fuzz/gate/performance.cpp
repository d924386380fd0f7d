#include "support/gate_reader.h"

// All readers of load tests, on the same bytes.
extern "C" int fuzz_gate_performance(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::gate;
    for (const auto read : {read_jmeter, read_k6, read_hyperfine, read_lighthouse})
        fairlead::test::fuzz_reader(read, data, size);
    return 0;
}
