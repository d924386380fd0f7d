#include "sys/host.h"
#include "sys/files/tree_builder.h"

namespace fairlead::sys {

namespace {

class RealHost : public Host {
  public:
    FileInfo inspect(const Path& path) override { return sys::inspect(path); }
    Result<std::string> read_file(const Path& path) override { return sys::read_file(path); }
    Result<std::string> read_link(const Path& path) override { return sys::read_link(path); }
    Result<std::vector<std::string>> list_folder(const Path& path) override { return sys::list_folder(path); }
    Result<void> write_file(const Path& path, std::string_view bytes, unsigned mode) override {
        return sys::write_file(path, bytes, mode);
    }
    Result<void> replace_symlink(const Path& target, const Path& link) override {
        return sys::replace_symlink(target, link);
    }
    Result<void> replace_symlinks(const Path& folder, const std::vector<Link>& links) override {
        return sys::replace_symlinks(folder, links);
    }
    Result<void> make_folders(const Path& path, unsigned mode) override { return sys::make_folders(path, mode); }
    Result<void> make_open_folders(const Path& path) override { return sys::make_open_folders(path); }
    Result<void> rename_path(const Path& from, const Path& to) override { return sys::rename_path(from, to); }
    Result<void> remove_tree(const Path& path) override { return sys::remove_tree(path); }

    Result<bool> make_socket_folder(const std::string& path, const SocketFolder& wanted) override {
        return sys::make_socket_folder(path, wanted);
    }
    Result<SocketUse> socket_use(const std::string& path, int process) override {
        return sys::socket_use(path, process);
    }
    Result<SocketUse> tcp_use(const std::string& address, int process) override {
        return sys::tcp_use(address, process);
    }
    Result<std::string> ask_socket(const std::string& path, std::string_view question, Milliseconds timeout) override {
        return sys::ask_socket(path, question, timeout);
    }

    Result<Output> run(const Command& command) override { return sys::run(command); }
    Result<PipelineOutput> run_pipeline(const Pipeline& pipeline) override { return sys::run_pipeline(pipeline); }
    Result<void> start_detached(const Detached& detached) override { return sys::start_detached(detached); }
    bool is_locked(const Path& lock) override { return sys::is_locked(lock); }
    bool keeps_lock(const ProcessId& process, const Path& lock) override { return sys::keeps_lock(process, lock); }
    std::optional<ProcessId> detached_process(const Path& lock) override { return sys::detached_process(lock); }
    std::optional<ProcessId> detached_as(const std::vector<std::string>& last_words) override {
        return sys::detached_as(last_words);
    }
    std::optional<ProcessId> identify(int pid) override { return sys::identify(pid); }
    std::vector<ProcessId> children_of(int pid) override { return sys::children_of(pid); }
    std::optional<Kin> kin_of(const ProcessId& process) override { return sys::kin_of(process); }
    Result<void> send_signal(const ProcessId& process, int signal) override {
        return sys::send_signal(process, signal);
    }
    Result<void> signal_group(const ProcessId& leader, int signal) override {
        return sys::signal_group(leader, signal);
    }
    bool wait_for_end(const std::vector<ProcessId>& processes, Milliseconds limit) override {
        return sys::wait_for_end(processes, limit);
    }
    Result<std::size_t> end_survivors(const std::string& variable, unsigned user) override {
        return sys::end_survivors(variable, user);
    }
    std::vector<Marked> started_with(const std::string& beginning, unsigned user) override {
        return sys::started_with(beginning, user);
    }
    std::vector<Marked> detached_below(const std::string& beginning, unsigned user) override {
        return sys::detached_below(beginning, user);
    }
};

}

Host& real_host() {
    static RealHost host;
    return host;
}

}
