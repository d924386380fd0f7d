// slow: an execution takes ten times as long as one of the others
#include "deploy/carried.h"
#include "deploy/components/last_run.h"
#include "deploy/direct/supervisor.h"
#include "deploy/exec/whereabouts.h"
#include "deploy/release/release.h"
#include "sys/http/sockets.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::deploy;

// The small files of a slot and of a release, and the kernel's list of sockets.
extern "C" int fuzz_deploy_records(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    [[maybe_unused]] const auto release = parse_release_info(text, "release.json");
    [[maybe_unused]] const auto launch = parse_launch(text, "launch.json");
    [[maybe_unused]] const auto state = parse_supervisor_state(text, "process.json");
    [[maybe_unused]] const auto use = sys::count_sockets(text, "/run/a.sock");
    if (const auto put = parse_whereabouts(text, "exec.json"); put.ok())
        if (parse_whereabouts(to_json(put.value()), "exec.json").value() != put.value()) std::abort();
    if (const auto run = parse_last_run(text, "components.json"); run.ok())
        if (parse_last_run(to_json(run.value()), "components.json").value() != run.value()) std::abort();
    if (const auto carried = parse_carried(text, "carried.json"); carried.ok())
        if (!parse_carried(to_json(carried.value()), "carried.json").ok()) std::abort();
    const auto tcp = sys::count_tcp(text, {"0100007F:1F40", "0000000000000000FFFF00000100007F:1F40"});
    if (tcp.to < 0 || static_cast<std::size_t>(tcp.to) > size) std::abort();
    [[maybe_unused]] const auto end = sys::tcp_end(std::string(text));
    return 0;
}
