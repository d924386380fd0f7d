#include "deploy/watch.h"
#include "support/catch.h"
#include "support/fake_host.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <stdexcept>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

// What is told at each look, the last one from then on.
template <typename Seen>
class Script {
  public:
    Script(std::initializer_list<Seen> seen) : seen_(seen) {}
    Seen next() {
        if (++looks > 10'000) throw std::runtime_error("it is looked at for ever");
        const auto index = static_cast<std::size_t>(looks) - 1;
        return seen_[std::min(index, seen_.size() - 1)];
    }
    int looks = 0;

  private:
    std::vector<Seen> seen_;
};

// An application and a router that flap, restart and end slowly; a status of 0 is no answer.
class Moody : public ModelPlace, public ModelRouter, public sys::Http {
  public:
    Moody(Host& host, const Store& store) : ModelPlace(host, store), ModelRouter(host) {}
    Script<int> slot{200}, router{200}, open{0}, listeners{1};
    Script<ProcessSeen> life{{.running = true}};
    std::vector<sys::ProcessId> heard; // whose end can be heard
    bool removed = false;
    sys::HttpRequest asked; // of the router, the last time

    Result<ProcessSeen> process(const Instance&) override { return life.next(); }
    Result<std::string> address(const Instance& instance) override {
        return removed ? Result<std::string>(no("its container is gone")) : ModelPlace::address(instance);
    }
    std::vector<sys::ProcessId> processes(const std::vector<Instance>&) override { return heard; }
    Result<sys::HttpResponse> ask(const Instance&, Milliseconds) override { return answer(slot.next()); }
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        asked = request;
        return answer(router.next());
    }
    Result<bool> listens(const Instance&) override { return listeners.next() > 0; }
    Result<int> connections(const Upstream&) override { return open.next(); }

  private:
    static sys::HttpResponse answer(int status) {
        sys::HttpResponse response;
        response.status = status;
        if (status == 0) response.failure = sys::HttpFailure::refused;
        return response;
    }
};

struct Watched {
    Watched() {
        sys::configure_log({.level = sys::Level::error});
        settings.health.version_header.clear();
        settings.health.interval = Milliseconds{100};
        settings.health.healthy_after = 2;
        settings.health.unhealthy_after = 3;
        settings.verify_requests = 3;
    }
    Result<void> ready() { return watch.ready(b, release); }
    Result<void> bake(Milliseconds duration = Milliseconds{1000}) { return watch.bake(b, release, duration); }
    Milliseconds time() { return std::chrono::duration_cast<Milliseconds>(rig.clock.steady().time_since_epoch()); }

    Rig rig{"blue-green"};
    Settings& settings = rig.settings;
    Moody target{rig.host, rig.store};
    ledger::Progress progress{rig.clock};
    const Variables variables;
    const sys::Environment process{std::map<std::string, std::string>{}};
    fairlead::test::FakeHost host{"/"};
    const World world{settings, variables, rig.store, process, target, rig.clock, host};
    Watch watch{world, target, target, progress};
    const std::vector<Instance> b{{.slot = "b"}};
    const ReleaseInfo release{.id = "two", .version = "two"};
};

}

TEST_CASE_METHOD(Watched, "ready is who answers well in a row, and as often as was asked for") {
    SECTION("at once") {
        CHECK(ready().ok());
        CHECK(target.slot.looks == 2);
    }
    SECTION("after it flapped") {
        target.slot = {200, 503, 200, 0, 200, 200, 200};
        CHECK(ready().ok());
        CHECK(target.slot.looks == 6);
    }
}

TEST_CASE_METHOD(Watched, "one that is never ready is given up at the deadline, with what it said last") {
    target.slot = {200, 503};
    const auto done = ready();
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == Kind::no);
    CHECK(done.error().message.find("was not ready within 3s") != std::string::npos);
    CHECK(done.error().message.find("answers 503") != std::string::npos);
    CHECK(time() >= Milliseconds{3000});
    CHECK(time() < Milliseconds{3300});
}

TEST_CASE_METHOD(Watched, "one that ended or lost its supervisor meanwhile is not ready, though it answers") {
    target.life = {{.running = true}, {.running = true, .restarts = 1, .last_status = 3}};
    CHECK(ready().error().message == "the process of slot b ended with status 3");
    target.life = {{.running = true}, {.running = true, .restarts = 1}}; // what an engine started again has no status
    CHECK(ready().error().message == "the process of slot b ended and was started again");
    target.life = {{.running = true}, {.last_status = 137}};
    CHECK(ready().error().message == "the process of slot b was ended by signal 9");
    target.life = {{.running = true, .alone = true}};
    CHECK(ready().error().message.find("supervisor of slot b was killed") != std::string::npos);
    CHECK(bake().error().message.find("supervisor of slot b was killed") != std::string::npos);
}

TEST_CASE_METHOD(Watched, "one that ends in the bake is left at once, how it ended is asked afterwards") {
    target.heard = {{.pid = 7}};
    CHECK(bake().ok());
    CHECK(watch.how_it_ended().ok());
    host.one_ended = true;
    const auto began = time();
    CHECK(bake().error().message == "a process of slot b ended");
    CHECK(time() == began);
    target.life = {{.running = true}, {.running = true}, {.running = true, .restarts = 1, .last_status = 9}};
    CHECK(watch.how_it_ended().error().message == "the process of slot b ended with status 9");
    CHECK(watch.how_it_ended().error().kind == Kind::no);
}

TEST_CASE_METHOD(Watched, "an end that somebody else brought about is no fault of the release") {
    for (const auto& seen : {ProcessSeen{.running = true, .ending = true}, ProcessSeen{.running = true, .alone = true},
                             ProcessSeen{.last_status = 143, .by_another = true}}) {
        target.life = {seen};
        for (const auto& done : {ready(), bake()}) {
            REQUIRE_FALSE(done.ok());
            CHECK(done.error().kind == Kind::could_not);
        }
        CHECK(watch.heard_an_end());
    }
    target.life = {{.running = true}};
    target.heard = {{.pid = 7}};
    host.one_ended = true;
    CHECK(bake().error().kind == Kind::no);
    target.life = {{.running = true}, {.running = true, .ending = true}, {.last_status = 0, .by_another = true}};
    CHECK(watch.how_it_ended().error().kind == Kind::could_not);
    // Who clears up behind a crash says that it ends, too, before it says how it ended.
    target.life = {{.running = true, .ending = true}, {.running = true, .restarts = 1, .last_status = 3}};
    CHECK(watch.how_it_ended().error().message == "the process of slot b ended with status 3");
}

TEST_CASE_METHOD(Watched, "one that answers but has bound its socket elsewhere is not ready") {
    target.listeners = {0};
    const auto done = ready();
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().message.find("bind {socket} unchanged") != std::string::npos);
}

TEST_CASE_METHOD(Watched, "the router is asked as often as was wished, and one bad answer is enough") {
    CHECK(watch.verify(b, release).ok());
    CHECK(target.router.looks == 3);
    target.router = {200, 200, 500};
    CHECK_FALSE(watch.verify(b, release).ok());
    target.router = {502};
    CHECK(watch.verify(b, release).error().message.find("which nginx can't reach") != std::string::npos);
    CHECK(watch.verify(b, release).error().kind == Kind::could_not); // none of the release's fault
    target.slot = {500};
    CHECK(watch.verify(b, release).error().message.find("which nginx can't reach") == std::string::npos);
}

TEST_CASE_METHOD(Watched, "what the other release answers is not held against the one that is verified") {
    const Watch::Beside old{{.id = "one", .version = "one"}, {{.slot = "a"}}};
    target.router = {200, 500};
    CHECK_FALSE(watch.verify(b, release, &old).ok()); // the old one is well at its own address
    target.slot = {200, 500};                         // the new one is, the old one isn't
    CHECK(watch.verify(b, release, &old).ok());
    target.slot = {500};
    CHECK(watch.verify(b, release, &old).error().message.find("at its own address") != std::string::npos);
}

TEST_CASE_METHOD(Watched,
                 "that a release serves is said where it answers through the router, and not only once badly") {
    target.router = {500, 502, 200};
    CHECK(watch.answers(b, release).ok());
    target.router = {502};
    const auto no_answer = watch.answers(b, release);
    REQUIRE_FALSE(no_answer.ok());
    CHECK(no_answer.error().kind == Kind::could_not);
    CHECK(no_answer.error().message.find("answers 502") != std::string::npos);
    CHECK(target.asked.through_stop); // after a signal, too
    target.router = {200};
    target.slot = {500};
    const auto sick = watch.answers(b, release);
    CHECK(sick.error().message.find("at one of its own addresses") != std::string::npos);
    CHECK(sick.error().kind == Kind::no); // the release itself, not the router
}

TEST_CASE_METHOD(Watched, "a release is sick that answers badly in a row, and no later than that") {
    SECTION("in a row") {
        target.slot = {200, 500, 500, 500, 200};
        const auto done = bake();
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().kind == Kind::no);
        CHECK(done.error().message.find("became sick") != std::string::npos);
        CHECK(target.slot.looks == 4);
    }
    SECTION("now and then") {
        target.slot = {500, 500, 200, 500, 500, 200, 500, 200};
        CHECK(bake().ok());
    }
    SECTION("by the router alone") {
        target.router = {200, 500};
        const auto done = bake();
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().message.find("became sick") != std::string::npos);
        CHECK_FALSE(watch.router_failed());
    }
}

TEST_CASE_METHOD(Watched, "a bake that ends with a bad answer goes on until it is known how it is meant") {
    const Script<int> until_the_end{200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 500};
    SECTION("it stays bad") {
        target.slot = until_the_end;
        CHECK_FALSE(bake().ok());
        CHECK(target.slot.looks == 13);
    }
    SECTION("the router stays away") {
        target.router = {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 0};
        CHECK_FALSE(bake().ok());
        CHECK(watch.router_failed());
    }
    SECTION("it was one") {
        target.slot = {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 500, 200};
        CHECK(bake().ok());
        CHECK(target.slot.looks == 12);
    }
}

TEST_CASE_METHOD(Watched, "a bake lasts as long as it was asked for") {
    CHECK(bake().ok());
    CHECK(time() == Milliseconds{1000});
}

TEST_CASE_METHOD(Watched, "a router that does not answer is not the release's fault") {
    target.router = {0};
    const auto done = bake();
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == Kind::could_not);
    CHECK(watch.router_failed());
}

TEST_CASE_METHOD(Watched, "who was removed has no requests left, who can't be asked isn't drained") {
    target.removed = true;
    target.open = {9};
    target.life = {{.running = false}};
    CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::done);
    target.life = {{.running = true}};
    CHECK(watch.drain(b, Milliseconds{5000}).error().message == "its container is gone");
}

TEST_CASE_METHOD(Watched, "drained is who was seen idle twice in a row") {
    SECTION("a connection on its way, missed by the first look") {
        target.open = {0, 1, 0, 0};
        CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::done);
        CHECK(target.open.looks == 4);
    }
    SECTION("idle") {
        CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::done);
        CHECK(target.open.looks == 2);
    }
    SECTION("one that hangs") {
        target.open = {0, 1};
        CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::timeout);
        CHECK(time() == Milliseconds{5020});
    }
}

TEST_CASE_METHOD(Watched, "a process that ends slowly is waited for, and no longer than it has") {
    target.life = {{.running = true}, {.running = true}, {.running = true}, {.running = false}};
    CHECK(watch.gone(b, Milliseconds{5000}).value() == Waited::done);
    CHECK(target.life.looks == 4);
    target.life = {{.running = true}};
    CHECK(watch.gone(b, Milliseconds{5000}).value() == Waited::timeout);
}

TEST_CASE_METHOD(Watched, "every wait ends at a signal, unless signals are not to be heeded") {
    target.slot = {503};
    target.open = {1};
    rig.clock.sleeps_left = 0;
    CHECK(watch.interrupted());
    CHECK(ready().error().message == "interrupted");
    CHECK(watch.verify(b, release).error().message == "interrupted");
    CHECK(bake().error().message == "interrupted");
    CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::interrupted);
    CHECK(watch.gone(b, Milliseconds{5000}).value() == Waited::interrupted);
    watch.heed_signals(false);
    CHECK_FALSE(watch.interrupted());
    CHECK(ready().error().message.find("was not ready within") != std::string::npos);
    CHECK(watch.drain(b, Milliseconds{5000}).value() == Waited::timeout);
    CHECK(watch.gone(b, Milliseconds{5000}).value() == Waited::timeout);
}

TEST_CASE_METHOD(Watched, "the router is asked by the url, trusted by router.ca and told the headers of health") {
    settings.url = "https://shop.example";
    settings.health.path = "/healthz";
    settings.health.headers = {{"Host", "inner.example"}};
    settings.router.ca = "/etc/ours.pem";
    REQUIRE(watch.verify(b, release).ok());
    CHECK(target.asked.url == "https://shop.example/healthz");
    CHECK(target.asked.headers == settings.health.headers);
    CHECK(target.asked.ca_file == "/etc/ours.pem");
}
