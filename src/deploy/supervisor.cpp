#include "deploy/supervisor.h"
#include "deploy/variables.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/json.h"
#include "sys/sockets.h"
#include "sys/supervise.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Json;
using sys::Supervised;

constexpr Milliseconds tick{1000};
constexpr Milliseconds first_ticks{50}; // while the socket is awaited
constexpr std::uint64_t log_limit = 10u << 20;

std::int64_t number(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

class Supervisor {
  public:
    Supervisor(sys::Path slot, Launch launch) : slot_(std::move(slot)), launch_(std::move(launch)) {
        state_.supervisor = sys::identify(sys::own_pid()).value_or(sys::ProcessId{});
    }

    Result<void> run() {
        while (true) {
            const auto started = sys::real_clock().steady();
            if (TRY(run_once()) == Supervised::Event::stop) break;
            const auto ran = std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - started);
            const auto delay = backoff_.next(ran);
            note(fmt::format("ended with status {} after {}; starts again in {}", state_.last_status,
                             format_duration(ran), format_duration(delay)));
            ++state_.restarts;
            state_.process = {};
            TRY_VOID(write_state());
            if (Supervised::wait_without(delay) == Supervised::Event::stop) break;
        }
        TRY_VOID(sys::remove_tree(launch_.socket));
        return sys::remove_tree(slot_ / "process.json");
    }

  private:
    // One life of the process: exited, or stop when we were asked to end (then it is gone too).
    Result<Supervised::Event> run_once() {
        TRY_VOID(sys::remove_tree(launch_.socket)); // of the life before; most programs refuse to bind over it
        auto program = Supervised::start({launch_.argv, TRY(environment()), launch_.folder, launch_.log});
        if (!program.ok()) {
            note(program.error().message);
            state_.last_status = 127;
            return Supervised::Event::exited;
        }
        state_.process = program->id();
        TRY_VOID(write_state());
        bool open = false;
        while (true) {
            const auto event = program->wait(open ? tick : first_ticks);
            if (event == Supervised::Event::exited) {
                state_.last_status = program->status();
                program->signal_group(SIGKILL); // children that it left behind
                return event;
            }
            if (event == Supervised::Event::stop) {
                end(program.value());
                return event;
            }
            open = open || sys::open_socket_to_all(launch_.socket);
            if (const auto rotated = sys::rotate_log(launch_.log, log_limit); !rotated.ok())
                note(rotated.error().message);
        }
    }

    void end(Supervised& program) {
        const auto deadline = sys::real_clock().steady() + launch_.stop_timeout;
        program.signal_group(sys::signal_number(launch_.stop_signal));
        while (sys::real_clock().steady() < deadline) {
            const auto left = std::chrono::duration_cast<Milliseconds>(deadline - sys::real_clock().steady());
            if (program.wait(left) == Supervised::Event::exited) {
                program.signal_group(SIGKILL);
                return;
            }
        }
        program.signal_group(SIGKILL);
        program.wait(tick);
    }

    Result<std::vector<std::string>> environment() const {
        auto pairs = sys::base_environment(sys::Environment::of_process());
        const auto file = slot_ / "env";
        for (const auto& [name, value] : TRY(parse_env(TRY(sys::read_file(file)), file.string()))) {
            pairs.push_back(name + "=" + value);
        }
        return pairs;
    }

    Result<void> write_state() const { return sys::write_file(slot_ / "process.json", to_json(state_), 0640); }

    void note(const std::string& message) const {
        const auto line = fmt::format("{} fairlead: {}\n", format_utc(sys::real_clock().now()), message);
        [[maybe_unused]] const auto written = sys::append_file(launch_.log, line, 0600);
    }

    sys::Path slot_;
    Launch launch_;
    SupervisorState state_;
    Backoff backoff_;
};

}

std::string to_json(const Launch& launch) {
    return sys::dump_json({{"schema", 1},
                           {"argv", launch.argv},
                           {"folder", launch.folder},
                           {"socket", launch.socket},
                           {"log", launch.log},
                           {"stop_signal", launch.stop_signal},
                           {"stop_timeout_ms", launch.stop_timeout.count()}},
                          2) +
           "\n";
}

Result<Launch> parse_launch(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    Launch launch;
    const auto wrong = [&] { return could_not("this does not say how to start a process", {.file = file}); };
    if (!object.is_object()) return wrong();
    const auto argv = object.find("argv");
    if (argv == object.end() || !argv->is_array() || argv->empty()) return wrong();
    for (const auto& word : *argv) {
        if (!word.is_string()) return wrong();
        launch.argv.push_back(word.get<std::string>());
    }
    for (const auto& [name, member] :
         {std::pair{"folder", &Launch::folder}, std::pair{"socket", &Launch::socket}, std::pair{"log", &Launch::log},
          std::pair{"stop_signal", &Launch::stop_signal}}) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_string()) return wrong();
        launch.*member = found->get<std::string>();
    }
    launch.stop_timeout = Milliseconds{number(object, "stop_timeout_ms")};
    return launch;
}

std::string to_json(const SupervisorState& state) {
    return sys::dump_json({{"schema", 1},
                           {"supervisor", state.supervisor.pid},
                           {"supervisor_started", state.supervisor.started},
                           {"process", state.process.pid},
                           {"process_started", state.process.started},
                           {"restarts", state.restarts},
                           {"last_status", state.last_status}}) +
           "\n";
}

Result<SupervisorState> parse_supervisor_state(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    if (!object.is_object()) return could_not("this is no state of a supervisor", {.file = file});
    const auto id = [&](const char* pid, const char* started) {
        return sys::ProcessId{static_cast<int>(number(object, pid)),
                              static_cast<std::uint64_t>(number(object, started))};
    };
    return SupervisorState{id("supervisor", "supervisor_started"), id("process", "process_started"),
                           static_cast<int>(number(object, "restarts")),
                           static_cast<int>(number(object, "last_status"))};
}

Milliseconds Backoff::next(Milliseconds ran) {
    constexpr Milliseconds shortest{100}, longest{30000}, settled{10000};
    if (ran >= settled) quick_ends = 0;
    const int doublings = std::min(quick_ends++, 16);
    return std::min(shortest * (1 << doublings), longest);
}

Result<void> supervise(const sys::Path& slot) {
    Supervised::block_signals();
    const auto file = slot / "launch.json";
    auto launch = TRY(parse_launch(TRY(sys::read_file(file)), file.string()));
    return Supervisor(slot, std::move(launch)).run();
}

}
