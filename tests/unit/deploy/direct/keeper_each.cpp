#include "deploy/direct/keeper.h"
#include "support/catch.h"
#include <set>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

using Done = std::vector<std::string>;

// Writes down what it is asked for.
class Told : public Keeper {
  public:
    Told(std::string name, Done& did) : name_(std::move(name)), did_(did) {}
    std::set<std::string> runs, there;

    bool knows(const std::string& slot) override { return runs.contains(slot) || there.contains(slot); }
    Result<void> start(const std::string& slot, const Launch&) override { return note("start", slot); }
    Result<ProcessSeen> seen(const std::string& slot) override {
        return ProcessSeen{.running = runs.contains(slot), .restarts = name_ == "old" ? 7 : 0};
    }
    sys::ProcessId main_process(const std::string&) override { return {name_ == "old" ? 7 : 0, 1}; }
    Result<void> keep_warm(const std::string& slot, Milliseconds) override { return note("warm", slot); }
    Result<void> wake(const std::string& slot) override { return note("wake", slot); }
    Result<void> end(const std::string& slot) override { return note("end", slot); }
    Result<void> kill(const std::string& slot) override { return note("kill", slot); }
    Result<void> clear(const std::string& slot) override { return note("clear", slot); }
    Result<void> outlast(const std::string& slot) override { return note("outlast", slot); }
    Result<void> forget(const std::string& slot) override { return note("forget", slot); }
    Result<void> commit(const Done& serving, const Done& others) override {
        for (const auto& slot : serving) TRY_VOID(note("serves", slot));
        for (const auto& slot : others) TRY_VOID(note("rests", slot));
        return {};
    }

  private:
    Result<void> note(const std::string& verb, const std::string& slot) {
        did_.push_back(name_ + " " + verb + " " + slot);
        return {};
    }
    const std::string name_;
    Done& did_;
};

struct Two {
    Two() {
        auto ours = std::make_unique<Told>("new", did), other = std::make_unique<Told>("old", did);
        old = other.get();
        std::vector<std::unique_ptr<Keeper>> both;
        both.push_back(std::move(ours));
        both.push_back(std::move(other));
        keeper = keeper_of_each(std::move(both));
    }
    Done did;
    Told* old = nullptr;
    std::unique_ptr<Keeper> keeper;
};

}

TEST_CASE_METHOD(Two, "what an earlier deployment started is asked and ended by who keeps it") {
    old->runs = {"a"};
    CHECK(keeper->seen("a")->restarts == 7);
    CHECK(keeper->main_process("a").pid == 7);
    CHECK_FALSE(keeper->seen("b")->running);
    REQUIRE(keeper->keep_warm("a", Milliseconds{1}).ok());
    REQUIRE(keeper->wake("a").ok());
    REQUIRE(keeper->end("a").ok());
    REQUIRE(keeper->kill("a").ok());
    REQUIRE(keeper->outlast("a").ok());
    REQUIRE(keeper->end("b").ok());
    CHECK(did == Done{"old warm a", "old wake a", "old end a", "old kill a", "old outlast a", "new end b"});
}

TEST_CASE_METHOD(Two, "what starts is ours, and the other has nothing of it any more") {
    REQUIRE(keeper->start("b", {}).ok());
    CHECK(did == Done{"new start b"});
    did.clear();
    old->there = {"b"};
    REQUIRE(keeper->start("b", {}).ok());
    CHECK(did == Done{"old clear b", "old forget b", "new start b"});
    did.clear();
    REQUIRE(keeper->forget("b").ok());
    CHECK(did == Done{"new forget b", "old forget b"});
}

TEST_CASE_METHOD(Two, "each is told which of its own serve") {
    old->runs = {"a"};
    REQUIRE(keeper->commit({"b"}, {"a"}).ok());
    REQUIRE(keeper->commit({"a"}, {"b"}).ok());
    CHECK(did == Done{"new serves b", "old rests a", "new rests b", "old serves a"});
}
