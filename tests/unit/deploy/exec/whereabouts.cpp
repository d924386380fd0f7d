#include "deploy/exec/whereabouts.h"
#include "support/catch.h"
#include "support/support.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("what the commands put where is written and read again") {
    const Whereabouts put{
        .releases = {{"a", "1.0.0-0123456789ab"}, {"b", "2.0.0-0123456789ab"}}, .runs = "b", .routed = "a"};
    CHECK(parse_whereabouts(to_json(put), "exec.json").value() == put);
    CHECK(parse_whereabouts(to_json(Whereabouts{}), "exec.json").value() == Whereabouts{});
}

TEST_CASE("a file that says something else is told with its name") {
    for (const auto* text : {"", "{}", "[]", R"({"schema":2,"releases":{}})", R"({"schema":1,"releases":{"c":"1"}})",
                             R"({"schema":1,"releases":{"a":1}})", R"({"schema":1,"releases":{},"runs":"c"})"}) {
        CAPTURE(text);
        const auto read = parse_whereabouts(text, "exec.json");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().place.file == "exec.json");
    }
}

TEST_CASE("where the file was lost or is damaged, what was committed is taken to be there") {
    const auto folder = sys::TemporaryFolder::make("fairlead-exec").value();
    const Store store(folder.path());
    REQUIRE(store.create().ok());
    auto& host = sys::real_host();
    CHECK(read_whereabouts(host, store).value() == Whereabouts{});
    const Whereabouts put{.releases = {{"a", "1"}, {"b", "2"}}, .runs = "a", .routed = "a"};
    REQUIRE(write_whereabouts(host, store, put).ok());
    CHECK(read_whereabouts(host, store).value() == put);
    REQUIRE(store.write(State{.current = "2-0123456789ab", .slot = "b"}).ok());
    const Whereabouts committed{.releases = {{"b", "2-0123456789ab"}}, .runs = "b", .routed = "b"};
    REQUIRE(host.write_file(folder.path() / "exec.json", "{\"sch").ok());
    CHECK(read_whereabouts(host, store).value() == committed);
    REQUIRE(host.remove_tree(folder.path() / "exec.json").ok());
    CHECK(read_whereabouts(host, store).value() == committed);
}
