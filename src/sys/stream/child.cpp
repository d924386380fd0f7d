#include "sys/stream/child.h"
#include "base/cause.h"
#include "base/secrets/masked_lines.h"
#include "base/text.h"
#include "sys/process/child.h"
#include "sys/process/children.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kept_lines = 20, longest_kept_line = 500; // bytes
constexpr std::size_t longest_input = 64u << 10;                // what a pipe takes at once
constexpr int pipe_size = 1 << 20;                              // what anybody may ask for
constexpr Milliseconds linger{500};       // for output that somebody else holds open after the program's end
constexpr Milliseconds longest_wait{100}; // between looks at what poll(2) doesn't tell

// The last lines of what it says.
class LastLines {
  public:
    void add(std::string_view piece) { keep(piece.empty() ? lines_.end() : lines_.add(piece)); }
    const std::deque<std::string>& all() const { return kept_; }

  private:
    void keep(std::string_view text) {
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            if (const auto line = text.substr(0, std::min(end, longest_kept_line)); !trim(line).empty())
                kept_.push_back(to_valid_utf8(line));
            if (kept_.size() > kept_lines) kept_.pop_front();
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }
    MaskedLines lines_;
    std::deque<std::string> kept_;
};

enum class Flow { out, in }; // what of the program's flows through us

class Running {
  public:
    Running(std::string name, const ChildLimits& limits, Rest rest)
        : name_(std::move(name)), limits_(limits), rest_(rest), was_stopped_(stop_requested()) {
        if (limits.timeout.count() > 0) deadline_ = Steady::now() + limits.timeout;
    }
    Running(const Running&) = delete;
    ~Running() {
        if (process_.pid <= 0) return;
        if (!has_ended()) end();
        ::kill(-process_.pid, SIGKILL); // what it left behind in its group
        while (::waitpid(process_.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }

    Result<void> start(const Stage& stage, Flow flow, std::string_view input) {
        Program program{stage.argv,  stage.folder,   environment_or_usual(stage.environment),
                        stage.user,  stage.any_path, true,
                        stage.whose, stage.hold};
        Pipe data = TRY(make_pipe());
        Pipe err = TRY(make_pipe());
        ::fcntl(data.read.get(), F_SETPIPE_SZ, pipe_size);
        const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
        const Descriptor other = TRY(input.empty() ? lifted(null.get()) : filled(input));
        const ChildStreams streams = flow == Flow::out ? ChildStreams{other.get(), data.write.get(), err.write.get()}
                                                       : ChildStreams{data.read.get(), other.get(), err.write.get()};
        process_ = TRY(start_child(program, streams));
        data_ = std::move(flow == Flow::out ? data.read : data.write);
        err_ = std::move(err.read);
        ::fcntl(data_.get(), F_SETFL, O_NONBLOCK);
        ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
        return {};
    }

    Result<std::size_t> read(std::span<char> into) {
        if (limits_.while_quiet) quiet_since_ = asked_ = Steady::now();
        while (data_.is_open()) {
            TRY_VOID(check());
            const ssize_t count = ::read(data_.get(), into.data(), into.size());
            if (count > 0) return static_cast<std::size_t>(count);
            if (count == 0) {
                data_.reset();
            } else if (errno == EAGAIN) {
                if (lingered())
                    return could_not(fmt::format("'{}' ended, but left a process that kept its output open; the output "
                                                 "of that process is missing",
                                                 name_));
                wait(POLLIN);
            } else if (errno != EINTR) {
                return could_not(fmt::format("the output of '{}' can't be read: {}", name_, reason()));
            }
        }
        TRY_VOID(finish());
        return std::size_t{0};
    }

    Result<void> write(std::string_view bytes) {
        while (!bytes.empty() && data_.is_open()) {
            TRY_VOID(check());
            const ssize_t count = ::write(data_.get(), bytes.data(), bytes.size());
            if (count > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno == EAGAIN) {
                wait(POLLOUT);
            } else if (errno != EINTR) {
                data_.reset();
                TRY_VOID(finish());
                if (rest_ == Rest::dropped) return {};
                return could_not(fmt::format("'{}' ended before it had read all its input{}", name_, last()));
            }
        }
        return {};
    }

    // A program that reads is told of the end; all are waited for.
    Result<void> finish() {
        data_.reset();
        while (!has_ended()) {
            TRY_VOID(check());
            wait(0);
        }
        drain_errors();
        lines_.add({});
        if (signal_ != 0) return could_not(fmt::format("'{}' was ended by signal {}{}", name_, signal_, last()));
        if (status_ != 0) return could_not(fmt::format("'{}' ended with status {}{}", name_, status_, last()));
        return {};
    }

    std::vector<std::string> said() const { return {lines_.all().begin(), lines_.all().end()}; }

  private:
    // A pipe that holds all of it, and its end.
    static Result<Descriptor> filled(std::string_view input) {
        Pipe pipe = TRY(make_pipe());
        if (input.size() > longest_input || ::fcntl(pipe.write.get(), F_SETFL, O_NONBLOCK) != 0 ||
            ::write(pipe.write.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()))
            return could_not("the first input of a program is over 64 KiB");
        return std::move(pipe.read);
    }

    Result<void> check() {
        if (stop_requested() && !was_stopped_) {
            end();
            return could_not(fmt::format("interrupted while '{}' ran", name_));
        }
        if (deadline_ && Steady::now() >= *deadline_) {
            end();
            return could_not(fmt::format("'{}' was not done after {} and was ended{}", name_,
                                         format_duration(limits_.timeout), last()));
        }
        if (!limits_.while_quiet || Steady::now() - asked_ < limits_.quiet) return {};
        asked_ = Steady::now();
        auto goes_on = limits_.while_quiet(std::chrono::floor<Milliseconds>(asked_ - quiet_since_));
        if (!goes_on.ok()) end();
        return goes_on;
    }

    void wait(short wanted) {
        std::array<pollfd, 4> watched{{{data_.get(), wanted, 0},
                                       {err_.get(), POLLIN, 0},
                                       {ended_at_ ? -1 : process_.handle.get(), POLLIN, 0},
                                       {was_stopped_ ? -1 : stop_descriptor(), POLLIN, 0}}};
        if (wanted == 0) watched[0].fd = -1;
        Milliseconds limit = process_.handle.is_open() && !ended_at_ ? Milliseconds{60'000} : longest_wait;
        if (deadline_)
            limit = std::clamp(std::chrono::ceil<Milliseconds>(*deadline_ - Steady::now()), Milliseconds{0}, limit);
        if (limits_.while_quiet) limit = std::min(limit, std::max(limits_.quiet, longest_wait));
        ::poll(watched.data(), watched.size(), static_cast<int>(limit.count()));
        if (watched[1].revents) drain_errors();
        static_cast<void>(has_ended());
    }

    void drain_errors() {
        std::array<char, 1 << 14> block;
        while (err_.is_open()) {
            const ssize_t count = ::read(err_.get(), block.data(), block.size());
            if (count > 0)
                lines_.add({block.data(), static_cast<std::size_t>(count)});
            else if (count == 0 || (errno != EINTR && errno != EAGAIN))
                err_.reset();
            else if (errno == EAGAIN)
                return;
        }
    }

    // It stays a zombie until we go: its group keeps its number.
    bool has_ended() {
        if (ended_at_) return true;
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(process_.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
            if (errno == EINTR) return false;
            status_ = 255; // somebody else has waited for it
        } else {
            if (info.si_pid == 0) return false;
            signal_ = info.si_code == CLD_EXITED ? 0 : info.si_status;
            status_ = info.si_status;
        }
        ended_at_ = Steady::now();
        return true;
    }

    bool lingered() const { return ended_at_ && Steady::now() - *ended_at_ > linger; }

    void end() {
        ::kill(-process_.pid, SIGTERM);
        deadline_ = Steady::now() + limits_.patience;
        while (!has_ended() && Steady::now() < *deadline_) {
            pollfd watched{process_.handle.get(), POLLIN, 0};
            ::poll(&watched, 1, 20);
            drain_errors();
        }
        ::kill(-process_.pid, SIGKILL);
        drain_errors();
        lines_.add({});
    }

    std::string last() const { return lines_.all().empty() ? "" : ": " + cause_of(said()); }

    const std::string name_;
    const ChildLimits limits_;
    const Rest rest_;
    const bool was_stopped_; // what a stop started (an undo) is not ended by it
    ChildProcess process_;
    Descriptor data_, err_;
    LastLines lines_;
    std::optional<Steady::time_point> deadline_, ended_at_;
    Steady::time_point quiet_since_, asked_;
    int status_ = 0, signal_ = 0;
};

template <typename End>
class Of : public End {
  public:
    Of(std::string name, const ChildLimits& limits, Rest rest) : child_(std::move(name), limits, rest) {}
    std::vector<std::string> said() const override { return child_.said(); }
    Running& child() { return child_; }

  protected:
    Running child_;
};

class Printing : public Of<ChildSource> {
  public:
    using Of::Of;
    Result<std::size_t> read(std::span<char> into) override { return child_.read(into); }
};

class Reading : public Of<ChildSink> {
  public:
    using Of::Of;
    Result<void> write(std::string_view bytes) override { return child_.write(bytes); }
    Result<void> close() override { return child_.finish(); }
};

template <typename Kind>
Result<std::unique_ptr<Kind>> started(const Stage& stage, const ChildLimits& limits, Flow flow, std::string_view input,
                                      Rest rest) {
    if (stage.argv.empty()) return could_not("an empty command can't be run");
    prepare_for_children();
    auto made = std::make_unique<Kind>(stage.name.empty() ? stage.argv.front() : stage.name, limits, rest);
    TRY_VOID(made->child().start(stage, flow, input));
    return made;
}

}

Result<std::unique_ptr<ChildSource>> ChildSource::start(const Stage& stage, const ChildLimits& limits,
                                                        std::string_view input) {
    std::unique_ptr<ChildSource> made = TRY(started<Printing>(stage, limits, Flow::out, input, Rest::needed));
    return made;
}

Result<std::unique_ptr<ChildSink>> ChildSink::start(const Stage& stage, const ChildLimits& limits, Rest rest) {
    std::unique_ptr<ChildSink> made = TRY(started<Reading>(stage, limits, Flow::in, {}, rest));
    return made;
}

}
