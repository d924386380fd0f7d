// A machine of tests: files in a map, processes as scripted, and a list of all that was done to it, in order.
#pragma once
#include "deploy/direct/supervisor.h"
#include "sys/host.h"
#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace fairlead::deploy::test {

class FakeHost : public sys::Host {
  public:
    explicit FakeHost(sys::Path root) : root_(std::move(root)) {}

    struct Node {
        sys::FileType type = sys::FileType::file;
        std::string text; // of a file; where a link leads
        unsigned mode = 0;
    };
    struct Running {                         // by the name of its slot
        int supervisor = 0, application = 0; // pids, 0: gone
        std::string socket;
    };
    std::map<std::string, Node> nodes; // by the path below the root
    std::map<std::string, Running> running;
    std::map<std::string, int> connections; // of sockets, one less each time that somebody looks
    std::vector<std::string> did;           // "write slots/b/env", "start slots/b"; asking changes nothing
    std::string failing;                    // what of that fails
    std::vector<sys::Command> commands;
    sys::Output output; // of commands
    std::string ended_variable;
    bool dies_at_once = false, tells_nothing = false, deaf = false;

    std::string name(const sys::Path& path) const { return path.lexically_relative(root_).generic_string(); }
    bool has(const std::string& path) const { return nodes.contains(path); }
    void folder(const std::string& path) { nodes[path] = {sys::FileType::folder, "", 0755}; }

    sys::FileInfo inspect(const sys::Path& path) override {
        const auto found = nodes.find(name(path));
        if (found == nodes.end()) return {};
        return {.type = found->second.type, .size = found->second.text.size(), .mode = found->second.mode};
    }
    Result<std::string> read_file(const sys::Path& path) override { return text_of(path, sys::FileType::file); }
    Result<std::string> read_link(const sys::Path& path) override { return text_of(path, sys::FileType::link); }
    Result<std::vector<std::string>> list_folder(const sys::Path& path) override {
        std::vector<std::string> names;
        for (const auto& [file, node] : nodes)
            if (sys::Path(file).parent_path() == sys::Path(name(path) == "." ? "" : name(path)))
                names.push_back(sys::Path(file).filename().string());
        return names;
    }
    Result<void> write_file(const sys::Path& path, std::string_view bytes, unsigned mode) override {
        TRY_VOID(act("write " + name(path)));
        nodes[name(path)] = {sys::FileType::file, std::string(bytes), mode};
        return {};
    }
    Result<void> replace_symlink(const sys::Path& target, const sys::Path& link) override {
        TRY_VOID(act("link " + name(link) + " to " + target.string()));
        nodes[name(link)] = {sys::FileType::link, target.string(), 0777};
        return {};
    }
    Result<void> make_folders(const sys::Path& path, unsigned mode) override {
        TRY_VOID(act("make " + name(path)));
        nodes[name(path)] = {sys::FileType::folder, "", mode};
        return {};
    }
    Result<void> make_open_folders(const sys::Path& path) override { return make_folders(path, 0755); }
    Result<void> rename_path(const sys::Path& from, const sys::Path& to) override {
        TRY_VOID(act("rename " + name(from) + " to " + name(to)));
        nodes[name(to)] = nodes[name(from)];
        nodes.erase(name(from));
        return {};
    }
    Result<void> remove_tree(const sys::Path& path) override {
        TRY_VOID(act("remove " + name(path)));
        const auto top = name(path);
        std::erase_if(nodes, [&](const auto& node) { return node.first == top || node.first.starts_with(top + "/"); });
        return {};
    }

    Result<bool> make_socket_folder(const std::string& path, const sys::SocketFolder&) override {
        TRY_VOID(act("make " + name(path)));
        return true;
    }
    Result<sys::SocketUse> socket_use(const std::string& path) override {
        auto& left = connections[name(path)];
        return sys::SocketUse{1, left > 0 ? left-- : 0};
    }

    Result<sys::Output> run(const sys::Command& command) override {
        commands.push_back(command);
        TRY_VOID(act("run " + sys::Path(command.argv[0]).filename().string()));
        return output;
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
    Result<void> act(const std::string& what) {
        did.push_back(what);
        if (what == failing) return could_not("no " + what);
        return {};
    }
    // Where it stands in the list; what was never done stands behind all.
    std::size_t when(const std::string& what) const {
        return static_cast<std::size_t>(std::find(did.begin(), did.end(), what) - did.begin());
    }
    bool was_done(const std::string& what) const { return when(what) < did.size(); }

  private:
    Result<std::string> text_of(const sys::Path& path, sys::FileType type) const {
        const auto found = nodes.find(name(path));
        if (found == nodes.end() || found->second.type != type) return could_not("no " + name(path));
        return found->second.text;
    }
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

    const sys::Path root_;
    int next_pid_ = 100;
};

}
