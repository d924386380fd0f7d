#include "sys/process/process.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/supervise.h"
#include "sys/signals.h"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;
using std::chrono::steady_clock;

namespace {

Output output_of(const Command& command) {
    auto output = run(command);
    if (!output) FAIL(output.error().message);
    return std::move(output).value();
}

Output shell_output(const std::string& script) { return output_of({.argv = {"sh", "-c", script}}); }

// A process that we didn't start through run(); ended with its owner.
class Sleeper {
  public:
    explicit Sleeper(const char* name = "sleeper") : pid_(::fork()) {
        if (pid_ != 0) return;
        ::prctl(PR_SET_NAME, name);
        while (true) ::pause();
    }
    ~Sleeper() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    int pid() const { return pid_; }

  private:
    pid_t pid_;
};

// What a child must have open: 0, 1, 2, and what whoever started the test left open for everyone.
std::ptrdiff_t standard_and_inherited() {
    std::ptrdiff_t count = 3;
    for (int number = 3; number < 1024; ++number) {
        const int flags = ::fcntl(number, F_GETFD);
        count += flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    return count;
}

template <typename Condition>
bool soon(Condition condition) {
    for (int round = 0; round < 500 && !condition(); ++round) std::this_thread::sleep_for(Milliseconds{10});
    return condition();
}

}

TEST_CASE("a process gives its status and both of its streams") {
    const auto output = shell_output("echo out; echo err >&2; exit 7");
    CHECK(output.status == 7);
    CHECK(output.signal == 0);
    CHECK(output.out == "out\n");
    CHECK(output.err == "err\n");
    CHECK_FALSE(output.timed_out);
    CHECK_FALSE(output.truncated);
}

TEST_CASE("a process that a signal ended has 128 and its number as status") {
    const auto output = shell_output("kill -SEGV $$");
    CHECK(output.signal == SIGSEGV);
    CHECK(output.status == 128 + SIGSEGV);
}

TEST_CASE("words are handed over as they are, never to a shell") {
    const auto output = output_of({.argv = {"printf", "%s|", "a b", "$HOME", "`id`", "", "*"}});
    CHECK(output.out == "a b|$HOME|`id`||*|");
}

TEST_CASE("more input and output than pipes hold flows both ways at once") {
    const std::string input(3'000'000, 'x');
    const auto output = output_of({.argv = {"cat"}, .input = input});
    CHECK(output.out == input);
}

TEST_CASE("a process that wants no input gets none, and one that leaves it unread is not our end") {
    CHECK(output_of({.argv = {"cat"}}).out.empty());
    CHECK(output_of({.argv = {"true"}, .input = std::string(1'000'000, 'x')}).status == 0);
}

TEST_CASE("output over the limit is dropped and said so, the process still runs to its end") {
    const auto output = output_of(
        {.argv = {"sh", "-c", "head -c 300000 /dev/zero; exit 4"}, .output_limit = 1000, .keep_partial = true});
    CHECK(output.out.size() == 1000);
    CHECK(output.truncated);
    CHECK(output.status == 4);
}

TEST_CASE("half an answer is no answer: what was cut or ended by the timeout is an error") {
    const auto cut = run({.argv = {"sh", "-c", "head -c 300000 /dev/zero"}, .output_limit = 1000});
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().kind == Kind::could_not);
    CHECK(cut.error().message == "'sh' printed more than 1000 bytes, so its output was cut off and can't be used");
    CHECK_FALSE(run({.argv = {"yes"}, .output_limit = 1000}).ok()); // it is ended: nobody hears the rest
    const auto late = run({.argv = {"sleep", "60"}, .timeout = Milliseconds{50}});
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().message == "'sleep' was not done after 50ms and was ended");
}

TEST_CASE("a program that is not there is an error that names it") {
    const auto bare = run({.argv = {"no-such-program"}});
    REQUIRE_FALSE(bare.ok());
    CHECK(bare.error().kind == Kind::could_not);
    CHECK(bare.error().message == "program 'no-such-program' is not in PATH; install it or name its path");
    const auto path = run({.argv = {"/no/such/program"}});
    REQUIRE_FALSE(path.ok());
    CHECK(path.error().message == "'/no/such/program' can't be started: No such file or directory");
    CHECK_FALSE(run({}).ok());
}

TEST_CASE("a file that can't be executed is an error with the reason") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    REQUIRE(write_file(folder.path() / "plain", "echo").ok());
    const auto output = run({.argv = {(folder.path() / "plain").string()}});
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().message.ends_with("can't be started: Permission denied"));
}

TEST_CASE("a process runs in the folder asked for, and one that is not there is named") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    CHECK(output_of({.argv = {"pwd"}, .folder = folder.path()}).out ==
          std::filesystem::canonical(folder.path()).string() + "\n");
    REQUIRE(write_file(folder.path() / "here", "#!/bin/sh\necho here\n", 0755).ok());
    CHECK(output_of({.argv = {"./here"}, .folder = folder.path()}).out == "here\n");
    const auto nowhere = run({.argv = {"pwd"}, .folder = "/no/such/folder"});
    REQUIRE_FALSE(nowhere.ok());
    CHECK(nowhere.error().message.ends_with("can't run in '/no/such/folder': there is no such folder"));
}

TEST_CASE("a process sees what any program may need, or exactly the environment given") {
    for (const char* name :
         {"INPUT_CANARY", "FAIRLEAD_TEST_CANARY", "GITHUB_TOKEN", "GIT_SSH_COMMAND", "LD_PRELOAD_CANARY"})
        ::setenv(name, "canary", 1);
    ::setenv("LC_TIME", "C", 1);
    const auto ours = output_of({.argv = {"env"}}).out;
    const auto given = output_of({.argv = {"env"}, .environment = std::vector<std::string>{"A=1"}}).out;
    for (const char* name :
         {"INPUT_CANARY", "FAIRLEAD_TEST_CANARY", "GITHUB_TOKEN", "GIT_SSH_COMMAND", "LD_PRELOAD_CANARY", "LC_TIME"})
        ::unsetenv(name);
    CHECK(ours.find("canary") == std::string::npos);
    CHECK(ours.find("PATH=") != std::string::npos);
    CHECK(ours.find("LC_TIME=C\n") != std::string::npos);
    CHECK(given == "A=1\n");
}

TEST_CASE("a process inherits no descriptor of ours but the three streams") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto lock = Lock::take(folder.path() / "lock", "", Milliseconds{0});
    REQUIRE(lock.ok());
    const auto output = output_of({.argv = {"ls", "-l", "/proc/self/fd"}, .input = "x"}).out;
    CHECK(output.find(folder.path().string()) == std::string::npos);
    CHECK(output.find(" 0 -> pipe:") != std::string::npos);
    CHECK(output.find(" 2 -> pipe:") != std::string::npos);
    CHECK(std::count(output.begin(), output.end(), '>') == standard_and_inherited() + 1); // and the folder it lists
}

TEST_CASE("a process starts with the usual handling of signals") {
    ::signal(SIGPIPE, SIG_IGN);
    const auto output = output_of({.argv = {"grep", "-E", "SigIgn|SigBlk", "/proc/self/status"}}).out;
    const auto position = output.find("SigIgn:\t");
    REQUIRE(position != std::string::npos);
    const auto ignored = std::stoull(output.substr(position + 8), nullptr, 16);
    CHECK((ignored & (1ull << (SIGPIPE - 1))) == 0);
    CHECK(output.find("SigBlk:\t0000000000000000") != std::string::npos);
}

TEST_CASE("a process has its status though whoever started us ignores SIGCHLD") {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::signal(SIGCHLD, SIG_IGN);
        const auto output = run({.argv = {"sh", "-c", "exit 7"}, .timeout = Milliseconds{5000}});
        ::_exit(output.ok() ? output->status : 99);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a process that takes too long is asked to end, and its children with it") {
    const auto begin = steady_clock::now();
    const auto output = output_of(
        {.argv = {"sh", "-c", "sleep 60 & echo $!; wait"}, .timeout = Milliseconds{150}, .keep_partial = true});
    CHECK(output.timed_out);
    CHECK(output.signal == SIGTERM);
    CHECK(steady_clock::now() - begin < std::chrono::seconds{5});
    CHECK(soon([&] { return !identify(std::stoi(output.out)); }));
}

TEST_CASE("a process that won't hear SIGTERM is killed two seconds later") {
    const auto begin = steady_clock::now();
    const auto output = output_of({.argv = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"},
                                   .timeout = Milliseconds{200},
                                   .keep_partial = true});
    const auto took = steady_clock::now() - begin;
    CHECK(output.timed_out);
    CHECK(output.signal == SIGKILL);
    CHECK(output.out == "ready\n");
    CHECK(took >= Milliseconds{2200});
    CHECK(took < Milliseconds{6000});
}

TEST_CASE("a process that tidies up at SIGTERM keeps its own status") {
    const auto output = output_of({.argv = {"sh", "-c", "trap 'echo tidy; exit 5' TERM; while :; do sleep 0.05; done"},
                                   .timeout = Milliseconds{200},
                                   .keep_partial = true});
    CHECK(output.timed_out);
    CHECK(output.status == 5);
    CHECK(output.out == "tidy\n");
}

TEST_CASE("what dies with us dies with all that it started, when we are killed, and ends as it did when we are not") {
    const auto folder = TemporaryFolder::make("fairlead-guard").value();
    const auto pids = folder.path() / "pids";
    const int owner = ::fork();
    if (owner == 0) { // a child in another session, whose own child has lost its parent, and no variable tells it
        [[maybe_unused]] const auto ran =
            run({.argv = {"sh", "-c",
                          "setsid env -i sh -c '(sleep 1031 & echo $! >>$0.tmp); echo $$ >>$0.tmp; mv $0.tmp $0; "
                          "exec sleep 1031' $0 & echo $$ >>$0.tmp; wait; sleep 1031",
                          pids.string()},
                 .dies_with_us = true});
        ::_exit(0);
    }
    REQUIRE(soon([&] { return inspect(pids).type == FileType::file; }));
    ::kill(owner, SIGKILL);
    ::waitpid(owner, nullptr, 0);
    std::istringstream lines(read_file(pids).value());
    int count = 0;
    for (int pid = 0; lines >> pid; ++count) CHECK(soon([&] { return !identify(pid); }));
    CHECK(count == 3);

    CHECK(output_of({.argv = {"sh", "-c", "echo out; echo err >&2; exit 7"}, .dies_with_us = true}).status == 7);
    CHECK(output_of({.argv = {"sh", "-c", "kill -9 $$"}, .dies_with_us = true}).signal == SIGKILL);
    CHECK(output_of({.argv = {"sh", "-c", "echo out; sleep 5 & exit 0"}, .dies_with_us = true}).out == "out\n");
    const auto slow = output_of(
        {.argv = {"sh", "-c", "sleep 1033"}, .timeout = Milliseconds{100}, .keep_partial = true, .dies_with_us = true});
    CHECK(slow.timed_out);
    CHECK(slow.signal == SIGTERM);
    CHECK_FALSE(run({.argv = {"/nowhere/program"}, .dies_with_us = true}).ok());
}

TEST_CASE("the end of a process that we did not start is heard at once") {
    const auto end_after = [](Milliseconds time) {
        const int pid = ::fork();
        if (pid == 0) {
            std::this_thread::sleep_for(time);
            ::_exit(0);
        }
        return identify(pid).value();
    };
    const Sleeper other;
    const auto ends = end_after(Milliseconds{500}), stays = identify(other.pid()).value();
    const auto begin = steady_clock::now();
    CHECK_FALSE(wait_for_end({stays, ends}, Milliseconds{10}));
    CHECK(wait_for_end({stays, ends}, Milliseconds{20'000}));
    CHECK(steady_clock::now() - begin < Milliseconds{15'000});
    ::waitpid(ends.pid, nullptr, 0);
    CHECK(wait_for_end({stays, ends}, Milliseconds{20'000})); // and of one that ended before
    CHECK_FALSE(wait_for_end({stays}, Milliseconds{1}));
}

TEST_CASE("a process that ends in time is not said to have timed out") {
    const auto output = output_of({.argv = {"true"}, .timeout = Milliseconds{20'000}});
    CHECK_FALSE(output.timed_out);
    CHECK(output.status == 0);
}

TEST_CASE("a daemon that keeps the streams open doesn't hold us") {
    const auto begin = steady_clock::now();
    const auto output = shell_output("echo started; sleep 60 & echo $!");
    CHECK(steady_clock::now() - begin < std::chrono::seconds{10});
    REQUIRE(output.out.starts_with("started\n"));
    const int daemon = std::stoi(output.out.substr(8));
    CHECK(identify(daemon).has_value()); // and it lives on
    ::kill(daemon, SIGKILL);
}

TEST_CASE("a stop request ends the process that runs, but not one that is started after it") {
    catch_signals();
    const auto begin = steady_clock::now();
    {
        std::jthread killer([] {
            std::this_thread::sleep_for(Milliseconds{150});
            ::kill(::getpid(), SIGINT);
        });
        const auto output = output_of({.argv = {"sh", "-c", "sleep 60"}, .keep_partial = true});
        CHECK(output.signal == SIGTERM);
        CHECK(output.interrupted);
        CHECK_FALSE(output.timed_out);
    }
    CHECK(steady_clock::now() - begin < std::chrono::seconds{5});
    CHECK(shell_output("sleep 0.1; echo undone").out == "undone\n");
    reset_stop_request();
}

TEST_CASE("after a stop request a process has its grace to end by itself") {
    catch_signals();
    const auto stopped_by_its_child = [](const std::string& script, Milliseconds grace) {
        const auto output =
            output_of({.argv = {"sh", "-c", "kill -INT $PPID; " + script}, .grace = grace, .keep_partial = true});
        CHECK(output.interrupted);
        CHECK_FALSE(output.timed_out);
        reset_stop_request();
        return output;
    };
    const auto in_time = stopped_by_its_child("sleep 0.1; echo done", Milliseconds{20'000});
    CHECK(in_time.out == "done\n");
    CHECK(in_time.status == 0);
    CHECK(stopped_by_its_child("exec sleep 60", Milliseconds{20}).signal == SIGTERM);
}

namespace {

// What a process with inherited output writes to that stream of ours.
std::string inherited(const std::string& script, int stream, Command command = {}) {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const int file = ::open((folder.path() / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int before = ::dup(stream);
    ::dup2(file, stream);
    command.argv = {"sh", "-c", script};
    command.inherit_output = true;
    const auto output = run(command);
    ::dup2(before, stream);
    ::close(before);
    ::close(file);
    REQUIRE(output.ok());
    CHECK(output->status == 2);
    CHECK(output->out.empty());
    return read_file(folder.path() / "out").value();
}

}

TEST_CASE("with inherited output the process writes where we write") {
    CHECK(inherited("echo direct; exit 2", STDOUT_FILENO) == "direct\n");
}

TEST_CASE("what is masked on its way is said to the last byte, though the process leaves a server behind") {
    const Secret known("hunter-of-2-bears");
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto file = (folder.path() / "server").string();
    const auto begin = steady_clock::now();
    CHECK(inherited("sleep 120 & echo $! > '" + file +
                        "'; echo 'with hunter-of-2-bears'; printf 'no end of line'; exit 2",
                    STDOUT_FILENO) == "with ***\nno end of line");
    CHECK(steady_clock::now() - begin < std::chrono::seconds{60});
    CHECK(::kill(std::stoi(fairlead::test::read(file)), SIGKILL) == 0);
}

TEST_CASE("with one stream the process writes both in its order") {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        CHECK(inherited("echo out; echo err >&2; echo out; exit 2", stream, {.one_stream = stream}) ==
              "out\nerr\nout\n");
}

TEST_CASE("processes run even where our own standard streams are closed") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const pid_t pid = ::fork();
    if (pid == 0) {
        for (const int stream : {0, 1, 2}) ::close(stream);
        const auto output = run({.argv = {"sh", "-c", "cat; echo err >&2"}, .input = "in"});
        ::_exit(output.ok() && output->out == "in" && output->err == "err\n" ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("a program is found in PATH, a folder or a plain file of that name is none") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    REQUIRE(make_folders(folder.path() / "first/tool").ok());
    REQUIRE(make_folders(folder.path() / "second").ok());
    REQUIRE(make_folders(folder.path() / "third").ok());
    REQUIRE(write_file(folder.path() / "second/tool", "", 0644).ok());
    REQUIRE(write_file(folder.path() / "third/tool", "", 0755).ok());
    const std::string before = std::getenv("PATH"), base = folder.path().string();
    ::setenv("PATH", fmt::format("{0}/first:{0}/second:{0}/third", base).c_str(), 1);
    const auto found = find_program("tool");
    const auto absent = find_program("sh");
    ::setenv("PATH", before.c_str(), 1);
    CHECK(found == base + "/third/tool");
    CHECK_FALSE(absent.has_value());
    CHECK(find_program("/bin/sh") == "/bin/sh");
    CHECK_FALSE(find_program("/bin/no-such").has_value());
    CHECK_FALSE(find_program("").has_value());
}

TEST_CASE("what we need ourselves is found in no folder of PATH that a change could have filled") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const std::string base = std::filesystem::canonical(folder.path()).string(), before = std::getenv("PATH");
    for (const char* name : {"tree/.git", "tree/bin", "tree/sub", "job/bin", "project/bin", "outside"})
        REQUIRE(make_folders(base + "/" + name).ok());
    REQUIRE(write_file(base + "/project/fairlead.yml", "").ok());
    for (const char* place : {"tree/bin", "tree/sub", "job/bin", "project/bin", "outside"})
        REQUIRE(write_file(base + "/" + place + "/tool", "#!/bin/sh\necho " + std::string(place) + "\n", 0755).ok());
    REQUIRE(replace_symlink(base + "/tree/bin", base + "/link").ok());
    REQUIRE(make_folders(base + "/links").ok());
    REQUIRE(replace_symlink(base + "/tree/bin/tool", base + "/links/tool").ok());
    const auto here = std::filesystem::current_path();
    const auto found_in = [&](const std::string& from, const std::string& path) {
        std::filesystem::current_path(base + "/" + from);
        ::setenv("PATH", path.c_str(), 1);
        const auto found = find_own_program("tool").value_or("nothing");
        const auto ran = run({.argv = {"tool"}});
        const auto chosen = run({.argv = {"tool"}, .any_path = true});
        std::filesystem::current_path(here);
        ::setenv("PATH", before.c_str(), 1);
        CHECK(ran.ok() == (found != "nothing"));
        if (!ran.ok())
            CHECK(ran.error().message.find("where a change could have put it; install it") != std::string::npos);
        CHECK(chosen.ok());
        return found;
    };
    ::setenv("GITHUB_WORKSPACE", (base + "/job").c_str(), 1);
    for (const std::string& path :
         {base + "/tree/bin", base + "/link", base + "/links", std::string("."), std::string(":"),
          std::string("../sub"), base + "/outside/../tree/bin", base + "/job/bin"}) {
        INFO(path);
        CHECK(found_in("tree/sub", path + ":" + base + "/outside") == base + "/outside/tool");
        CHECK(found_in("tree/sub", path) == "nothing");
    }
    CHECK(found_in("project", base + "/project/bin:bin") == "nothing");
    CHECK(found_in("outside", base + "/tree/bin") == base + "/tree/bin/tool"); // nobody's tree from there
    ::unsetenv("GITHUB_WORKSPACE");
}

TEST_CASE("a process is told by pid and start, whatever it calls itself") {
    for (const char* name : {"plain", "with blank", "a) Z 1 2 (b", ")"}) {
        const Sleeper sleeper(name);
        const auto comm = fmt::format("/proc/{}/comm", sleeper.pid());
        REQUIRE(soon([&] { return read_file(comm).value() == std::string(name) + "\n"; }));
        const auto id = identify(sleeper.pid());
        REQUIRE(id.has_value());
        CHECK(id->pid == sleeper.pid());
        CHECK(id->started >= identify(::getpid())->started);
        CHECK(is_running(*id));
        CHECK_FALSE(is_running({id->pid, id->started + 1})); // the pid went to another
    }
    CHECK_FALSE(identify(0).has_value());
    CHECK_FALSE(identify(-1).has_value());
}

TEST_CASE("a zombie is not running, and a signal to one who is gone is fine") {
    const pid_t pid = ::fork();
    if (pid == 0) {
        while (true) ::pause();
    }
    const auto id = identify(pid);
    REQUIRE(id.has_value());
    CHECK(send_signal({id->pid, id->started + 1}, SIGKILL).ok()); // someone else's pid by now: left alone
    CHECK(is_running(*id));
    CHECK(send_signal(*id, SIGKILL).ok());
    CHECK(soon([&] { return !is_running(*id); })); // nobody has waited for it yet
    CHECK_FALSE(identify(pid).has_value());
    CHECK(send_signal(*id, SIGTERM).ok());
    ::waitpid(pid, nullptr, 0);
    CHECK(send_signal(*id, SIGTERM).ok());
    CHECK(send_signal({}, SIGTERM).ok());
}
