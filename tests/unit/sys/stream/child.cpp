#include "sys/stream/child.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace fairlead;
using namespace fairlead::sys;
using namespace std::chrono_literals;

namespace {

Stage shell_stage(const std::string& script) { return {.argv = {"sh", "-c", script}, .name = "the script"}; }

std::unique_ptr<ChildSource> printing(const std::string& script, const ChildLimits& limits = {},
                                      std::string_view input = {}) {
    return ChildSource::start(shell_stage(script), limits, input).value();
}

std::unique_ptr<ChildSink> reading(const std::string& script, const ChildLimits& limits = {},
                                   Rest rest = Rest::needed) {
    return ChildSink::start(shell_stage(script), limits, rest).value();
}

std::string why(Source& source) {
    const auto read = read_all(source, 1 << 20, "it");
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == Kind::could_not);
    return read.error().message;
}

// Of a process that `sh` wrote its number of.
bool is_gone(const std::string& pid) {
    for (int i = 0; i < 200; ++i) {
        if (!identify(std::stoi(pid))) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}

TEST_CASE("what a program prints is read to its end") {
    const auto child = printing("cat; echo; seq 1 100000 | tail -1", {}, "from us");
    CHECK(read_all(*child, 1 << 20, "it").value() == "from us\n100000\n");
    CHECK(child->said().empty());
}

TEST_CASE("a program that fails after its output is an error and never the end") {
    const auto child = printing("echo all but the rest; echo one >&2; echo two >&2; exit 4");
    CHECK(why(*child) == "'the script' ended with status 4: two");
    CHECK(child->said() == std::vector<std::string>{"one", "two"});
    CHECK(why(*printing("echo x; kill -9 $$")) == "'the script' was ended by signal 9");
}

TEST_CASE("only the last 20 lines of a chatty program are kept, and secrets are masked in them") {
    const Secret secret("hunter2hunter2");
    const auto child = printing("seq 1 30000 >&2; echo password hunter2hunter2 >&2; exit 1");
    CHECK(why(*child) == "'the script' ended with status 1: password ***");
    REQUIRE(child->said().size() == 20);
    CHECK(child->said().front() == "29982");
}

TEST_CASE("what a program leaves behind with its output open is missing") {
    CHECK(why(*printing("echo $$; sleep 60 & exit 0")).find("left a process") != std::string::npos);
}

TEST_CASE("a deadline ends a program and what it started") {
    const auto child = printing("sleep 60 & echo $!; wait", {.timeout = 2s, .patience = 1s});
    std::string line(16, '\0');
    line.resize(child->read(line).value());
    CHECK(why(*child) == "'the script' was not done after 2s and was ended");
    CHECK(is_gone(line));
}

TEST_CASE("a program that nobody wants any more is ended") {
    std::string line(16, '\0');
    {
        const auto child = printing("echo $$; exec yes");
        line.resize(child->read(std::span(line).first(4)).value());
    }
    CHECK(is_gone(line));
}

TEST_CASE("a program that is absent is told before anything flows") {
    const auto child = ChildSource::start({.argv = {"fairlead-no-such-program"}});
    REQUIRE_FALSE(child.ok());
    CHECK(child.error().message.find("'fairlead-no-such-program'") != std::string::npos);
}

TEST_CASE("a program reads all that is written before it is told of the end") {
    const auto child = reading("test $(wc -c) = 5000000");
    for (int i = 0; i < 50; ++i) REQUIRE(child->write(std::string(100'000, 'x')).ok());
    CHECK(child->close().ok());
}

TEST_CASE("a reader's status is looked at") {
    auto child = reading("cat >&2; exit 3");
    REQUIRE(child->write("the table is there already\n").ok());
    CHECK(child->close().error().message == "'the script' ended with status 3: the table is there already");

    child = reading("head -c 10; exit 0");
    auto written = Result<void>();
    while (written.ok()) written = child->write(std::string(1 << 20, 'x'));
    CHECK(written.error().message == "'the script' ended before it had read all its input");

    child = reading("head -c 10; exit 0", {}, Rest::dropped);
    for (int i = 0; i < 5; ++i) REQUIRE(child->write(std::string(1 << 20, 'x')).ok());
    CHECK(child->close().ok());
}

TEST_CASE("a reader that was dropped is not told of an end") {
    const auto kept = TemporaryFolder::make("fairlead-child").value();
    const auto mark = (kept.path() / "whole").string();
    { REQUIRE(reading("cat > /dev/null && touch " + mark)->write("half").ok()); }
    CHECK_FALSE(inspect(mark).type == FileType::file);
}

TEST_CASE("a program ends when we are killed") {
    const auto folder = TemporaryFolder::make("fairlead-child").value();
    const auto file = (folder.path() / "pid").string();
    const pid_t victim = ::fork();
    if (victim == 0) {
        const auto child = printing("sleep 60 & echo $! > " + file + ".new; mv " + file + ".new " + file + "; wait");
        ::pause();
        ::_exit(0);
    }
    std::string pid;
    for (int i = 0; i < 500 && pid.empty(); ++i) {
        std::this_thread::sleep_for(10ms);
        pid = read_file(file).value_or("");
    }
    REQUIRE_FALSE(pid.empty());
    ::kill(victim, SIGKILL);
    ::waitpid(victim, nullptr, 0);
    CHECK(is_gone(pid));
}

TEST_CASE("a program that prints nothing for a while is asked about, and ended where that says so") {
    std::vector<Milliseconds> quiet;
    bool is_patient = true;
    ChildLimits limits{.quiet = 50ms, .while_quiet = [&](Milliseconds so_long) -> Result<void> {
                           quiet.push_back(so_long);
                           if (is_patient || so_long < 300ms) return {};
                           return could_not("nobody waits for ever");
                       }};
    CHECK(read_all(*printing("echo a; sleep 0.2; echo b", limits), 1 << 20, "it").value() == "a\nb\n");
    Milliseconds before{0};
    for (int nth = 0; const auto so_long : quiet) { // not more often, on a busy machine either; each line begins anew
        nth = so_long <= before ? 1 : nth + 1;
        before = so_long;
        CHECK(so_long >= 50ms * nth);
    }
    quiet.clear();
    is_patient = false;
    const auto child = printing("echo $$; exec sleep 60", limits);
    std::string pid(100, '\0');
    pid.resize(child->read(pid).value());
    CHECK(why(*child) == "nobody waits for ever");
    CHECK_FALSE(quiet.empty());
    CHECK(std::is_sorted(quiet.begin(), quiet.end()));
    CHECK(is_gone(pid));
}
