#include "smoke/scripts.h"
#include "smoke/hurl/scope.h"
#include "sys/files/files.h"
#include "unit/smoke/bench.h"

using namespace fairlead;
using namespace fairlead::smoke;
using test::TestClock;
using test::TestHttp;
using Ended = Tried::End;

namespace {

struct Playground {
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("hurl scripts")).value();
    TestClock clock;
    TestHttp http{clock};
    sys::Cancel cancel;
    Plan plan;

    Script script(const std::string& name, const std::string& text) {
        const auto path = (folder.path() / name).string();
        REQUIRE(sys::write_file(path, text).ok());
        return read_scripts(path).value().front();
    }
    std::vector<Tried> play(Milliseconds deadline = Milliseconds{60'000}) {
        return play_scripts(plan, http, clock, clock.steady() + deadline, cancel).value();
    }
};

std::vector<Ended> ends(const std::vector<Tried>& all) {
    std::vector<Ended> found;
    for (const auto& one : all) found.push_back(one.end);
    return found;
}

}

TEST_CASE("what setup captures reaches each file, and what one file captures no other") {
    Playground ground;
    ground.plan.scripts.setup = ground.script("setup.hurl", "GET http://a/in\nHTTP 200\n[Captures]\nt: body\n");
    ground.plan.scripts.files = {
        ground.script("one.hurl", "GET http://a/{{t}}\nHTTP 200\n[Captures]\nown: body\n"),
        ground.script("two.hurl", "GET http://a/{{t}}\nHTTP 200\nGET http://a/{{own}}\n"),
    };
    ground.http.answers = {{"http://a/in", {test::status(200, "x")}}, {"http://a/x", {test::status(200, "y")}}};
    const auto tried = ground.play();
    CHECK(ends(tried) == std::vector{Ended::passed, Ended::passed, Ended::passed, Ended::failed});
    CHECK(tried.back().is_malformed);
    CHECK(ground.http.asked["http://a/x"] == 2);
}

TEST_CASE("after a setup that failed no file is played, and teardown is") {
    Playground ground;
    ground.plan.scripts.setup = ground.script("setup.hurl", "GET http://a/in\nHTTP 200\n[Captures]\nt: body\n");
    ground.plan.scripts.files = {ground.script("one.hurl", "GET http://a/one\n\nGET http://a/two\n")};
    ground.plan.scripts.teardown = ground.script("teardown.hurl", "GET http://a/out\nHTTP 200\n\nGET http://a/{{t}}\n");
    ground.http.answers = {{"http://a/in", {test::status(500)}}, {"http://a/out", {test::status(200)}}};
    const auto tried = ground.play();
    CHECK(ends(tried) == std::vector{Ended::failed, Ended::cancelled, Ended::cancelled, Ended::passed, Ended::failed});
    CHECK_FALSE(tried.back().is_malformed); // it lacks only what setup would have captured
    CHECK(ground.http.asked["http://a/one"] == 0);
    CHECK(ground.http.asked["http://a/out"] == 1);
}

TEST_CASE("teardown has time of its own after the deadline, and minds no failure elsewhere") {
    Playground ground;
    ground.plan.scripts.files = {ground.script("one.hurl", "GET http://a/\n[Options]\nretry: -1\nHTTP 200\n")};
    ground.plan.scripts.teardown = ground.script("teardown.hurl", "GET http://a/out\nHTTP 200\n");
    ground.plan.fail_fast = true;
    ground.http.answers = {{"http://a/", {test::status(503)}}, {"http://a/out", {test::status(200)}}};
    CHECK(ends(ground.play(Milliseconds{2000})) == std::vector{Ended::failed, Ended::passed});
}

TEST_CASE("with fail-fast the files behind the one that failed are not played") {
    Playground ground;
    ground.plan.fail_fast = true;
    ground.plan.scripts.files = {ground.script("one.hurl", "GET http://a/\nHTTP 500\n"),
                                 ground.script("two.hurl", "GET http://a/two\n")};
    ground.http.answers = {{"http://a/", {test::status(200)}}, {"http://a/two", {test::status(200)}}};
    CHECK(ends(ground.play()) == std::vector{Ended::failed, Ended::cancelled});
    CHECK(ground.http.asked["http://a/two"] == 0);
}

TEST_CASE("of a variable, the place that is nearest to the user counts") {
    Playground ground;
    REQUIRE(sys::write_file(ground.folder.path() / "v.env", "\xEF\xBB\xBF# comment\n a = 3 \nb=4\n").ok());
    ScriptFlags flags;
    flags.variables = {"a=5"};
    flags.variables_files = {(ground.folder.path() / "v.env").string()};
    ground.plan.scripts.variables = {{"d", hurl::Value{std::string("of the file")}}};
    const auto file = ground.script("one.hurl", "GET http://a/\n").folder + "/one.hurl";
    const std::map<std::string, std::string> environment = {{"HURL_VARIABLE_a", "1"},
                                                            {"HURL_a", "2"},
                                                            {"HURL_VARIABLE_c", "true"},
                                                            {"HURL_VARIABLE_d", "x"},
                                                            {"HURL_SECRET_s", "hidden-1"}};
    REQUIRE(add_scripts({file}, flags, environment, ground.plan).ok());
    const auto& scripts = ground.plan.scripts;
    CHECK(*scripts.variables.at("a").as<std::int64_t>() == 5);
    CHECK(*scripts.variables.at("b").as<std::int64_t>() == 4);
    CHECK(*scripts.variables.at("c").as<bool>());
    CHECK(*scripts.variables.at("d").as<std::string>() == "x");
    CHECK(scripts.secrets.at("s") == "hidden-1");
    flags.no_secrets = "pull request #7 comes from a fork";
    Plan foreign;
    REQUIRE(add_scripts({file}, flags, environment, foreign).ok());
    CHECK(foreign.scripts.secrets.empty());
    CHECK(foreign.withheld.size() == 1);
    for (const auto* wrong : {"novalue", "=x", "a b=1", "newDate=1"}) {
        ScriptFlags bad;
        bad.variables = {wrong};
        Plan plan;
        INFO(wrong);
        CHECK_FALSE(add_scripts({file}, bad, {}, plan).ok());
    }
    ScriptFlags twice;
    twice.secrets = {"a=1", "a=2"};
    CHECK_FALSE(add_scripts({file}, twice, {}, foreign).ok());
}

TEST_CASE("each address has its own base, unless the user sets one") {
    for (const bool is_set : {false, true}) {
        Playground ground;
        auto one = ground.script("one.hurl", "GET {{base}}/x\nHTTP 200\n");
        one.base = "http://a";
        auto two = one;
        two.base = "http://b";
        ground.plan.scripts.files = {one, two};
        if (is_set) ground.plan.scripts.variables = {{"base", hurl::Value{std::string("http://c")}}};
        for (const auto* host : {"http://a/x", "http://b/x", "http://c/x"})
            ground.http.answers[host] = {test::status(200)};
        CHECK(ends(ground.play()) == std::vector{Ended::passed, Ended::passed});
        CHECK(ground.http.asked["http://a/x"] == (is_set ? 0 : 1));
        CHECK(ground.http.asked["http://b/x"] == (is_set ? 0 : 1));
        CHECK(ground.http.asked["http://c/x"] == (is_set ? 2 : 0));
    }
}

TEST_CASE("the requests of a Hurl file go to --at like those of the checks, and their redirects come back") {
    Playground ground;
    ground.plan.at = "127.0.0.1:8001";
    ground.plan.at_host = "app.org";
    ground.plan.scripts.settings.location = true;
    ground.plan.scripts.files = {
        ground.script("one.hurl", "GET https://app.org/x\nHTTP 200\n[Asserts]\nurl == \"https://app.org/y\"\n")};
    auto moved = test::status(302);
    moved.headers = {{"Location", "http://127.0.0.1:8001/y"}};
    ground.http.answers = {{"http://127.0.0.1:8001/x", {moved}}, {"http://127.0.0.1:8001/y", {test::status(200)}}};
    CHECK(ends(ground.play()) == std::vector<Ended>{Ended::passed});
}
