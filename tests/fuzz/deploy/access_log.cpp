#include "deploy/canary/log.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;

// Whatever stands in the log: few answers per line, of known releases, with times that are numbers.
extern "C" int fuzz_deploy_access_log(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto access = parse_access(text);
    if (!access) return 0;
    const Counting counting{{{"a", {"a"}}, {"unix:/run/b.sock", {"b"}}}, "b", {}, "/"};
    std::size_t count = 0;
    answers(*access, counting, [&](const Answer& answer) {
        ++count;
        if (answer.took_ms && !(*answer.took_ms >= 0)) std::abort();
    });
    if (count > 64) std::abort();
    return 0;
}
