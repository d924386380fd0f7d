#include "sys/permit.h"
#include "support/catch.h"
#include "sys/database/sqlite.h"
#include "sys/http/client.h"
#include "sys/process/pipeline.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include "sys/stream/child.h"
#include <filesystem>

using namespace fairlead;
using sys::Act;
using sys::Permit;

namespace {

// What a test is permitted comes back at its end.
struct Permitted {
    explicit Permitted(const Permit& permit) { sys::permit(permit, "fairlead-x plan"); }
    Permitted(const Permitted&) = delete;
    ~Permitted() { sys::permit(Permit::all(), "a test"); }
};

}

TEST_CASE("what was not permitted is refused with its name, and what was is not") {
    for (const Act act : sys::all_acts) {
        const Permitted one({act});
        for (const Act other : sys::all_acts) CHECK(sys::may(other) == (other == act));
        CHECK(sys::ask(act, "x").ok());
    }
    const Permitted none({});
    const auto refused = sys::ask(Act::change_store, "file:/x");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
    CHECK(refused.error().message == "'file:/x' was refused: fairlead-x plan changes no store");
}

TEST_CASE("a program of the project is started only where that was permitted, however it is started") {
    const Permitted programs({Act::start_program});
    CHECK(sys::run({.argv = {"true"}, .whose = sys::Whose::ours}).ok());
    const auto refused = sys::run({.argv = {"true"}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.ends_with("starts no program of the project"));
    CHECK_FALSE(sys::run_pipeline({.stages = {{.argv = {"true"}}}}).ok());
    CHECK_FALSE(sys::ChildSource::start({.argv = {"true"}}).ok());
    CHECK_FALSE(sys::Supervised::start({.argv = {"/bin/true"}, .environment = {}, .folder = "/"}).ok());
}

TEST_CASE("what lies in the work tree is the project's, whoever says that it is ours") {
    const auto made = sys::TemporaryFolder::make("permit");
    REQUIRE(made.ok());
    const sys::Path tool = made->path() / "tool";
    REQUIRE(sys::write_file(made->path() / "fairlead.yml", "version: 1\n").ok());
    REQUIRE(sys::write_file(tool, "#!/bin/sh\n", 0755).ok());
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(made->path());
    const Permitted programs({Act::start_program});
    const auto refused = sys::run({.argv = {tool.string()}, .whose = sys::Whose::ours});
    std::filesystem::current_path(before);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.ends_with("starts no program of the project"));
    CHECK(sys::run({.argv = {tool.string()}, .whose = sys::Whose::ours}).ok()); // from elsewhere it is nobody's
}

TEST_CASE("without a permit nothing is started, asked or changed") {
    const auto made = sys::TemporaryFolder::make("permit");
    REQUIRE(made.ok());
    const auto file = (made->path() / "a.db").string();
    { REQUIRE(sys::open_sqlite({.path = file, .create = true}).ok()); }
    const Permitted none({});
    CHECK_FALSE(sys::run({.argv = {"true"}, .whose = sys::Whose::ours}).ok());
    CHECK_FALSE(sys::open_sqlite({.path = file}).ok());
    CHECK(sys::open_sqlite({.path = file, .writable = false}).ok());
    CHECK(sys::open_sqlite({.path = file, .own_copy = true}).ok());
    CHECK_FALSE(sys::real_http().send({.url = "http://127.0.0.1:9/"}).ok());
    CHECK_FALSE(
        sys::start_detached({.argv = {"/bin/true"}, .environment = {}, .folder = "/", .lock = made->path() / "lock"})
            .ok());
}
