#include "verify/sums.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;

// Whatever is listed has 64 digits, and is found by its own name and sum.
extern "C" int fuzz_verify_sums(const std::uint8_t* data, std::size_t size) {
    const auto sums = verify::read_sums({reinterpret_cast<const char*>(data), size}, "s");
    if (!sums.ok()) return 0;
    for (const auto& sum : sums.value()) {
        const auto name = sum.path.substr(sum.path.rfind('/') + 1);
        if (sum.sha256.size() != 64 || !verify::check_sum(sums.value(), "s", name, sum.sha256).ok()) std::abort();
    }
    return 0;
}
