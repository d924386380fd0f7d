// A machine of tests on which supervisors and applications run, as scripted.
#pragma once
#include "deploy/direct/supervisor.h"
#include "support/fake_host.h"
#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace fairlead::deploy::testing {

class FakeHost : public fairlead::test::FakeHost {
  public:
    using fairlead::test::FakeHost::FakeHost;

    struct Running {                         // by the name of its slot
        int supervisor = 0, application = 0; // pids, 0: gone
        std::string socket;
    };
    std::map<std::string, Running> running;
    std::map<std::string, int> connections; // of sockets, one less each time that somebody looks
    std::string ended_variable;
    bool dies_at_once = false, tells_nothing = false, deaf = false;

    Result<sys::SocketUse> socket_use(const std::string& path, int) override {
        auto& left = connections[name(path)];
        return sys::SocketUse{1, left > 0 ? left-- : 0};
    }

    // What the supervisor and its application do: take the lock, bind the socket, tell the state.
    Result<void> start_detached(const sys::Detached& detached) override {
        const auto slot = name(detached.argv[2]);
        TRY_VOID(act("start " + slot));
        if (dies_at_once) return {};
        const auto launch = parse_launch(nodes[slot + "/launch.json"].text, "launch.json");
        auto& process = running[slot] = {next_pid_, next_pid_ + 1, name(launch->socket)};
        next_pid_ += 2;
        nodes[process.socket] = {sys::FileType::socket, "", 0666};
        if (!tells_nothing) tell(slot, 0);
        return {};
    }
    bool is_locked(const sys::Path& lock) override { return keeper_of(lock) != 0; }
    bool keeps_lock(const sys::ProcessId& process, const sys::Path& lock) override {
        return process.pid != 0 && keeper_of(lock) == process.pid;
    }
    std::optional<sys::ProcessId> detached_process(const sys::Path& lock) override {
        const auto pid = keeper_of(lock);
        return pid == 0 ? std::optional<sys::ProcessId>() : sys::ProcessId{pid, 1};
    }
    std::optional<sys::Kin> kin_of(const sys::ProcessId& process) override {
        for (const auto& [slot, one] : running)
            if (process.pid != 0 && one.application == process.pid)
                return sys::Kin{one.supervisor == 0 ? 1 : one.supervisor, 0};
        return std::nullopt;
    }
    Result<void> send_signal(const sys::ProcessId& process, int signal) override {
        for (auto& [slot, one] : running) {
            if (process.pid != 0 && one.application == process.pid) {
                TRY_VOID(act("end the application of " + slot));
                one.application = 0;
            }
            if (process.pid == 0 || one.supervisor != process.pid) continue;
            TRY_VOID(act((signal == SIGKILL ? "kill " : "end ") + slot));
            if (signal == SIGKILL) one.supervisor = 0;
            if (signal != SIGTERM || deaf) continue;
            one = {.socket = one.socket};
            tell(slot, 128 + SIGTERM);
        }
        return {};
    }
    Result<void> signal_group(const sys::ProcessId& leader, int signal) override {
        for (auto& [slot, one] : running) {
            if (leader.pid == 0 || one.application != leader.pid) continue;
            TRY_VOID(act((signal == SIGKILL ? "kill the application of " : "end the application of ") + slot));
            one.application = 0;
        }
        return {};
    }
    Result<std::size_t> end_survivors(const std::string& variable, unsigned) override {
        ended_variable = variable;
        TRY_VOID(act("end survivors"));
        return std::size_t{0};
    }

    // Whether an application listens there.
    bool listens(const std::string& socket) const {
        return std::any_of(running.begin(), running.end(), [&](const auto& slot) {
            return slot.second.application != 0 && slot.second.socket == socket && has(socket);
        });
    }

  private:
    int keeper_of(const sys::Path& lock) const {
        const auto found = running.find(name(lock.parent_path()));
        return found == running.end() ? 0 : found->second.supervisor;
    }
    void tell(const std::string& slot, int status) {
        const auto& one = running[slot];
        nodes[slot + "/process.json"] = {sys::FileType::file,
                                         to_json(SupervisorState{.supervisor = {one.supervisor, 1},
                                                                 .process = {one.application, 1},
                                                                 .last_status = status}),
                                         0644};
    }

    int next_pid_ = 100;
};

}
