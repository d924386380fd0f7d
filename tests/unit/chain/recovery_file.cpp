#include "chain/recovery_file.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <filesystem>

using namespace fairlead;
using namespace fairlead::chain;

namespace {

class Around {
  public:
    Around() {
        for (const auto* name : {"app", "other", "state"}) std::filesystem::create_directories(path(name));
    }
    sys::Path path(const std::string& name) const { return folder_.path() / name; }
    Result<RecoveryFile> file(const std::string& place, const std::string& environment, const std::string& state,
                              const std::string& app = "shop") const {
        const auto file = path(place) / "fairlead.yml";
        REQUIRE(sys::write_file(file, "version: 1\napp: " + app + "\n").ok());
        static const sys::Environment none{{}};
        const auto config =
            config::load({.path = file, .folder = path(place), .environment = &none, .tool = "", .fields = {}});
        REQUIRE(config.ok());
        return RecoveryFile::of(config.value(), environment, sys::Environment({{"XDG_STATE_HOME", path(state)}}));
    }

  private:
    sys::TemporaryFolder folder_ = sys::TemporaryFolder::make("fairlead-recovery").value();
};

const Recovery begun{
    .set = "shop_1", .release = "1.0", .emergency = {"shop_2"}, .done = {"backup"}, .goes_on = true, .began = "x"};

}

TEST_CASE("what was done is read again for that file, application and environment alone") {
    const Around around;
    const auto file = around.file("app", "live", "state");
    REQUIRE(file.ok());
    CHECK_FALSE(file->read()->goes_on);
    REQUIRE(file->write(begun).ok());
    const auto again = around.file("app", "live", "state")->read();
    REQUIRE(again.ok());
    CHECK(again->set == "shop_1");
    CHECK(again->has("backup"));
    CHECK(again->goes_on);
    for (const auto& other : {around.file("app", "staging", "state"), around.file("other", "live", "state"),
                              around.file("app", "live", "state", "blog"), around.file("app", "live", "elsewhere")})
        CHECK(other->read()->set.empty());
}

TEST_CASE("a file that tells of another recovery, or nothing, is told before anything is touched") {
    const Around around;
    const auto live = around.file("app", "live", "state").value(),
               staging = around.file("app", "staging", "state").value();
    REQUIRE(live.write(begun).ok());
    std::filesystem::copy_file(live.shown(), staging.shown());
    CHECK(staging.read().error().kind == Kind::could_not);
    REQUIRE(sys::write_file(live.shown(), "{", 0600).ok());
    CHECK(live.read().error().message.find("remove it to begin from the start") != std::string::npos);
}

TEST_CASE("a state folder in the work tree is refused: a checkout could bring the file") {
    const Around around;
    std::filesystem::create_directories(around.path("app/.git"));
    CHECK(around.file("app", "live", "state").ok());
    CHECK(around.file("app", "live", "app-state").ok());
    for (const auto* inside : {"app", "app/.local/state", "state/../app/x"}) {
        INFO(inside);
        const auto refused = around.file("app", "live", inside);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::usage);
    }
    std::filesystem::create_directory_symlink(around.path("app"), around.path("link"));
    CHECK_FALSE(around.file("app", "live", "link").ok());
}
