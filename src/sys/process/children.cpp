#include "sys/process/children.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>

namespace fairlead::sys {
namespace {

constexpr Milliseconds linger_of_children{500}; // for output that a grandchild still holds open after the end
constexpr Milliseconds blind_interval{20};      // between looks at the children where the kernel has no pidfd
constexpr int lost_status = 255;                // somebody else has waited for it, or SIGCHLD is ignored

}

void prepare_for_children() {
    struct sigaction action {};
    if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
    if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) ::signal(SIGCHLD, SIG_DFL);
}

Children::Children(Milliseconds timeout, Milliseconds patience, Milliseconds grace)
    : patience_(patience), grace_(grace), was_stopped_(stop_requested()) {
    if (timeout.count() > 0) deadline_ = Steady::now() + timeout;
}

Children::~Children() {
    if (!all_ended()) signal_all(SIGKILL);
    for (const Child& child : children_)
        while (::waitpid(child.process.pid, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Children::add(ChildProcess child) { children_.push_back({std::move(child), {}, false}); }

void Children::feed(Descriptor to, Give give) {
    in_ = std::move(to);
    ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    give_ = std::move(give);
}

std::size_t Children::drain(Descriptor from, Take take) {
    drains_.push_back({std::move(from), std::move(take)});
    return drains_.size() - 1;
}

void Children::finish() {
    while (!(all_ended() && is_drained())) {
        if (all_ended() && Steady::now() >= *deadline_) break;
        step();
    }
    input_left_ = input_left_ || in_.is_open();
}

void Children::end() {
    if (!ending_) signal_all(SIGTERM);
}

void Children::kill_rest() {
    if (!children_.empty()) ::kill(-group(), SIGKILL); // kill(2): 0 is our own
}

void Children::signal_all(int number) {
    ending_ = true;
    if (!children_.empty()) ::kill(-group(), number); // their children hear of it too
    deadline_ = Steady::now() + patience_;
}

void Children::heed_stop() {
    interrupted_ = true;
    if (grace_.count() == 0) return end();
    const auto until = Steady::now() + grace_;
    deadline_ = std::min(deadline_.value_or(until), until);
}

void Children::watch() {
    watched_.clear();
    watched_.push_back({no_more_ ? -1 : in_.get(), POLLOUT, 0});
    for (const Drain& drain : drains_) watched_.push_back({drain.from.get(), POLLIN, 0});
    for (const Child& child : children_) watched_.push_back({child.ended ? -1 : child.process.handle.get(), POLLIN, 0});
    watched_.push_back({was_stopped_ || ending_ || interrupted_ ? -1 : stop_descriptor(), POLLIN, 0});
}

void Children::step() {
    watch();
    ::poll(watched_.data(), watched_.size(), wait_ms());
    ++rounds_;
    if (watched_.front().revents) write_some();
    for (std::size_t i = 0; i < drains_.size(); ++i)
        if (watched_[i + 1].revents) read_some(drains_[i]);
    if (watched_.back().revents && !ending_) heed_stop();
    const bool before = all_ended();
    for (Child& child : children_)
        if (!child.ended) look_after(child);
    if (!before && all_ended()) {
        deadline_ = Steady::now() + linger_of_children;
        if (ending_) kill_rest(); // it had its SIGTERM
    }
    if (!all_ended() && deadline_ && Steady::now() >= *deadline_) {
        if (!ending_ && !interrupted_) timed_out_ = true;
        signal_all(ending_ ? SIGKILL : SIGTERM);
    }
}

int Children::wait_ms() const {
    std::optional<Milliseconds> wait;
    if (deadline_) wait = std::max(std::chrono::ceil<Milliseconds>(*deadline_ - Steady::now()), Milliseconds{0});
    const bool blind = std::any_of(children_.begin(), children_.end(),
                                   [](const Child& child) { return !child.ended && !child.process.handle.is_open(); });
    if (blind) wait = std::min(wait.value_or(blind_interval), blind_interval);
    return wait ? static_cast<int>(std::min<std::int64_t>(wait->count(), 60'000)) : -1;
}

void Children::look_after(Child& child) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child.process.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        if (errno == EINTR) return;
        child.end = {lost_status, 0, rounds_};
    } else {
        if (info.si_pid == 0) return;
        const int signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
        child.end = {signal ? 128 + signal : info.si_status, signal, rounds_};
    }
    child.ended = true;
}

void Children::write_some() {
    if (pending_.empty()) {
        const auto piece = give_();
        no_more_ = !piece;
        if (piece && piece->empty()) in_.reset();
        if (!piece || piece->empty()) return;
        pending_ = *piece;
    }
    const ssize_t count = ::write(in_.get(), pending_.data(), pending_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count > 0) return pending_.remove_prefix(static_cast<std::size_t>(count));
    pending_ = {}; // it doesn't want the rest
    input_left_ = true;
    in_.reset();
}

void Children::read_some(Drain& drain) {
    std::array<char, 1 << 16> block;
    const ssize_t count = ::read(drain.from.get(), block.data(), block.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    const bool more = drain.take({block.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
    if (!more || count <= 0) drain.from.reset(); // who writes to it then hears what we heard
}

bool Children::all_ended() const {
    return std::all_of(children_.begin(), children_.end(), [](const Child& child) { return child.ended; });
}

bool Children::is_drained() const {
    return std::none_of(drains_.begin(), drains_.end(), [](const Drain& drain) { return drain.from.is_open(); });
}

}
