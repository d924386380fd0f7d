#pragma once
#include "sys/files/files.h"
#include "sys/http/sockets.h"
#include "sys/process/pipeline.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include "sys/process/survivors.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Access to the files, programs and processes of this machine that our tools may change. A Host is passed by reference,
// so that a test can have its own. Each function works like the function of the same name in files.h, tree_builder.h,
// sockets.h, process.h, pipeline.h or supervise.h.
namespace fairlead::sys {

class Host {
  public:
    virtual ~Host() = default;

    virtual FileInfo inspect(const Path& path) = 0;
    virtual Result<std::string> read_file(const Path& path) = 0;
    virtual Result<std::string> read_link(const Path& path) = 0;
    virtual Result<std::vector<std::string>> list_folder(const Path& path) = 0;
    virtual Result<void> write_file(const Path& path, std::string_view bytes, unsigned mode = 0644) = 0;
    virtual Result<void> replace_symlink(const Path& target, const Path& link) = 0;
    virtual Result<void> replace_symlinks(const Path& folder, const std::vector<Link>& links) = 0;
    virtual Result<void> make_folders(const Path& path, unsigned mode) = 0;
    virtual Result<void> make_open_folders(const Path& path) = 0;
    virtual Result<void> rename_path(const Path& from, const Path& to) = 0;
    virtual Result<void> remove_tree(const Path& path) = 0;

    virtual Result<bool> make_socket_folder(const std::string& path, const SocketFolder& wanted) = 0;
    virtual Result<SocketUse> socket_use(const std::string& path, int process = 0) = 0;
    virtual Result<SocketUse> tcp_use(const std::string& address, int process = 0) = 0;
    virtual Result<std::string> ask_socket(const std::string& path, std::string_view question,
                                           Milliseconds timeout) = 0;

    virtual Result<Output> run(const Command& command) = 0;
    virtual Result<PipelineOutput> run_pipeline(const Pipeline& pipeline) = 0;
    virtual Result<void> start_detached(const Detached& detached) = 0;
    virtual bool is_locked(const Path& lock) = 0;
    virtual bool keeps_lock(const ProcessId& process, const Path& lock) = 0;
    virtual std::optional<ProcessId> detached_process(const Path& lock) = 0;
    virtual std::optional<ProcessId> detached_as(const std::vector<std::string>& last_words) = 0;
    virtual std::optional<ProcessId> identify(int pid) = 0;
    virtual std::vector<ProcessId> children_of(int pid) = 0;
    virtual std::optional<Kin> kin_of(const ProcessId& process) = 0;
    virtual Result<void> send_signal(const ProcessId& process, int signal) = 0;
    virtual Result<void> signal_group(const ProcessId& leader, int signal) = 0;
    virtual bool wait_for_end(const std::vector<ProcessId>& processes, Milliseconds limit) = 0;
    virtual Result<std::size_t> end_survivors(const std::string& variable, unsigned user) = 0;
    virtual std::vector<Marked> started_with(const std::string& beginning, unsigned user) = 0;
    virtual std::vector<Marked> detached_below(const std::string& beginning, unsigned user) = 0;
};

Host& real_host();

}
