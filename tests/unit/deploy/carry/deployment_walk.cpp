#include "support/catch.h"
#include "sys/files/log.h"
#include "sys/process/confine.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

// Every strategy, killed at each of its steps; what died or fell ill meanwhile; every command that may come next; and
// from there the two ways out that must always be open: a good release, and down.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using Names = std::vector<std::string>;

struct Application {
    const char* name;
    Milliseconds ends_after;
    int end_status;
    bool exclusive;
};
constexpr Application applications[] = {{"ends at once", Milliseconds{0}, 0, false},
                                        {"drains", Milliseconds{5000}, 0, false},
                                        {"ignores the signal", Milliseconds{30000}, 128 + 9, false},
                                        {"holds a lock", Milliseconds{5000}, 0, true}};

// On the way from "one" to "two".
struct Meanwhile {
    const char* name;
    void (*happens)(Rig&);
};

void die(Rig& rig, std::string_view release, bool first_only = false) {
    for (auto& [name, slot] : rig.host.slots) {
        if (!slot.running || (!release.empty() && slot.release != release)) continue;
        slot.running = slot.ending = false;
        slot.last_status = 128 + 9;
        if (first_only) return;
    }
}
constexpr Meanwhile meanwhiles[] = {
    {"nothing", [](Rig&) {}},
    {"a minute passes", [](Rig& rig) { rig.clock.rest(Milliseconds{60'000}); }},
    {"the new release dies", [](Rig& rig) { die(rig, "two"); }},
    {"the old release dies", [](Rig& rig) { die(rig, "one"); }},
    {"a replica of the old one dies", [](Rig& rig) { die(rig, "one", true); }},
    {"a replica of the new one dies", [](Rig& rig) { die(rig, "two", true); }},
    {"all die", [](Rig& rig) { die(rig, ""); }},
    {"the old release turns sick", [](Rig& rig) { rig.host.sick.insert("one"); }},
    {"the new release turns sick", [](Rig& rig) { rig.host.sick.insert("two"); }},
    {"the old release can't start again", [](Rig& rig) { rig.host.lost.insert("one"); }},
};

// What is killed, while "one" serves, and "zero" did before.
struct First {
    const char* name;
    Result<Outcome> (*run)(Rig&);
    bool is_sick = false; // "two" is, once it has requests
};
constexpr First firsts[] = {{"apply", [](Rig& rig) { return rig.apply("two"); }},
                            {"apply of a sick release", [](Rig& rig) { return rig.apply("two"); }, true},
                            {"rollback", [](Rig& rig) { return rig.rollback(); }},
                            {"down", [](Rig& rig) { return rig.down(); }}};

struct Next {
    const char* name;
    Result<Outcome> (*run)(Rig&);
    const char* serves; // where nothing happened meanwhile; null: nothing does; empty: what served before an apply
};
constexpr Next nexts[] = {{"apply the same", [](Rig& rig) { return rig.apply("two"); }, "two"},
                          {"apply another", [](Rig& rig) { return rig.apply("three"); }, "three"},
                          {"rollback", [](Rig& rig) { return rig.rollback(); }, ""},
                          {"rollback by name", [](Rig& rig) { return rig.rollback("zero"); }, "zero"},
                          {"down", [](Rig& rig) { return rig.down(); }, nullptr}};

struct Walk : Rig {
    Walk(const std::string& strategy, const Application& application, const First& first) : Rig(strategy) {
        settings.stop_timeout = Milliseconds{40'000};
        settings.canary.steps = {10, 100};
        settings.canary.on_undecided = "promote";
        settings.canary.min_hold = settings.canary.step_deadline = Milliseconds{1000};
        if (strategy == "rolling") host.instances = {{"a"}, {"a", 2}, {"a", 3}};
        host.instances.push_back({"a", 1, "worker"});
        for (const auto* release : {"zero", "one"}) {
            apply(release).value();
            clock.rest(Milliseconds{60'000});
        }
        host.ends_after = application.ends_after;
        host.end_status = application.end_status;
        host.exclusive = application.exclusive;
        if (first.is_sick) host.sick_routed.insert("two");
    }

    // What is true, as far as a next command can see it: of two kills with the same one is walked on.
    std::string state() {
        const auto open = store.unfinished().value();
        auto text = !open ? "none "
                    : open->deployment.last
                        ? fmt::format("{} {} ", name_of(*open->deployment.last), open->deployment.last->number)
                        : "plan ";
        host.settle();
        for (const auto& [name, slot] : host.slots)
            text +=
                fmt::format("{}:{}{}{}{} ", name, slot.release, slot.running, slot.ending, host.routed.contains(name));
        for (const auto& release : host.releases) text += release + " ";
        return text + store.state()->current;
    }

    Names running() {
        host.settle();
        Names names;
        for (const auto& [name, slot] : host.slots)
            if (slot.running) names.push_back(name);
        return names;
    }

    // What its settings ask for, all of one release, and nobody beside it; the requests go to just those.
    bool serves_whole(const std::string& release) {
        const auto now = store.state().value();
        Names wanted, reached;
        for (const auto& one : in_slot(host.instances, now.slot)) wanted.push_back(name_of(one));
        std::sort(wanted.begin(), wanted.end());
        for (const auto& one : serving(in_slot(host.instances, now.slot)))
            if (host.routed.contains(name_of(one)) && host.serves(name_of(one)) && !host.sick.contains(release))
                reached.push_back(name_of(one));
        return now.current == release && running() == wanted && reached.size() == host.routed.size() &&
               reached.size() + 1 == wanted.size() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
                   return host.slots[one].release == release;
               });
    }
    bool nothing_runs() { return running().empty() && host.routed.empty() && store.state()->current.empty(); }
    bool is_open() { return store.unfinished().value().has_value(); }
};

struct Counts {
    std::size_t states = 0, walks = 0, commands = 0, refusals = 0;
};

std::string told(const Result<Outcome>& done) {
    if (!done.ok()) return done.error().message;
    return done->verdict + "; " + done->reason + "; " + done->unanswered +
           (done->error ? "; " + done->error->message : "");
}

// Whether it says, with status 0, that something serves.
bool claims(const Result<Outcome>& done) {
    const auto yes = {"deployed", "already", "restored"};
    return done.ok() && !done->error && done->unanswered.empty() &&
           std::any_of(yes.begin(), yes.end(), [&](const auto* verdict) { return done->verdict == verdict; });
}

void check_claim(Walk& walk, const Result<Outcome>& done) {
    INFO(told(done));
    INFO(walk.state());
    CHECK(walk.host.violations == Names{});
    if (claims(done)) CHECK((done->release.empty() ? walk.nothing_runs() : walk.serves_whole(done->release)));
    if (done.ok() && !done->error) CHECK_FALSE(walk.is_open());
    if (done.ok() && done->verdict == "stopped") CHECK(walk.nothing_runs());
}

void walk_on(Walk& walk, const First& first, const Meanwhile& meanwhile, const Next& next, Counts& counts) {
    const bool usual = meanwhile.happens == meanwhiles[0].happens || meanwhile.happens == meanwhiles[1].happens;
    const bool over = !walk.is_open() && walk.store.state()->current == "one"; // then a rollback goes further back
    meanwhile.happens(walk);
    const auto done = next.run(walk);
    check_claim(walk, done);
    {
        INFO(told(done));
        INFO(walk.state());
        const bool applied = first.run == firsts[0].run || first.is_sick;
        const std::string wanted = !next.serves ? "" : *next.serves ? next.serves : applied && !over ? "one" : "";
        const bool can = !first.is_sick || wanted != "two";
        if (usual && !wanted.empty() && can) CHECK((claims(done) && walk.serves_whole(wanted)));
        if (!can) CHECK_FALSE((claims(done) && done->release == "two"));
        if (!next.serves) CHECK(walk.nothing_runs());
    }
    counts.refusals += !claims(done);
    const auto fixed = walk.apply("fix");
    check_claim(walk, fixed);
    INFO("then a fix: " << told(fixed));
    CHECK((claims(fixed) && walk.serves_whole("fix")));
    const auto down = walk.down();
    INFO("then down: " << told(down));
    CHECK(walk.nothing_runs());
    CHECK(walk.host.violations == Names{});
    counts.commands += 3;
    ++counts.walks;
}

// The calls at which a kill leaves another state than at the one before: a run that nobody kills meets them all.
std::vector<int> kills(const std::string& strategy, const Application& application, const First& first) {
    std::vector<int> found;
    std::string last;
    int n = 0;
    Walk walk(strategy, application, first);
    walk.host.at_call = [&] {
        const auto state = walk.state();
        if (state != last) found.push_back(n);
        last = state;
        ++n;
    };
    (void)first.run(walk);
    return found;
}

struct Stretch {
    std::string strategy;
    Application application;
    First first;
};

// Of its walks each n-th, the first of them as `number` says.
void walk_part(const Stretch& part, std::size_t each, std::size_t& number, Counts& counts) {
    const auto& [strategy, application, first] = part;
    for (const int n : kills(strategy, application, first)) {
        ++counts.states;
        for (const auto& meanwhile : meanwhiles)
            for (const auto& next : nexts) {
                if (number++ % each != 0) continue;
                Walk walk(strategy, application, first);
                REQUIRE(killed_at(walk, n, [&] { return part.first.run(walk); }));
                INFO(strategy << ", " << application.name << ", " << first.name << " killed at call " << n << " ("
                              << walk.state() << "), " << meanwhile.name << ", then " << next.name);
                walk_on(walk, first, meanwhile, next, counts);
            }
    }
}

// Of all parts each `each_part`-th, of their walks each `each`-th. All of them: the hidden case below.
void walk_all(std::size_t each_part, std::size_t each) {
    sys::configure_log({.level = sys::Level::error});
    Counts counts;
    std::size_t part = 0, number = 0;
    for (const std::string strategy : {"recreate", "rolling", "blue-green", "canary"})
        for (const auto& application : applications)
            for (const auto& first : firsts)
                if ((!application.exclusive || strategy == "recreate") && part++ % each_part == 0)
                    walk_part({strategy, application, first}, each, number, counts);
    fmt::print(
        "{} states of interrupted deployments, {} walks on from them, {} commands, {} that said no; each with a way "
        "out\n",
        counts.states, counts.walks, counts.commands, counts.refusals);
    CHECK(counts.states * each_part > 400);
    CHECK(counts.walks > 50);
}

}

TEST_CASE("each state that an interruption leaves has a command that leads out, and none is called what it isn't") {
    if (sys::sanitized)
        walk_all(7, 83);
    else
        walk_all(1, 101);
}

TEST_CASE("each state that an interruption leaves has a command that leads out: all of them", "[.][all]") {
    walk_all(1, 1);
}
