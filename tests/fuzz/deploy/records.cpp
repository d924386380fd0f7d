#include "deploy/direct/supervisor.h"
#include "deploy/release/release.h"
#include "sys/http/sockets.h"
#include <cstdint>

using namespace fairlead;
using namespace fairlead::deploy;

// The small files of a slot and of a release, and the kernel's list of sockets.
extern "C" int fuzz_deploy_records(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    [[maybe_unused]] const auto release = parse_release_info(text, "release.json");
    [[maybe_unused]] const auto launch = parse_launch(text, "launch.json");
    [[maybe_unused]] const auto state = parse_supervisor_state(text, "process.json");
    [[maybe_unused]] const auto use = sys::count_sockets(text, "/run/a.sock");
    return 0;
}
