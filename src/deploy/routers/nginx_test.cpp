// What nginx itself says of its configuration, and whether it runs by it.
#include "base/printable.h"
#include "base/text.h"
#include "deploy/routers/engine.h"
#include "deploy/routers/kinds.h"
#include "deploy/routers/nginx_view.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// Seconds since the machine started, as proc(5) counts them for a process, too.
double seconds_of(const sys::ProcessId& process) {
    constexpr double ticks = 100; // USER_HZ, on every kernel that we build for
    return static_cast<double>(process.started) / ticks;
}

// A worker that started before the file was written hasn't read it.
bool is_newer(const World& world, const std::string& file, const std::vector<NginxWorker>& workers) {
    const auto uptime = parse_number(split(world.host.read_file("/proc/uptime").value_or("0 0"), ' ')[0]).value_or(0);
    const auto now = std::chrono::duration<double>(world.clock.now().time_since_epoch()).count();
    const double written = uptime - (now - static_cast<double>(world.host.inspect(file).modified_ns) / 1e9);
    return std::any_of(workers.begin(), workers.end(),
                       [&](const auto& one) { return !one.leaving && seconds_of(one.process) + 0.05 < written; });
}

}

// nginx's own words, with its file and line: "nginx: [emerg] unknown directive "x" in /etc/nginx/a.conf:3".
Result<void> test_nginx(const World& world, const std::string& file) {
    std::vector<std::string> argv = {"nginx", "-t", "-q"};
    if (!world.settings.router.config.empty()) argv.insert(argv.end(), {"-c", world.settings.router.config});
    if (world.settings.router.container.empty()) argv.insert(argv.end(), {"-e", "stderr"});
    const auto done = TRY(run_beside_router(world, argv));
    if (done.status != 0) {
        std::string said = done.err;
        for (const auto& line : split(done.err, '\n'))
            if (line.find("[emerg]") != line.npos) said = line;
        return no(one_line(trim(said)));
    }
    if (file.empty()) return {};
    const auto master = TRY(nginx_master(world));
    if (!is_newer(world, file, nginx_workers(world, master))) return {};
    return no(fmt::format("'{}' is newer than nginx's workers: reload nginx", file));
}

}
