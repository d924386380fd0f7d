#include "deploy/decide/plan.h"
#include "deploy/decide/strategies.h"
#include "deploy/record/journal.h"
#include "support/catch.h"

using namespace fairlead::deploy;

namespace {

std::vector<std::string> names(const std::vector<Step>& steps) {
    std::vector<std::string> list;
    for (const auto& step : steps) list.push_back(name_of(step) + (step.slot.empty() ? "" : ":" + step.slot));
    return list;
}

using Names = std::vector<std::string>;

const Instance a{.slot = "a"}, b{.slot = "b"};

Observed nothing() { return {.seen = {{a, {}}, {b, {}}}}; }

// Release "one" serves in slot a.
Observed one_serves() {
    return {.seen = {{a, {true, "one"}}, {b, {}}}, .routed = {{a}}, .current = "one", .slot = "a"};
}

Unfinished died(const Plan& plan, const std::string& step) {
    Unfinished unfinished{.id = "X", .plan = plan};
    for (const auto& one : plan.steps) {
        if (name_of(one) == step) unfinished.last = one;
    }
    return unfinished;
}

}

TEST_CASE("the first deployment takes slot a and has nothing to let go") {
    const auto plan = make_plan(nothing(), {.release = "one"}, "blue-green");
    CHECK(names(plan.steps) ==
          Names{"fetch", "prepare", "start:a", "ready:a", "switch:a", "verify:a", "bake:a", "commit:a", "prune"});
    CHECK(plan.old.empty());
}

TEST_CASE("blue-green takes the free slot and stops the old one only after the bake") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    CHECK(names(plan.steps) == Names{"fetch", "prepare", "start:b", "ready:b", "switch:b", "verify:b", "bake:b",
                                     "drain:a", "stop:a", "commit:b", "prune"});
    CHECK(plan.old_release == "one");
}

TEST_CASE("recreate stops the old one before it starts the new one") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "recreate");
    CHECK(names(plan.steps) == Names{"fetch", "prepare", "stop:a", "start:b", "ready:b", "switch:b", "verify:b",
                                     "bake:b", "commit:b", "prune"});
}

TEST_CASE("what serves as wanted is left alone, unless forced or set differently") {
    CHECK(make_plan(one_serves(), {.release = "one"}, "blue-green").already);
    CHECK(make_plan(one_serves(), {.release = "one"}, "blue-green").steps.empty());
    CHECK_FALSE(make_plan(one_serves(), {.release = "one", .force = true}, "blue-green").already);
    CHECK_FALSE(make_plan(one_serves(), {.release = "one", .same_settings = false}, "blue-green").already);
    auto stopped = one_serves();
    stopped.seen[a].running = false;
    CHECK_FALSE(make_plan(stopped, {.release = "one"}, "blue-green").already);
    auto unrouted = one_serves();
    unrouted.routed.clear();
    CHECK_FALSE(make_plan(unrouted, {.release = "one"}, "blue-green").already);
}

TEST_CASE("after a reboot no request is led to what does not run, whatever the strategy") {
    auto observed = one_serves();
    for (auto& [instance, seen] : observed.seen) seen.running = false;
    const auto at_once = make_plan(observed, {.release = "two"}, "blue-green").steps;
    for (const auto* strategy : {"rolling", "canary"})
        CHECK(make_plan(observed, {.release = "two"}, strategy).steps == at_once);
}

TEST_CASE("a process that runs in the free slot is cleaned away first") {
    auto observed = one_serves();
    observed.seen[b] = {true, "old"};
    CHECK(names(make_plan(observed, {.release = "one"}, "blue-green").steps) == Names{"clean:b", "prune"});
    CHECK(names(make_plan(observed, {.release = "two"}, "blue-green").steps).front() == "clean:b");
}

TEST_CASE("a rollback fetches nothing") {
    const auto plan = make_plan(one_serves(), {.release = "zero", .command = "rollback"}, "blue-green");
    CHECK(names(plan.steps).front() == "start:b");
}

TEST_CASE("the way back routes to the old one before the candidate is stopped") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    auto observed = one_serves();
    observed.seen[b] = {true, "two"};
    observed.routed = {{b}};
    CHECK(names(undo_steps(plan, observed)) ==
          Names{"undo-switch:a", "undo-drain:b", "undo-stop:b", "undo-record", "undo-prune"});
}

TEST_CASE("the way back from recreate stops the new one before the old one starts, as its way there does") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "recreate");
    Observed observed{
        .seen = {{a, {false, "one"}}, {b, {true, "two"}}}, .routed = {{b}}, .current = "one", .slot = "a"};
    CHECK(names(undo_steps(plan, observed)) ==
          Names{"undo-stop:b", "undo-start:a", "undo-ready:a", "undo-switch:a", "undo-record", "undo-prune"});
    SECTION("and tells a router that leads to it all the time, and has found it down") {
        observed.routed = {{a}};
        CHECK(names(undo_steps(plan, observed)) ==
              Names{"undo-stop:b", "undo-start:a", "undo-ready:a", "undo-switch:a", "undo-record", "undo-prune"});
    }
    SECTION("and waits for an old one that is ending") {
        observed.seen[a] = {.running = true, .release = "one", .ending = true};
        CHECK(names(undo_steps(plan, observed)) == Names{"undo-stop:b", "undo-stop:a", "undo-start:a", "undo-ready:a",
                                                         "undo-switch:a", "undo-record", "undo-prune"});
    }
    SECTION("while one that was never stopped only gets its requests back") {
        observed.seen[a].running = true;
        CHECK(names(undo_steps(plan, observed)) ==
              Names{"undo-switch:a", "undo-drain:b", "undo-stop:b", "undo-record", "undo-prune"});
    }
}

TEST_CASE("who was told to end serves no more: another one is deployed, and it is ended with its like") {
    const Instance a2{"a", 2};
    Observed observed{
        .seen = {{a, {true, "one"}}, {a2, {true, "one"}}}, .routed = {{a}, {a2}}, .current = "one", .slot = "a"};
    observed.seen[a2].ending = true;
    CHECK_FALSE(make_plan(observed, {.release = "one", .instances = {a, a2}}, "rolling").already);
    const auto plan = make_plan(observed, {.release = "two", .instances = {a, a2}}, "rolling");
    CHECK(plan.olds == std::vector{a});
    for (const auto& step : plan.steps)
        for (const auto& [to, weight] : step.to) CHECK(to != a2);
    const auto stop =
        std::find_if(plan.steps.rbegin(), plan.steps.rend(), [](const Step& step) { return step.act == Act::stop; });
    CHECK(stop->on.back() == a2);
    observed.seen[a].ending = true; // all of it: requests go to the new one at once
    CHECK(names(make_plan(observed, {.release = "two"}, "rolling").steps).at(4) == "switch:b");
    CHECK(make_plan(observed, {.release = "two"}, "rolling").steps.at(4).to == std::vector<Share>{{b}});
    CHECK(names(make_down_plan(observed).steps) == Names{"switch", "drain:a", "stop:a", "commit", "prune"});
}

TEST_CASE("a slot whose instances are not of one release serves none, and goes as a whole") {
    const Instance aw{"a", 1, "worker"};
    auto observed = one_serves();
    observed.seen[aw] = {true, "zero"};
    CHECK_FALSE(make_plan(observed, {.release = "one", .instances = {a, aw}}, "blue-green").already);
    observed.seen[aw] = {false, "one"}; // stopped: somebody could start it again
    const auto plan = make_plan(observed, {.release = "two", .instances = {a, aw}}, "blue-green");
    CHECK(plan.steps[8].act == Act::stop);
    CHECK(plan.steps[8].on == std::vector{a, aw});
}

TEST_CASE("what belongs to no slot is ended by whoever deploys next, and by down") {
    auto observed = one_serves();
    observed.strays = {{"shop-web-3"}};
    const auto plan = make_plan(observed, {.release = "one"}, "blue-green");
    CHECK(plan.already);
    CHECK(names(plan.steps) == Names{"clean", "prune"});
    CHECK(where(plan.steps.front()) == "shop-web-3");
    CHECK(names(make_plan(observed, {.release = "two"}, "blue-green").steps).front() == "clean");
    CHECK(names(make_down_plan(observed).steps).at(1) == "clean");
    const auto journal = parse_journal(plan_line(plan, "t") + step_line(plan.steps[0], "t"), "j");
    REQUIRE(journal.ok());
    CHECK(journal->deployment.plan == plan);
}

TEST_CASE("what the router may lead to is ended once the new release serves, unless both at once can't be") {
    auto observed = one_serves();
    observed.seen.clear(); // its slot's folder was lost
    observed.strays = {{"process 7 of a", "a"}, {"process 9 of b", "b"}};
    const auto whats = [&](const char* strategy) {
        std::string told;
        for (const auto& step : make_plan(observed, {.release = "two", .instances = {{.slot = "a"}}}, strategy).steps)
            if (step.act == Act::clean || step.act == Act::start || step.act == Act::bake)
                told += name_of(step) + " " + step.what + "; ";
        return told;
    };
    CHECK(whats("blue-green") == "clean process 9 of b; start ; bake ; clean process 7 of a; ");
    CHECK(whats("recreate") == "clean process 7 of a; clean process 9 of b; start ; bake ; ");
}

TEST_CASE("nothing of the old release runs any more once the database is contracted") {
    auto observed = one_serves();
    observed.strays = {{"process 7 of a", "a"}};
    const auto plan = make_plan(observed, {.release = "two", .around = {.migrate = true}}, "blue-green");
    const auto all = names(plan.steps);
    const auto contract = std::find(all.begin(), all.end(), "contract");
    REQUIRE(contract != all.end());
    CHECK(*std::prev(contract) == "clean");
    CHECK(std::find(all.begin(), contract, "stop:a") != contract);
    CHECK(std::find(contract, all.end(), "clean") == all.end());
}

TEST_CASE("past the return, what serves no more as it was deployed is taken back, unless it is written down") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    Observed observed{.seen = {{a, {true, "one"}}, {b, {true, "two"}}}, .routed = {{b}}, .current = "one", .slot = "a"};
    CHECK(recover(died(plan, "drain"), observed, false) == Recovery::resume);
    for (const bool ends : {true, false}) {
        observed.seen[b] = {.running = ends, .release = "two", .ending = ends};
        CHECK(recover(died(plan, "drain"), observed, false) == Recovery::undo);
        CHECK(recover(died(plan, "stop"), observed, true) == Recovery::undo);
        CHECK(recover(died(plan, "commit"), observed, false) == Recovery::resume);
    }
}

TEST_CASE("the way back from a first deployment leads nowhere") {
    const auto plan = make_plan(nothing(), {.release = "one"}, "blue-green");
    Observed observed{.seen = {{a, {true, "one"}}, {b, {}}}, .routed = {{a}}};
    CHECK(names(undo_steps(plan, observed)) ==
          Names{"undo-switch", "undo-drain:a", "undo-stop:a", "undo-record", "undo-prune"});
}

TEST_CASE("no return begins where the old release is let go") {
    const auto blue_green = make_plan(one_serves(), {.release = "two"}, "blue-green").steps;
    CHECK(name_of(blue_green[point_of_no_return(blue_green)]) == "drain");
    const auto recreate = make_plan(one_serves(), {.release = "two"}, "recreate").steps;
    CHECK(name_of(recreate[point_of_no_return(recreate)]) == "commit");
}

TEST_CASE("an interrupted deployment is undone before the switch and finished after the drain began") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    auto observed = one_serves();
    observed.seen[b] = {true, "two"};
    for (const auto* step : {"fetch", "prepare"}) {
        CHECK(recover(died(plan, step), observed, true) == Recovery::undo);
    }
    for (const auto* step : {"start", "ready"}) {
        CHECK(recover(died(plan, step), observed, false) == Recovery::undo);
    }
    observed.routed = {{b}};
    for (const auto* step : {"switch", "verify", "bake"}) {
        CHECK(recover(died(plan, step), observed, true) == Recovery::resume);
        CHECK(recover(died(plan, step), observed, false) == Recovery::undo);
    }
    for (const auto* step : {"drain", "stop", "commit", "prune"}) {
        CHECK(recover(died(plan, step), observed, true) == Recovery::resume);
        CHECK(recover(died(plan, step), observed, false) == Recovery::resume);
    }
    observed.seen[b].running = false; // died with its deployer
    CHECK(recover(died(plan, "bake"), observed, true) == Recovery::undo);
}

TEST_CASE("a candidate that was started before its deployer died is adopted, unless it is another one") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    auto observed = one_serves();
    observed.seen[b] = {true, "two"};
    for (const auto* step : {"start", "ready"}) {
        CHECK(recover(died(plan, step), observed, true) == Recovery::resume);
        CHECK(names(resume_steps(died(plan, step), observed)).front() == "ready:b");
    }
    observed.seen[b].release = "three";
    CHECK(recover(died(plan, "ready"), observed, true) == Recovery::undo);
    observed.seen[b] = {};
    CHECK(recover(died(plan, "ready"), observed, true) == Recovery::undo);
}

TEST_CASE("down lets go of whatever runs, and there is no way back once the drain began") {
    auto observed = one_serves();
    CHECK(names(make_down_plan(observed).steps) == Names{"switch", "drain:a", "stop:a", "commit", "prune"});
    observed.seen[b] = {true, "left"};
    const auto plan = make_down_plan(observed);
    CHECK(names(plan.steps) == Names{"switch", "drain:a", "stop:a", "drain:b", "stop:b", "commit", "prune"});
    CHECK(plan.release == "one");
    CHECK(recover(died(plan, "switch"), observed, false) == Recovery::undo);
    observed.routed.clear();
    CHECK(names(undo_steps(plan, observed)) == Names{"undo-switch:a", "undo-record", "undo-prune"});
    CHECK(recover(died(plan, "drain"), observed, false) == Recovery::resume);
    CHECK(make_down_plan(nothing()).already);
    CHECK(make_down_plan(nothing()).steps.empty());

    Observed rebooted{.seen = {{a, {false, "one"}}, {b, {}}}, .routed = {{a}}, .current = "one", .slot = "a"};
    CHECK(names(make_down_plan(rebooted).steps) == Names{"switch", "stop:a", "commit", "prune"});
}

TEST_CASE("what still runs after a hurried down is cleaned away, in whichever slot it is") {
    Observed observed{.seen = {{a, {}}, {b, {true, "left"}}}};
    CHECK(names(make_plan(observed, {.release = "two"}, "blue-green").steps).front() == "clean:b");
}

TEST_CASE("an application without its supervisor is deployed again") {
    auto observed = one_serves();
    observed.seen[a].alone = true;
    CHECK_FALSE(make_plan(observed, {.release = "one"}, "blue-green").already);
}

TEST_CASE("an interrupted way back goes on back") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    Unfinished unfinished{.plan = plan, .last = Step{.act = Act::drain, .slot = "b", .undo = true}};
    CHECK(recover(unfinished, one_serves(), true) == Recovery::undo);
}

TEST_CASE("resuming before the point of no return verifies and bakes again from zero") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    CHECK(names(resume_steps(died(plan, "bake"), one_serves())).front() == "switch:b");
    CHECK(names(resume_steps(died(plan, "stop"), one_serves())).front() == "stop:a");
}

TEST_CASE("every step has a name that leads back to it") {
    for (const auto& strategy : strategies()) {
        auto steps = make_plan(one_serves(), {.release = "two"}, strategy.name).steps;
        steps.push_back({.act = Act::record, .undo = true});
        for (const auto& step : steps) {
            const auto read = step_of(name_of(step), step.slot);
            REQUIRE(read);
            CHECK((read->act == step.act && read->undo == step.undo && read->slot == step.slot));
        }
    }
    CHECK_FALSE(step_of("jump", "a"));
}

TEST_CASE("a journal gives back the plan and the last step") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    const std::string text = plan_line(plan, "2026-01-01T00:00:00Z") + step_line(plan.steps[4], "2026-01-01T00:00:01Z");
    auto journal = parse_journal(text, "journal.jsonl");
    REQUIRE(journal.ok());
    CHECK(journal->deployment.plan == plan);
    CHECK(journal->deployment.last == plan.steps[4]);
    CHECK(journal->deployment.switched);
    CHECK_FALSE(journal->verdict);
    CHECK(parse_journal(text + fairlead::ledger::end_line("deployed", "2026-01-01T00:00:02Z"), "j")->verdict ==
          "deployed");
}

TEST_CASE("a torn last line of a journal was not begun") {
    const auto plan = make_plan(one_serves(), {.release = "two"}, "blue-green");
    const auto whole = plan_line(plan, "t") + step_line(plan.steps[0], "t");
    const auto torn = step_line(plan.steps[1], "t");
    for (std::size_t size = 0; size < torn.size(); ++size) {
        auto journal = parse_journal(whole + torn.substr(0, size), "j");
        REQUIRE(journal.ok());
        CHECK(journal->deployment.last == plan.steps[0]);
    }
    CHECK(parse_journal("{\"schema\":1,\"ev", "j")->verdict == ""); // not even the plan: nothing was begun
}

TEST_CASE("a journal of another schema is refused") {
    auto line = plan_line({}, "t");
    line.replace(line.find(":1"), 2, ":2");
    CHECK_FALSE(parse_journal(line, "j").ok());
    CHECK_FALSE(parse_journal("nonsense\n", "j").ok());
    CHECK_FALSE(parse_journal(plan_line({.candidate = "c"}, "t"), "j").ok()); // there are the slots a and b
}

TEST_CASE("rolling changes one instance after the other, and what works beside them with the last") {
    const Instance a2{"a", 2}, b2{"b", 2}, aw{"a", 1, "worker"}, bw{"b", 1, "worker"};
    const Observed observed{.seen = {{a, {true, "one"}}, {a2, {true, "one"}}, {aw, {true, "one"}}},
                            .routed = {{a}, {a2}},
                            .current = "one",
                            .slot = "a"};
    const auto plan = make_plan(observed, {.release = "two", .instances = {a, a2, aw}}, "rolling");
    CHECK(names(plan.steps) == Names{"fetch", "prepare", "start:b", "ready:b", "switch:b", "verify:b", "drain:a",
                                     "stop:a", "start:b", "ready:b", "switch:b", "verify:b", "bake:b", "drain:a",
                                     "stop:a", "commit:b", "prune"});
    CHECK(plan.steps[2].on == std::vector{b});
    CHECK(plan.steps[4].to == std::vector<Share>{{b}, {a2}});
    CHECK(plan.steps[7].on == std::vector{a});
    CHECK(plan.steps[8].on == std::vector{b2, bw});
    CHECK(plan.steps[10].to == std::vector<Share>{{b}, {b2}});
    CHECK(plan.steps[14].on == std::vector{a2, aw});
    CHECK(plan.steps[point_of_no_return(plan.steps)].number == 13);

    SECTION("whose deployer dies between two is finished by the same release, and taken back by another") {
        Observed between = observed;
        between.seen[b] = {true, "two"};
        between.seen[a].running = false;
        between.routed = {{a2}, {b}};
        auto unfinished = died(plan, "stop");
        unfinished.last = plan.steps[7];
        CHECK(recover(unfinished, between, true) == Recovery::resume);
        CHECK(names(resume_steps(unfinished, between)).front() == "stop:a");
        CHECK(recover(unfinished, between, false) == Recovery::undo);
        const auto undo = undo_steps(plan, between);
        CHECK(names(undo) == Names{"undo-start:a", "undo-ready:a", "undo-switch:a", "undo-drain:b", "undo-stop:b",
                                   "undo-record", "undo-prune"});
        CHECK(undo[0].on == std::vector{a});
        CHECK(undo[2].to == std::vector<Share>{{a}, {a2}});
        CHECK(undo[4].on == std::vector{b, bw, b2});
    }
    SECTION("in one batch it is as blue-green, but for the drain") {
        const auto once = make_plan(observed, {.release = "two", .instances = {a, a2, aw}}, "rolling", {.batch = 5});
        CHECK(names(once.steps) == Names{"fetch", "prepare", "start:b", "ready:b", "switch:b", "verify:b", "bake:b",
                                         "drain:a", "stop:a", "commit:b", "prune"});
    }
    SECTION("the other number of replicas is another deployment of the same release") {
        CHECK(make_plan(observed, {.release = "one", .instances = {a, a2, aw}}, "rolling").already);
        CHECK_FALSE(make_plan(observed, {.release = "one", .instances = {a, aw}}, "rolling").already);
    }
}

TEST_CASE("a journal keeps who was started, who got requests, and which of two equal steps was the last") {
    const Instance a2{"a", 2};
    const Observed observed{
        .seen = {{a, {true, "one"}}, {a2, {true, "one"}}}, .routed = {{a}, {a2}}, .current = "one", .slot = "a"};
    const auto plan = make_plan(observed, {.release = "two", .instances = {a, a2}}, "rolling");
    const auto journal = parse_journal(plan_line(plan, "t") + step_line(plan.steps[9], "t"), "j");
    REQUIRE(journal.ok());
    CHECK(journal->deployment.plan.steps == plan.steps);
    CHECK(journal->deployment.plan == plan);
    CHECK(journal->deployment.last == plan.steps[9]);
    CHECK(journal->deployment.last->number == 9);
}

TEST_CASE("a journal of before there were instances is understood") {
    const std::string text = R"({"schema":1,"event":"plan","at":"t","plan":{"command":"apply","release":"two",)"
                             R"("candidate":"b","old":"a","old_release":"one","strategy":"blue-green","already":false,)"
                             R"("steps":[{"step":"start","slot":"b"},{"step":"switch","slot":"b"},)"
                             R"({"step":"drain","slot":"a"},{"step":"commit","slot":"b"}]}})"
                             "\n"
                             R"({"event":"step","at":"t","step":"switch","slot":"b"})"
                             "\n";
    const auto journal = parse_journal(text, "j");
    REQUIRE(journal.ok());
    const auto& plan = journal->deployment.plan;
    CHECK(plan.starts == std::vector{b});
    CHECK(plan.olds == std::vector{a});
    CHECK(plan.steps[0].on == std::vector{b});
    CHECK(plan.steps[1].to == std::vector<Share>{{b}});
    CHECK(journal->deployment.last == plan.steps[1]);
    CHECK(journal->deployment.last->number == 1);
}

TEST_CASE("the release that was kept warm is woken, not started, and stays while the other one does") {
    auto observed = one_serves();
    observed.seen[b] = {true, "zero"};
    const auto plan = make_plan(observed, {.release = "zero", .command = "rollback", .warm = true}, "blue-green",
                                {.keep_warm = true});
    CHECK(names(plan.steps) ==
          Names{"wake:b", "ready:b", "switch:b", "verify:b", "bake:b", "drain:a", "keep-warm:a", "commit:b", "prune"});
    CHECK(make_plan(observed, {.release = "one"}, "blue-green", {.keep_warm = true}).steps.empty());
    CHECK(names(make_plan(observed, {.release = "two"}, "blue-green", {.keep_warm = true}).steps).front() == "clean:b");
}

TEST_CASE("a canary gets its share however many replicas there are, and is judged at each") {
    const Instance a2{"a", 2};
    const Observed observed{
        .seen = {{a, {true, "one"}}, {a2, {true, "one"}}}, .routed = {{a}, {a2}}, .current = "one", .slot = "a"};
    const auto plan = make_plan(observed, {.release = "two"}, "canary", {.weights = {10, 100}});
    CHECK(names(plan.steps) == Names{"fetch", "prepare", "start:b", "ready:b", "switch:b", "judge:b", "switch:b",
                                     "judge:b", "verify:b", "bake:b", "drain:a", "stop:a", "commit:b", "prune"});
    CHECK(plan.steps[4].to == std::vector<Share>{{b, 2}, {a, 9}, {a2, 9}});
    CHECK(plan.steps[6].to == std::vector<Share>{{b}});
    const auto first = make_plan(nothing(), {.release = "one"}, "canary", {.weights = {10, 100}});
    CHECK(names(first.steps) == names(make_plan(nothing(), {.release = "one"}, "blue-green").steps));
}
