#include "deploy/direct/supervisor.h"
#include "base/secrets/masked_lines.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "deploy/layout.h"
#include "support/catch.h"
#include "sys/clock.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <csignal>
#include <functional>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

bool within_half_a_minute(const std::function<bool()>& holds) {
    for (int i = 0; i < 3000; ++i) {
        if (holds()) return true;
        sys::real_clock().rest(Milliseconds{10});
    }
    return false;
}

// A real supervisor of a shell script, in the slot `a` of a root of its own.
class Slot {
  public:
    explicit Slot(const std::string& script, const Limits& limits = {}, int umask = -1)
        : root_(sys::TemporaryFolder::make("fairlead root ").value()) {
        sys::make_folders(path("")).value();
        const Launch launch{.argv = {"/bin/sh", "-c", script},
                            .folder = path("").string(),
                            .socket = path("socket").string(),
                            .log = path("log").string(),
                            .stop_timeout = Milliseconds{2000},
                            .secrets = {"TOKEN"},
                            .limits = limits,
                            .umask = umask};
        sys::write_file(path("launch.json"), to_json(launch)).value();
        sys::write_file(path("env"), "TOKEN=\"tok-of-the-slot\"\nSTAGE=staging\n", 0600).value();
        sys::start_detached({{fairlead::test::program("fairlead-deploy"), "supervise", path("").string()},
                             {"PATH=/usr/bin:/bin"},
                             "/",
                             path("lock")})
            .value();
        REQUIRE(within_half_a_minute([&] { return state().process.pid != 0; }));
    }
    ~Slot() {
        stop();
        for (const auto& id : {state().supervisor, state().process})
            [[maybe_unused]] const auto killed = sys::send_signal(id, SIGKILL);
    }
    Slot(const Slot&) = delete;

    Layout layout() const { return {root_.path()}; }
    sys::Path path(const std::string& name) const { return layout().slot("a") / name; }
    SupervisorState state() const {
        const auto text = sys::read_file(path("process.json"));
        return text.ok() ? parse_supervisor_state(text.value(), "process.json").value() : SupervisorState{};
    }
    std::string log() const { return sys::read_file(path("log")).value_or(""); }
    bool stop() const {
        sys::send_signal(state().supervisor, SIGTERM).value();
        return within_half_a_minute([&] { return !sys::is_locked(path("lock")); });
    }
    sys::ProcessId logger() const {
        const auto pid = state().supervisor.pid;
        const auto folder = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid);
        for (const auto& word : split(sys::read_file(folder + "/children").value_or(""), ' ')) {
            const auto child = static_cast<int>(parse_integer(word).value_or(0));
            if (child > 0 && child != state().process.pid) return sys::identify(child).value_or(sys::ProcessId{});
        }
        return {};
    }

  private:
    sys::TemporaryFolder root_;
};

const std::string count_up = "i=0; while sleep 0.02; do i=$((i+1)); echo line $i; done";

bool log_grows(const Slot& slot) {
    const auto size = slot.log().size();
    return within_half_a_minute([&] { return slot.log().size() > size + 20; });
}

}

TEST_CASE("an application's log has both its streams in their order, without its secrets") {
    const Slot slot(
        "echo with $TOKEN in $STAGE; echo again $TOKEN >&2; printf 'no newline '; : >written; exec sleep 60");
    REQUIRE(within_half_a_minute([&] { return sys::read_file(slot.path("written")).ok(); }));
    REQUIRE(within_half_a_minute([&] { return slot.log() == "with *** in staging\nagain ***\n"; }));
    CHECK(sys::inspect(slot.path("log")).mode == 0600);
    CHECK(slot.stop());
    CHECK(within_half_a_minute([&] { return slot.log() == "with *** in staging\nagain ***\nno newline "; }));
}

TEST_CASE("the application has the mask and the open files that it may, its log and its supervisor haven't") {
    const Slot slot("umask; ulimit -n; ulimit -Hn; exec sleep 60", {.open_files = 99}, 077);
    CHECK(within_half_a_minute([&] { return slot.log() == "0077\n99\n99\n"; }));
    const Slot usual("umask; exec sleep 60");
    CHECK(within_half_a_minute([&] { return usual.log() == "0022\n"; }));
    const Launch launch{
        .argv = {"x"}, .limits = {.memory = 5, .processes = 6, .open_files = 7, .cpus = 0.5}, .umask = 0};
    CHECK(parse_launch(to_json(launch), "x").value() == launch);
    CHECK(to_json(Launch{.argv = {"x"}}).find("limits") == std::string::npos); // as an earlier version wrote it
    CHECK_FALSE(
        parse_launch(R"({"argv": ["x"], "folder": "", "socket": "", "log": "", "stop_signal": "", "limits": 1})", "x")
            .ok());
}

TEST_CASE("after a reboot what served is started, with the variables that it had, and nothing else") {
    const Slot slot("echo $HOME $TOKEN; exec sleep 60");
    REQUIRE(slot.stop());
    const auto layout = slot.layout();
    sys::make_folders(layout.slot("b")).value();
    sys::write_file(layout.owner(), "shop staging\n").value();
    const auto start = [&] {
        return sys::run({.argv = {fairlead::test::program("fairlead-deploy"), "supervise", layout.root.string()}})
            .value()
            .status;
    };
    CHECK(start() == 0);
    CHECK_FALSE(sys::is_locked(layout.lock("a"))); // it served nobody
    sys::write_file(layout.boot("a"), "HOME=/home/x\nPATH=/usr/bin:/bin\n", 0600).value();
    CHECK(start() == 0);
    CHECK(start() == 0); // it runs already
    CHECK(within_half_a_minute([&] { return slot.log().ends_with("/home/x ***\n"); }));
}

TEST_CASE("a logger that is killed is replaced, and the application doesn't notice") {
    const Slot slot(count_up);
    REQUIRE(log_grows(slot));
    sys::send_signal(slot.logger(), SIGKILL).value();
    CHECK(log_grows(slot));
    CHECK(slot.state().restarts == 0);
}

TEST_CASE("an application whose supervisor is killed goes on, and so does its log") {
    const Slot slot(count_up);
    REQUIRE(log_grows(slot));
    sys::send_signal(slot.state().supervisor, SIGKILL).value();
    REQUIRE(within_half_a_minute([&] { return !sys::is_locked(slot.path("lock")); }));
    CHECK(log_grows(slot));
    CHECK(sys::is_running(slot.state().process));
}

TEST_CASE("what an application leaves behind ends with it, in whatever session it is") {
    const Slot slot("setsid sh -c 'sh -c \"echo \\$\\$ >orphan; exec sleep 60\" & exit' & exec sleep 60");
    const auto orphan = [&] { return parse_integer(trim(sys::read_file(slot.path("orphan")).value_or(""))); };
    REQUIRE(within_half_a_minute([&] { return orphan().ok(); }));
    const auto id = sys::identify(static_cast<int>(orphan().value()));
    REQUIRE(id);
    CHECK(slot.stop());
    CHECK_FALSE(sys::is_running(*id));
}

TEST_CASE("a supervisor that can't tell its state, because the disk is full, goes on all the same") {
    const Slot slot("echo life >>lives; exec sleep 60");
    const auto state = slot.state();
    sys::remove_tree(slot.path("process.json")).value();
    sys::make_folders(slot.path("process.json/full")).value();
    REQUIRE(within_half_a_minute([&] { return sys::inspect(slot.path("lives")).type == sys::FileType::file; }));
    sys::send_signal(state.process, SIGKILL).value();
    CHECK(within_half_a_minute([&] { return sys::read_file(slot.path("lives")).value() == "life\nlife\n"; }));
    CHECK(slot.log().find("process.json") != std::string::npos);
    sys::remove_tree(slot.path("process.json")).value();
    sys::write_file(slot.path("process.json"), to_json(state)).value(); // for the end of this test
}

TEST_CASE("the main process is asked to end, and nobody else until it has ended") {
    const Slot slot(
        "trap 'sleep 0.3; echo main; exit 0' TERM; "
        "(trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done) & while :; do sleep 0.02; done");
    REQUIRE(within_half_a_minute([&] { return slot.log() == "ready\n"; }));
    CHECK(slot.stop());
    CHECK(within_half_a_minute([&] { return slot.log() == "ready\nmain\n"; }));
    CHECK(slot.state().last_status == 0);
}

TEST_CASE("a process that had to be killed says so when it is gone") {
    const Slot slot("trap '' TERM; echo deaf; while :; do sleep 1; done");
    REQUIRE(within_half_a_minute([&] { return slot.log() == "deaf\n"; }));
    CHECK(slot.stop());
    CHECK(slot.state().last_status == 128 + SIGKILL);
}

TEST_CASE("a log stays small however much is printed") {
    constexpr std::uint64_t limit = 10u << 20, chunk = 1u << 20;
    const Slot slot("head -c 25000000 /dev/zero | tr '\\0' 'x' | fold; echo; echo the end; exec sleep 60");
    REQUIRE(within_half_a_minute([&] { return slot.log().ends_with("the end\n"); }));
    CHECK(sys::inspect(slot.path("log")).size <= limit + chunk);
    CHECK(sys::inspect(slot.path("log.1")).size <= limit + chunk);
    CHECK(sys::inspect(slot.path("log.1")).mode == 0600);
}

TEST_CASE("a secret that comes in pieces is masked, a line that has no end is cut") {
    const Secret secret(std::string("one-in-pieces"));
    MaskedLines lines;
    CHECK(lines.add("a one-in").empty());
    CHECK(lines.add("-pieces b\nrest ") == "a *** b\n");
    CHECK(lines.end() == "rest ");
    std::string all = lines.add(std::string(70'000, 'x') + "one-in-");
    all += lines.add("pieces" + std::string(12'000, 'y'));
    all += lines.add("one-in-pieces, no newline yet");
    all += lines.add(" and now\nnext\n");
    CHECK(all.find("one-in") == std::string::npos);
    CHECK(all.find(" [cut]\nnext\n") != std::string::npos);
    CHECK(all.size() < 80'000);
}

TEST_CASE("restarts wait longer each time, up to half a minute, and begin again after a good run") {
    Backoff backoff;
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{100});
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{200});
    for (int i = 0; i < 40; ++i) CHECK(backoff.next(Milliseconds{5}) <= Milliseconds{30000});
    CHECK(backoff.next(Milliseconds{0}) == Milliseconds{30000});
    CHECK(backoff.next(Milliseconds{10000}) == Milliseconds{100});
}

TEST_CASE("what starts a process comes back as it was written") {
    const Launch launch{{"gunicorn", "a b"}, "/srv/x", "/srv/x.sock", "/srv/log", "SIGINT", Milliseconds{1500}};
    CHECK(parse_launch(to_json(launch), "f").value() == launch);
    for (const auto* text : {"", "[]", "{}", "{\"argv\":[]}", "{\"argv\":[1]}", "{\"argv\":[\"x\"]}"})
        CHECK_FALSE(parse_launch(text, "f").ok());
}
