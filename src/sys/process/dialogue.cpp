#include "sys/process/dialogue.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/environment.h"
#include "sys/process/child.h"
#include "sys/process/children.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <thread>

namespace fairlead::sys {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t most_unheard = 4u << 20; // of what it said and nobody received
constexpr std::size_t most_errors = 8u << 10;
constexpr Milliseconds farewell{1000};

}

struct Dialogue::State {
    std::string name;
    Milliseconds patience{0};
    ChildProcess child;
    Descriptor in, out, err;
    std::string unsent, said, errors;
    std::size_t taken = 0; // of `said`

    ~State() {
        if (child.pid == 0) return;
        in.reset();
        if (!gone(farewell)) ::kill(-child.pid, SIGTERM);
        if (!gone(farewell)) ::kill(-child.pid, SIGKILL);
        while (child.pid != 0 && ::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }

    bool gone(Milliseconds wait) {
        for (const auto end = Steady::now() + wait; child.pid != 0;) {
            const int waited = ::waitpid(child.pid, nullptr, WNOHANG);
            if (waited < 0 && errno == EINTR) continue;
            if (waited != 0) child.pid = 0;
            if (child.pid == 0 || Steady::now() >= end) break;
            std::this_thread::sleep_for(Milliseconds(5));
        }
        return child.pid == 0;
    }

    std::size_t waiting() const { return said.size() - taken; }

    // What can be read now; false: it was closed.
    static bool take(Descriptor& from, std::string& into) {
        std::array<char, 64u << 10> block;
        const ssize_t count = ::read(from.get(), block.data(), block.size());
        if (count > 0) into.append(block.data(), static_cast<std::size_t>(count));
        if (count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))) return true;
        from.reset();
        return false;
    }

    void give() {
        const ssize_t count = ::write(in.get(), unsent.data(), unsent.size());
        if (count >= 0)
            unsent.erase(0, static_cast<std::size_t>(count));
        else if (errno != EINTR && errno != EAGAIN)
            in.reset();
    }

    // One look at all that moves. False: nothing did before `end`.
    Result<bool> step(Steady::time_point end, bool heeds_stop) {
        const auto left = std::chrono::ceil<Milliseconds>(end - Steady::now());
        std::array<pollfd, 4> files{pollfd{unsent.empty() ? -1 : in.get(), POLLOUT, 0},
                                    pollfd{waiting() < most_unheard ? out.get() : -1, POLLIN, 0},
                                    pollfd{err.get(), POLLIN, 0},
                                    pollfd{heeds_stop ? stop_descriptor() : -1, POLLIN, 0}};
        const int ready = ::poll(files.data(), files.size(), static_cast<int>(std::max<long>(0, left.count())));
        if (ready < 0 && errno != EINTR) return could_not(fmt::format("{} can't be waited for: {}", name, reason()));
        if (ready == 0) return false;
        if (ready < 0) return true;
        if (files[2].revents != 0) take(err, errors);
        if (errors.size() > most_errors) errors.erase(0, errors.size() - most_errors / 2);
        if (files[1].revents != 0) take(out, said);
        if (files[0].revents != 0) give();
        if (files[3].revents != 0) return could_not(fmt::format("interrupted while talking with {}", name));
        return true;
    }

    Error silent() const {
        return could_not(fmt::format("{} has not answered for {}", name, format_duration(patience)));
    }
};

Result<Dialogue> Dialogue::start(const std::vector<std::string>& argv, const std::string& name, Milliseconds patience,
                                 std::optional<std::vector<std::string>> environment) {
    prepare_for_children();
    auto in = TRY(make_pipe());
    auto out = TRY(make_pipe());
    auto err = TRY(make_pipe());
    const std::string folder;
    Program program{.argv = argv,
                    .folder = folder,
                    .environment = environment ? std::move(*environment)
                                               : child_environment(Environment::of_process(), Child::network),
                    .dies_with_us = true,
                    .whose = Whose::ours};
    auto child = TRY(start_child(program, {in.read.get(), out.write.get(), err.write.get()}));
    auto state = std::make_unique<State>();
    state->name = name;
    state->patience = patience;
    state->child = std::move(child);
    state->in = std::move(in.write);
    state->out = std::move(out.read);
    state->err = std::move(err.read);
    for (const auto* ours : {&state->in, &state->out, &state->err}) ::fcntl(ours->get(), F_SETFL, O_NONBLOCK);
    return Dialogue(std::move(state));
}

Dialogue::Dialogue(std::unique_ptr<State> state) : state_(std::move(state)) {}
Dialogue::Dialogue(Dialogue&&) noexcept = default;
Dialogue::~Dialogue() = default;

Result<void> Dialogue::send(std::string_view bytes) {
    auto& state = *state_;
    state.unsent += bytes;
    const bool heeds_stop = !stop_requested();
    auto end = Steady::now() + state.patience;
    while (!state.unsent.empty()) {
        if (!state.in.is_open()) return ended();
        const std::size_t before = state.unsent.size();
        const bool moved = TRY(state.step(end, heeds_stop));
        if (!moved) return state.silent();
        if (state.unsent.size() != before) end = Steady::now() + state.patience;
    }
    return {};
}

Result<std::size_t> Dialogue::receive(std::span<char> into) {
    auto& state = *state_;
    const bool heeds_stop = !stop_requested();
    const auto end = Steady::now() + state.patience;
    while (state.waiting() == 0) {
        if (!state.out.is_open()) return std::size_t{0};
        const bool moved = TRY(state.step(end, heeds_stop));
        if (!moved) return state.silent();
    }
    const std::size_t count = std::min(into.size(), state.waiting());
    std::copy_n(state.said.data() + state.taken, count, into.data());
    state.taken += count;
    if (state.waiting() == 0 || state.taken > (1u << 20)) {
        state.said.erase(0, state.taken);
        state.taken = 0;
    }
    return count;
}

Error Dialogue::ended() {
    auto& state = *state_;
    for (const auto end = Steady::now() + farewell; state.err.is_open();) { // its last words may still be on their way
        const auto moved = state.step(end, false);
        if (!moved.ok() || !moved.value()) break;
    }
    const auto lines = split(trim(std::string_view(state.errors)), '\n');
    const auto last = one_line(mask(trim(std::string_view(lines.back()))));
    return could_not(fmt::format("{} ended: {}", state.name, last.empty() ? "it gave no reason" : last));
}

}
