#include "sys/signals.h"
#include "support/catch.h"
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace fairlead::sys;

namespace {

// Runs `body` in a child of its own and gives its wait status.
template <typename Body>
int in_child(Body body) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(20);
        body();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
}

void expect(bool holds) {
    if (!holds) ::_exit(99);
}

bool is_readable(int descriptor) {
    pollfd file{descriptor, POLLIN, 0};
    return ::poll(&file, 1, 0) == 1;
}

void stops_at_first(int number) {
    const int status = in_child([&] {
        catch_signals();
        expect(!stop_requested() && stop_signal() == 0 && !is_readable(stop_descriptor()));
        ::raise(number);
        expect(stop_requested() && stop_signal() == number && is_readable(stop_descriptor()));
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

}

TEST_CASE("SIGINT, SIGTERM and SIGHUP alike ask us to stop") {
    stops_at_first(SIGINT);
    stops_at_first(SIGTERM);
    stops_at_first(SIGHUP);
}

TEST_CASE("one wish that is delivered twice asks once: neither copy ends the process") {
    const int status = in_child([] {
        catch_signals();
        ::raise(SIGTERM);
        ::raise(SIGTERM);
        ::raise(SIGHUP);
        expect(stop_signal() == SIGTERM && is_readable(stop_descriptor()));
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("only what comes within a second is an echo") {
    CHECK(is_echo(std::chrono::milliseconds{0}));
    CHECK(is_echo(std::chrono::milliseconds{999}));
    CHECK_FALSE(is_echo(std::chrono::milliseconds{1000}));
}

TEST_CASE("a second signal, of whichever kind, ends the process at once with status 3") {
    const int status = in_child([] {
        catch_signals();
        ::raise(SIGINT);
        while (true) { // it comes again and again, as from someone who is impatient
            ::raise(SIGTERM);
            ::usleep(50'000);
        }
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);
}

TEST_CASE("a reader that went away is an error of write, not our end") {
    const int status = in_child([] {
        ::signal(SIGPIPE, SIG_DFL);
        catch_signals();
        int ends[2];
        expect(::pipe(ends) == 0);
        ::close(ends[0]);
        expect(::write(ends[1], "x", 1) == -1);
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("under nohup the end of the terminal stays ignored") {
    const int status = in_child([] {
        ::signal(SIGHUP, SIG_IGN);
        catch_signals();
        ::raise(SIGHUP);
        expect(!stop_requested());
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a stop request can be taken back, and the next signal is a first one again") {
    const int status = in_child([] {
        catch_signals();
        ::raise(SIGINT);
        reset_stop_request();
        expect(!stop_requested() && !is_readable(stop_descriptor()));
        ::raise(SIGTERM);
        expect(stop_signal() == SIGTERM && is_readable(stop_descriptor()));
    });
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
