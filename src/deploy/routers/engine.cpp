#include "deploy/routers/engine.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/address.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds patience{20000};

Result<sys::Output> docker(const World& world, std::vector<std::string> argv) {
    const auto program = sys::find_own_program("docker");
    if (!program) return could_not("the router runs in a container, and 'docker' is not in PATH; install it");
    argv.insert(argv.begin(), *program);
    return world.host.run({.argv = std::move(argv), .timeout = patience, .whose = sys::Whose::ours});
}

Error failed(const World& world, const sys::Output& done) {
    return could_not(fmt::format("docker says of router.container '{}': {}", world.settings.router.container,
                                 one_line(trim(done.err.empty() ? done.out : done.err))));
}

}

Result<sys::Output> run_beside_router(const World& world, std::vector<std::string> argv) {
    const auto& container = world.settings.router.container;
    if (!container.empty()) {
        argv.insert(argv.begin(), {"exec", container});
        return docker(world, std::move(argv));
    }
    auto program = sys::find_own_program(argv[0]);
    if (!program) program = sys::find_own_program("/usr/sbin/" + argv[0]); // not in everybody's PATH
    if (!program) return could_not(fmt::format("'{}' is not in PATH; install it, or write router.container", argv[0]));
    argv[0] = *program;
    return world.host.run({.argv = std::move(argv), .timeout = patience, .whose = sys::Whose::ours});
}

Result<int> router_process(const World& world) {
    const auto& container = world.settings.router.container;
    if (container.empty()) return 0;
    const auto done = TRY(docker(world, {"inspect", "--format", "{{.State.Pid}}", container}));
    const auto pid = parse_integer(trim(std::string_view(done.out)));
    if (done.status != 0 || !pid.ok()) return failed(world, done);
    if (pid.value() > 0) return static_cast<int>(pid.value());
    return could_not(fmt::format("router.container '{}' does not run; start it", container));
}

Result<void> signal_container(const World& world, const std::string& signal) {
    const auto done = TRY(docker(world, {"kill", "--signal", signal, world.settings.router.container}));
    return done.status == 0 ? Result<void>() : failed(world, done);
}

Result<int> open_connections(const World& world, const std::string& address) {
    const int process = TRY(router_process(world));
    return TRY(use_of(world.host, address, process)).connections;
}

}
