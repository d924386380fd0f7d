#include "sys/process/supervise.h"
#include "support/catch.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/process/survivors.h"
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <unistd.h>
#include <utility>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

TemporaryFolder supervise_folder() { return TemporaryFolder::make("fairlead-supervise").value(); }

bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 500; ++i) {
        if (holds()) return true;
        real_clock().rest(Milliseconds{10});
    }
    return false;
}

}

TEST_CASE("a detached process has a session, streams and variables of its own, and nothing open but its lock") {
    const auto folder = supervise_folder();
    const auto lock = folder.path() / "lock", out = folder.path() / "out";
    const std::string script =
        "{ cut -d' ' -f6 /proc/$$/stat; echo $$; ls /proc/$$/fd | tr '\\n' ' '; echo; readlink /proc/$$/fd/0 "
        "/proc/$$/fd/1; env | grep -v -e ^PWD -e ^SHLVL -e ^_; pwd; } >out.tmp; mv out.tmp " +
        out.string() + "; exec sleep 60.25";
    REQUIRE(start_detached({{"/bin/bash", "-c", script}, {"ONLY=this"}, folder.path(), lock}).ok());
    REQUIRE(soon([&] { return inspect(out).type == FileType::file; }));
    const auto text = read_file(out).value();
    INFO(text);
    CHECK(is_locked(lock));
    CHECK(text.find("ONLY=this\n" + folder.path().string()) != std::string::npos);
    CHECK(text.find("PATH=") == std::string::npos);
    CHECK(text.find("/dev/null\n") != std::string::npos);
    const int pid = std::stoi(text.substr(text.find('\n') + 1));
    CHECK(std::stoi(text) != ::getsid(0)); // its session is not ours
    REQUIRE(detached_process(lock));
    CHECK(detached_process(lock)->pid == pid);
    for (const auto* damaged : {"", "1", "99999999", "what is this"}) {
        std::ofstream(lock, std::ios::trunc) << damaged;
        INFO(damaged);
        REQUIRE(detached_process(lock)); // by the descriptor that it keeps
        CHECK(detached_process(lock)->pid == pid);
    }
    std::filesystem::rename(lock, folder.path() / "moved");
    CHECK_FALSE(detached_process(lock));
    REQUIRE(soon([&] { return detached_as({"60.25"}).has_value(); })); // by its words, once nobody finds it by its lock
    CHECK(detached_as({"60.25"})->pid == pid);
    CHECK_FALSE(detached_as({"61"}));
    std::filesystem::rename(folder.path() / "moved", lock);
    const auto again = start_detached({{"/bin/true"}, {}, "/", lock});
    CHECK_FALSE(again.ok()); // the lock is held
    const auto id = identify(pid);
    REQUIRE(id);
    REQUIRE(send_signal(*id, SIGKILL).ok());
    CHECK(soon([&] { return !is_locked(lock); }));
    CHECK_FALSE(detached_process(lock));
}

TEST_CASE("a program that can't be executed is told by the starter") {
    const auto folder = supervise_folder();
    const auto started = start_detached({{"/nonexistent/program"}, {}, "/", folder.path() / "lock"});
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().message.find("No such file or directory") != std::string::npos);
    CHECK(soon([&] { return !is_locked(folder.path() / "lock"); }));
    CHECK_FALSE(is_locked(folder.path() / "none"));
}

TEST_CASE("a log over its limit is kept once and begun again") {
    const auto folder = supervise_folder();
    const auto log = folder.path() / "log";
    REQUIRE(write_file(log, std::string(100, 'x')).ok());
    REQUIRE(rotate_log(log, 100).ok());
    CHECK(inspect(log).size == 100);
    REQUIRE(rotate_log(log, 99).ok());
    CHECK(inspect(log).type == FileType::absent);
    CHECK(inspect(log.string() + ".1").size == 100);
}

TEST_CASE("signals have names") {
    CHECK(signal_number("SIGTERM") == SIGTERM);
    CHECK(signal_number("SIGQUIT") == SIGQUIT);
    CHECK(signal_number("TERM") == 0);
}

TEST_CASE("what was started with a variable is found in whatever session, and of the user who is named only") {
    const auto folder = supervise_folder();
    const auto variable = "FAIRLEAD_SOCKET=" + (folder.path() / "a.sock").string();
    const auto start = [&](const std::string& name, const std::string& with) {
        const auto lock = folder.path() / name;
        REQUIRE(start_detached({{"/bin/sleep", "60"}, {"A=1", with}, "/", lock}).ok());
        REQUIRE(soon([&] { return detached_process(lock).has_value(); }));
        return *detached_process(lock);
    };
    const auto left = start("left", variable), other = start("other", variable + ".other");
    const auto found = started_with("FAIRLEAD_SOCKET=" + folder.path().string() + "/", ::getuid());
    std::set<std::pair<int, std::string>> marked;
    for (const auto& [process, rest] : found) marked.insert({process.pid, rest});
    CHECK(marked == std::set<std::pair<int, std::string>>{{left.pid, "a.sock"}, {other.pid, "a.sock.other"}});
    CHECK(started_with("FAIRLEAD_SOCKET=" + folder.path().string() + "/", ::getuid() + 1).empty());
    REQUIRE(remove_tree(folder.path() / "left").ok());
    const auto kept = detached_below((folder.path() / "left").string(), ::getuid());
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].process.pid == left.pid);
    CHECK(kept[0].rest == " (deleted)");
    CHECK(end_survivors(variable, ::getuid() + 1).ok());
    CHECK(is_running(left));
    CHECK(end_survivors(variable, ::getuid()).ok());
    CHECK_FALSE(is_running(left));
    CHECK(is_running(other));
    REQUIRE(send_signal(other, SIGKILL).ok());
}

TEST_CASE("what works in a folder is found whatever its variables are, and nothing beside it") {
    const auto folder = supervise_folder();
    const auto inside = folder.path() / "release", beside = folder.path() / "release2";
    for (const auto& one : {inside / "below", beside}) make_folders(one).value();
    const auto start = [&](const std::string& name, const Path& in) {
        const auto lock = folder.path() / name;
        REQUIRE(start_detached({{"/bin/sleep", "60"}, {}, in.string(), lock}).ok());
        REQUIRE(soon([&] { return detached_process(lock).has_value(); }));
        return *detached_process(lock);
    };
    const auto left = start("left", inside / "below"), other = start("other", beside);
    CHECK(end_workers_in(inside.string(), ::getuid() + 1).value() == 0);
    CHECK(is_running(left));
    CHECK(end_workers_in(inside.string(), ::getuid()).value() == 1);
    CHECK_FALSE(is_running(left));
    CHECK(is_running(other));
    REQUIRE(send_signal(other, SIGKILL).ok());
}
