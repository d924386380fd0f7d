#include "sys/process/process.h"
#include "base/masked_lines.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/process/child.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

namespace fairlead::sys {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Milliseconds linger{500};        // for output that a grandchild still holds open after the end
constexpr Milliseconds blind_interval{20}; // between looks at the child where the kernel has no pidfd

// A child that closes its standard input early must not end us.
void ignore_broken_pipes() {
    struct sigaction action {};
    if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
}

// One run: feeds and drains the pipes, and sees to it that the child ends in time.
class Session {
  public:
    Session(const Command& command, ChildProcess child)
        : command_(command), child_(std::move(child)), pending_(command.input), passes_on_(command.inherit_output),
          was_stopped_(stop_requested()) {
        if (command.timeout.count() > 0) deadline_ = Steady::now() + command.timeout;
    }

    Output finish() {
        while (!(exited_ && !child_.out.is_open() && !child_.err.is_open())) {
            if (exited_ && Steady::now() >= *deadline_) break;
            step();
        }
        if (passes_on_) { // somebody that the child left behind may hold the pipes: a line that has no end yet is said
            pass_on(out_lines_.end(), STDOUT_FILENO);
            pass_on(err_lines_.end(), STDERR_FILENO);
        }
        return std::move(output_);
    }

  private:
    void step() {
        std::array<pollfd, 5> files{{
            {pending_.empty() ? -1 : child_.in.get(), POLLOUT, 0},
            {child_.out.get(), POLLIN, 0},
            {child_.err.get(), POLLIN, 0},
            {exited_ ? -1 : child_.handle.get(), POLLIN, 0},
            // A stop that came before us is the reason why we run (an undo), not a reason to end.
            {was_stopped_ || stopping_ ? -1 : stop_descriptor(), POLLIN, 0},
        }};
        ::poll(files.data(), files.size(), wait_ms());
        if (files[0].revents) feed();
        if (files[1].revents) drain(child_.out, output_.out, out_lines_, STDOUT_FILENO);
        if (files[2].revents) drain(child_.err, output_.err, err_lines_, STDERR_FILENO);
        if (files[4].revents) {
            output_.interrupted = true;
            end(SIGTERM);
        }
        if (!exited_) reap();
        if (!exited_ && deadline_ && Steady::now() >= *deadline_) {
            if (!stopping_) output_.timed_out = true;
            end(stopping_ ? SIGKILL : SIGTERM);
        }
    }

    int wait_ms() const {
        std::optional<Milliseconds> wait;
        if (deadline_) wait = std::max(std::chrono::ceil<Milliseconds>(*deadline_ - Steady::now()), Milliseconds{0});
        if (!exited_ && !child_.handle.is_open()) wait = std::min(wait.value_or(blind_interval), blind_interval);
        return wait ? static_cast<int>(std::min<std::int64_t>(wait->count(), 60'000)) : -1;
    }

    void end(int signal) {
        stopping_ = true;
        ::kill(-child_.pid, signal); // it leads its own group, so its children hear of it too
        deadline_ = Steady::now() + command_.patience;
    }

    void reap() {
        int status = 0;
        if (::waitpid(child_.pid, &status, WNOHANG) != child_.pid) return;
        exited_ = true;
        deadline_ = Steady::now() + linger;
        if (stopping_) ::kill(-child_.pid, SIGKILL); // what is left of the group had its SIGTERM
        output_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        output_.status = output_.signal ? 128 + output_.signal : WEXITSTATUS(status);
    }

    void feed() {
        const ssize_t count = ::write(child_.in.get(), pending_.data(), pending_.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count > 0) pending_.remove_prefix(static_cast<std::size_t>(count));
        if (count < 0) pending_ = {}; // it doesn't want the rest
        if (pending_.empty()) child_.in.reset();
    }

    static bool pass_on(const std::string& text, int stream) { return text.empty() || write_stream(stream, text).ok(); }

    void drain(Descriptor& from, std::string& to, MaskedLines& lines, int stream) {
        std::array<char, 1 << 16> block;
        const ssize_t count = ::read(from.get(), block.data(), block.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (passes_on_) {
            const auto text = count > 0 ? lines.add({block.data(), static_cast<std::size_t>(count)}) : lines.end();
            if (!pass_on(text, stream) || count <= 0) from.reset(); // who writes to it then hears what we heard
            return;
        }
        if (count <= 0) return from.reset();
        const std::size_t room = command_.output_limit - std::min(command_.output_limit, to.size());
        const std::size_t size = static_cast<std::size_t>(count);
        to.append(block.data(), std::min(size, room));
        if (size <= room) return;
        output_.truncated = true;
        if (!command_.keep_partial && !stopping_) end(SIGTERM); // it may go on for ever, and nobody will hear it
    }

    const Command& command_;
    ChildProcess child_;
    std::string_view pending_;
    const bool passes_on_; // its output to ours, masked
    MaskedLines out_lines_, err_lines_;
    Output output_;
    std::optional<Steady::time_point> deadline_;
    const bool was_stopped_;
    bool stopping_ = false;
    bool exited_ = false;
};

}

Result<Output> run(const Command& command) {
    if (command.argv.empty()) return could_not("an empty command can't be run");
    ignore_broken_pipes();
    auto child = TRY(start_child(command));
    auto output = Session(command, std::move(child)).finish();
    if (command.keep_partial) return output;
    const auto& program = command.argv.front();
    if (output.interrupted && !command.inherit_output)
        return could_not(fmt::format("interrupted while '{}' ran", program));
    if (output.timed_out)
        return could_not(
            fmt::format("'{}' was not done after {} and was ended", program, format_duration(command.timeout)));
    if (output.truncated)
        return could_not(fmt::format("'{}' printed more than {} bytes; what is cut can't be relied on", program,
                                     command.output_limit));
    return output;
}

}
