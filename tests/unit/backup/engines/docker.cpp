#include "backup/engines/docker.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::backup;

TEST_CASE("a volume is meant by its name, or by compose's key where one project alone has it") {
    const std::vector<docker::Volume> all = {
        {.name = "shop_uploads", .driver = "local", .project = "shop", .key = "uploads", .folder = {}, .kind = ""},
        {.name = "other_uploads", .driver = "local", .project = "other", .key = "uploads", .folder = {}, .kind = ""},
        {.name = "shop_db", .driver = "local", .project = "shop", .key = "db", .folder = {}, .kind = ""}};
    CHECK(docker::choose(all, "shop_uploads").value().project == "shop");
    CHECK(docker::choose(all, "db").value().name == "shop_db");
    const auto several = docker::choose(all, "uploads");
    REQUIRE_FALSE(several.ok());
    CHECK(several.error().message.find("is in several Compose projects") != std::string::npos);
    CHECK(several.error().message.find("shop_db") == std::string::npos);
    CHECK(docker::choose(all, "gone").error().message.find("shop_db") != std::string::npos);
    CHECK(docker::choose({}, "gone").error().message.ends_with("the engine has no volume at all"));
}

TEST_CASE("a container keeps a database by its image, by where the volume is in it, or by the files there") {
    const auto folder = sys::TemporaryFolder::make("fairlead volume").value();
    const docker::Volume volume{
        .name = "v", .driver = "local", .project = "", .key = "", .folder = folder.path(), .kind = ""};
    const auto keeps = [&](const std::string& image, const std::string& at) {
        docker::Container one;
        one.image = image;
        one.mounts = {{"v", at}};
        return docker::keeps_database(one, volume);
    };
    CHECK(keeps("registry.example.org/postgres:16", "/data"));
    CHECK_FALSE(keeps("postgres.example.org/shop/web:1", "/data")); // the registry's name says nothing
    CHECK(keeps("shop/own:1", "/var/lib/postgresql/data"));
    CHECK_FALSE(keeps("shop/own:1", "/srv/uploads"));
    REQUIRE(sys::write_file(folder.path() / "PG_VERSION", "16\n").ok());
    CHECK(keeps("shop/own:1", "/srv/uploads"));
}
