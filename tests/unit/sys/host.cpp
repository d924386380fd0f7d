#include "sys/host.h"
#include "support/catch.h"
#include "support/fake_host.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// What a pipeline does for its caller: a text goes in, pieces come out, and so does who is to blame.
struct Seen {
    std::string text, failed;
    std::size_t stages = 0;
    std::uint64_t bytes = 0;
};

Seen backed_up(Host& host, const std::string& first) {
    Seen seen;
    const auto output = host.run_pipeline({.stages = {{.argv = {first}}, {.argv = {"cat"}}},
                                           .input = std::string("rows"),
                                           .output = [&](std::string_view piece) -> Result<void> {
                                               seen.text += piece;
                                               return {};
                                           }});
    REQUIRE(output.ok());
    if (output->failed) seen.failed = output->stages[*output->failed].name;
    seen.stages = output->stages.size();
    seen.bytes = output->bytes;
    return seen;
}

}

TEST_CASE("a pipeline of a machine of tests does for its caller what a real one does") {
    test::FakeHost fake("/srv");
    fake.poured = "rows";
    for (Host* host : {static_cast<Host*>(&fake), &real_host()}) {
        const auto seen = backed_up(*host, "cat");
        CHECK(seen.text == "rows");
        CHECK(seen.failed.empty());
        CHECK(seen.stages == 2);
        CHECK(seen.bytes == 4);
    }
    CHECK(fake.did == std::vector<std::string>{"run cat | cat"});
    CHECK(fake.drawn == "rows");

    fake.poured.clear();
    fake.ending = {.stages = {{.name = "false", .status = 1}}, .failed = 0};
    for (Host* host : {static_cast<Host*>(&fake), &real_host()}) {
        const auto seen = backed_up(*host, "false");
        CHECK(seen.failed == "false");
        CHECK(seen.stages == 2);
    }
}

TEST_CASE("a sink's error is the result on either machine, and a failed stage leaves no file") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    test::FakeHost fake(folder.path());
    fake.poured = "rows";
    for (Host* host : {static_cast<Host*>(&fake), &real_host()}) {
        const auto output =
            host->run_pipeline({.stages = {{.argv = {"echo", "rows"}}},
                                .output = [](std::string_view) -> Result<void> { return could_not("full"); }});
        REQUIRE_FALSE(output.ok());
        CHECK(output.error().message == "full");
        CHECK(
            host->run_pipeline({.stages = {{.argv = {"echo", "rows"}}}, .output = ToFile{folder.path() / "out"}}).ok());
        CHECK(host->inspect(folder.path() / "out").type == FileType::file);
    }
    fake.ending = {.stages = {{.name = "false", .status = 1}}, .failed = 0};
    for (Host* host : {static_cast<Host*>(&fake), &real_host()}) {
        CHECK(host->run_pipeline({.stages = {{.argv = {"false"}}}, .output = ToFile{folder.path() / "none"}}).ok());
        CHECK(host->inspect(folder.path() / "none").type == FileType::absent);
    }
}
