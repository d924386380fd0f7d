#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "support/catch.h"
#include "sys/process/supervise.h"
#include "unit/deploy/folder.h"
#include "unit/deploy/model.h"
#include <csignal>
#include <functional>
#include <set>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using Done = std::vector<std::string>;

bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 1000; ++i) {
        if (holds()) return true;
        sys::real_clock().rest(Milliseconds{10});
    }
    return false;
}

// Runs what it is started as in name only; the process that is signalled is a shell of ours.
class Inner : public Keeper {
  public:
    explicit Inner(Done& did) : did_(did) {}
    std::set<std::string> runs;
    sys::ProcessId process;
    int restarts = 0;

    bool knows(const std::string& slot) override { return runs.contains(slot); }
    Result<void> start(const std::string& slot, const Launch& launch) override {
        runs.insert(slot);
        started = launch;
        return note("start", slot);
    }
    Result<ProcessSeen> seen(const std::string& slot) override {
        return ProcessSeen{.running = runs.contains(slot), .restarts = restarts};
    }
    sys::ProcessId main_process(const std::string&) override { return process; }
    Result<void> keep_warm(const std::string& slot, Milliseconds) override { return note("warm", slot); }
    Result<void> wake(const std::string& slot) override { return note("wake", slot); }
    Result<void> end(const std::string& slot) override {
        runs.erase(slot);
        return note("end", slot);
    }
    Result<void> kill(const std::string& slot) override { return note("kill", slot); }
    Result<void> clear(const std::string& slot) override { return note("clear", slot); }
    Result<void> outlast(const std::string& slot) override { return note("outlast", slot); }
    Result<void> forget(const std::string& slot) override { return note("forget", slot); }
    Result<void> commit(const Done& serving, const Done& others) override {
        for (const auto& slot : serving) TRY_VOID(note("serves", slot));
        for (const auto& slot : others) TRY_VOID(note("rests", slot));
        return {};
    }
    Launch started;

  private:
    Result<void> note(const std::string& verb, const std::string& slot) {
        did_.push_back(verb + " " + slot);
        return {};
    }
    Done& did_;
};

// Release 1 in slot a, release 2 in slot b, as the place writes them before it starts one.
struct Reloaded {
    Reloaded() {
        rig.settings.health.version_header = "X-Release";
        auto made = std::make_unique<Inner>(did);
        inner = made.get();
        keeper = reload_keeper(layout, world, std::move(made));
        sys::make_folders(layout.run()).value();
        for (const auto* const slot : {"a", "b"}) write(slot, "SECRET=one");
        sys::start_detached({{"/bin/sh", "-c",
                              "trap 'echo hup >>" + said().string() + "' HUP; : >" + said().string() +
                                  "; while :; do sleep 0.02; done"},
                             {"PATH=/usr/bin:/bin"},
                             "/",
                             lock})
            .value();
        REQUIRE(soon([&] { return sys::inspect(said()).type == sys::FileType::file; }));
        inner->process = *sys::detached_process(lock);
    }
    ~Reloaded() { [[maybe_unused]] const auto ended = sys::send_signal(inner->process, SIGKILL); }
    Reloaded(const Reloaded&) = delete;

    sys::Path said() const { return folder.path() / "said"; }
    static std::string id_of(const std::string& slot) { return slot == "a" ? "1" : "2"; }
    Launch launch(const std::string& slot) const {
        const auto release = layout.release(id_of(slot)).string();
        return {.argv = {"gunicorn", "--chdir", release, "unix:" + layout.socket(slot).string()},
                .folder = release,
                .socket = layout.socket(slot).string(),
                .log = layout.log(slot).string()};
    }
    void write(const std::string& slot, const std::string& lines) const {
        sys::make_folders(layout.slot(slot)).value();
        sys::replace_symlink(sys::Path("../../releases") / id_of(slot), layout.slot_release(slot)).value();
        sys::write_file(layout.env(slot), lines + "\nFAIRLEAD_VERSION=" + id_of(slot) +
                                              "\nFAIRLEAD_SOCKET=" + layout.socket(slot).string() + "\n")
            .value();
    }
    std::string leads_to(const sys::Path& link) const { return sys::read_link(link).value_or(""); }
    int signals() const { return static_cast<int>(split(sys::read_file(said()).value_or(""), '\n').size()) - 1; }

    sys::TemporaryFolder folder = folder_with({});
    const sys::Path lock = folder.path() / "lock";
    const Layout layout{folder.path() / "root"};
    Rig rig{"rolling"};
    const Variables variables{};
    const sys::Environment process{std::map<std::string, std::string>{}};
    Host nobody;
    ModelHttp http{nobody};
    const World world{rig.settings, variables, rig.store, process, http, rig.clock};
    Done did;
    Inner* inner = nullptr;
    std::unique_ptr<Keeper> keeper;
};

}

TEST_CASE_METHOD(Reloaded, "the first release is started in a home of its own, which its slot leads to") {
    REQUIRE(keeper->start("a", launch("a")).ok());
    CHECK(did == Done{"start x"});
    const auto home = layout.slot_release("x").string();
    CHECK(inner->started.folder == home);
    CHECK(inner->started.argv == Done{"gunicorn", "--chdir", home, "unix:" + layout.socket("x").string()});
    CHECK(inner->started.socket == layout.socket("x").string());
    CHECK(leads_to(home) == "../a/release");
    CHECK(leads_to(layout.socket("a")) == "x.sock");
    CHECK(behind_alias(world.host, layout, "a", layout.socket("a")) == layout.socket("x"));
    CHECK(behind_alias(world.host, layout, "b", layout.socket("b")) == layout.socket("b"));
    CHECK(sys::read_file(layout.env("x")).value().find("PWD=") != std::string::npos);
    CHECK(keeper->seen("a")->running);
    CHECK_FALSE(keeper->seen("b")->running);
}

TEST_CASE_METHOD(Reloaded, "the next release takes the process over by the link and the signal, and gives it back so") {
    // target.reload: the signal at which it reads the code anew
    REQUIRE(keeper->start("a", launch("a")).ok());
    REQUIRE(keeper->start("b", launch("b")).ok());
    CHECK(soon([&] { return signals() == 1; }));
    CHECK(did == Done{"start x"});
    CHECK(leads_to(layout.slot_release("x")) == "../b/release");
    CHECK(keeper->seen("b")->running);
    CHECK(keeper->seen("b")->restarts == 0);
    CHECK_FALSE(keeper->seen("a")->running);
    REQUIRE(keeper->end("a").ok()); // the old one: nothing of it is left to end
    REQUIRE(keeper->kill("a").ok());
    REQUIRE(keeper->outlast("b").ok());
    REQUIRE(keeper->commit({"b"}, {"a"}).ok());
    CHECK(did == Done{"start x", "outlast x", "serves x"});
    REQUIRE(keeper->start("a", launch("a")).ok()); // the way back
    CHECK(soon([&] { return signals() == 2; }));
    CHECK(keeper->seen("a")->running);
    REQUIRE(keeper->clear("b").ok());
    REQUIRE(keeper->forget("b").ok());
    CHECK(keeper->seen("a")->running);
    REQUIRE(keeper->end("a").ok());
    CHECK(did.back() == "end x");
}

TEST_CASE_METHOD(Reloaded, "a process that ended under its release and was just started again is started once more") {
    REQUIRE(keeper->start("a", launch("a")).ok());
    inner->restarts = 3;
    CHECK(keeper->seen("a")->restarts == 3);
    REQUIRE(keeper->start("b", launch("b")).ok());
    CHECK(soon([&] { return !sys::is_running(inner->process); })); // by SIGTERM: it may not hear the other one yet
    CHECK(signals() == 0);
    inner->restarts = 4; // its keeper's doing
    CHECK(keeper->seen("b")->running);
    CHECK(keeper->seen("b")->restarts == 0);
}

TEST_CASE_METHOD(Reloaded, "other variables need another process") {
    REQUIRE(keeper->start("a", launch("a")).ok());
    write("b", "SECRET=two");
    REQUIRE(keeper->start("b", launch("b")).ok());
    CHECK(did == Done{"start x", "start y"});
    CHECK(signals() == 0);
    CHECK(keeper->seen("a")->running);
    CHECK(keeper->seen("b")->running);
    REQUIRE(keeper->end("a").ok());
    CHECK(did.back() == "end x");
    REQUIRE(keeper->clear("a").ok());
    REQUIRE(keeper->forget("a").ok());
    CHECK(sys::inspect(layout.slot("x")).type == sys::FileType::absent);
    CHECK(sys::inspect(layout.socket("a")).type == sys::FileType::absent);
}

TEST_CASE_METHOD(Reloaded, "a process that was to be signalled when its deployer died runs no release") {
    REQUIRE(keeper->start("a", launch("a")).ok());
    sys::write_file(layout.slot("x") / "pending", "b\n").value();
    CHECK_FALSE(keeper->seen("a")->running);
    REQUIRE(keeper->start("a", launch("a")).ok());
    CHECK(keeper->seen("a")->running);
    CHECK(soon([&] { return signals() == 1; }));
}

TEST_CASE_METHOD(Reloaded, "where no answer tells the release, a new worker has to come") {
    rig.settings.health.version_header.clear();
    rig.settings.health.deadline = Milliseconds{300};
    REQUIRE(keeper->start("a", launch("a")).ok());
    sys::send_signal(inner->process, SIGKILL).value(); // nobody forks any more
    const auto reloaded = keeper->start("b", launch("b"));
    REQUIRE_FALSE(reloaded.ok());
    CHECK(reloaded.error().kind == fairlead::Kind::no);
}

TEST_CASE_METHOD(Reloaded, "what works beside it and what was started without a home is kept as ever") {
    REQUIRE(keeper->start("a-worker", launch("a")).ok());
    inner->runs.insert("b");
    CHECK(keeper->seen("b")->running);
    REQUIRE(keeper->end("b").ok());
    CHECK(did == Done{"start a-worker", "end b"});
}
