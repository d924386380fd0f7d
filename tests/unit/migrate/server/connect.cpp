#include "migrate/server/connect.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <filesystem>
#include <fstream>

using namespace fairlead;
using namespace fairlead::migrate::server;
using fairlead::migrate::Settings;

namespace {

Result<Address> found(std::map<std::string, std::string> variables, const Settings& settings = {}) {
    return find_database(settings, sys::Environment(std::move(variables)));
}
std::string url(const char* name) { return std::string("postgresql://app:pw-of-app@db/") + name; }

}

TEST_CASE("the database's variable: ours, the direct one, the named one, DATABASE_URL, libpq's, in this order") {
    Settings settings;
    std::map<std::string, std::string> variables = {{"PGHOST", "db"}, {"PGUSER", "app"}, {"PGDATABASE", "libpq"}};
    CHECK(found(variables)->shown == "postgresql://app@db:5432/libpq");
    CHECK(found(variables)->source == "PGHOST");
    variables["DATABASE_URL"] = url("common");
    CHECK(found(variables)->shown == "postgresql://app@db:5432/common");
    settings.url_env = "SHOP_URL";
    variables["SHOP_URL"] = url("named");
    CHECK(found(variables, settings)->source == "SHOP_URL");
    settings.direct_url_env = "DIRECT_URL";
    variables["DIRECT_URL"] = url("direct");
    CHECK(found(variables, settings)->source == "DIRECT_URL");
    variables["FAIRLEAD_DATABASE_URL"] = url("ours");
    CHECK(found(variables, settings)->shown == "postgresql://app@db:5432/ours");
}

TEST_CASE("a named variable that isn't set is no reason to take another database") {
    Settings settings;
    settings.url_env = "SHOP_URL";
    const auto none = found({{"DATABASE_URL", url("other")}, {"SHOP_URL", ""}}, settings);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().kind == Kind::usage);
    CHECK(none.error().message.starts_with("variable 'SHOP_URL', which migrate.url_env names, is not set"));
}

TEST_CASE("without any variable no database is guessed, and the ways out are named") {
    const auto none = found({{"USER", "me"}, {"HOME", "/root"}, {"PGUSER", "me"}});
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().kind == Kind::usage);
    for (const auto* way : {"DATABASE_URL", "migrate.url_env", "PGHOST", "PGSERVICE"})
        CHECK(none.error().message.find(way) != std::string::npos);
}

TEST_CASE("URLs of SQLite name a file") {
    CHECK(found({{"DATABASE_URL", "sqlite:data/app.db"}})->path == "data/app.db");
    CHECK(found({{"DATABASE_URL", "sqlite:/srv/app.db"}})->path == "/srv/app.db");
    CHECK(found({{"DATABASE_URL", "sqlite:////srv/app.db"}})->path == "/srv/app.db");
    CHECK(found({{"DATABASE_URL", "sqlite3://data/a%20b.db?mode=rw"}})->path == "data/a b.db");
    CHECK(found({{"DATABASE_URL", "sqlite:app.db?mode=ro"}})->read_only);
    CHECK(found({{"DATABASE_URL", "sqlite:app.db?mode=rw"}})->must_exist);
    CHECK_FALSE(found({{"DATABASE_URL", "sqlite:app.db?mode=rwc"}})->must_exist);
    CHECK(found({{"DATABASE_URL", "sqlite:app.db?mode=rw&key=Zebra9quokka"}}).error().message ==
          "DATABASE_URL: parameter 'key' of a SQLite URL is unknown; take it out (mode=ro, mode=rw and mode=rwc are "
          "known)");
    for (const auto* wrong : {"mode=memory", "mode=", "mode", "cache=shared", "immutable=1", "mode=RO"})
        CHECK(found({{"DATABASE_URL", std::string("sqlite:app.db?") + wrong}}).error().kind == Kind::usage);
    CHECK(found({{"DATABASE_URL", "sqlite:app.db"}})->shown == "sqlite:app.db");
    CHECK(found({{"DATABASE_URL", "sqlite:app.db"}})->engine == Engine::sqlite);
    for (const auto* wrong : {"sqlite:", "sqlite://", "sqlite::memory:", "sqlite:a%00b"})
        CHECK_FALSE(found({{"DATABASE_URL", wrong}}).ok());
}

TEST_CASE("a URL of SQLite's with a user is refused without what may be a password") {
    for (const auto* wrong :
         {"sqlite://app:Zebra9quokka@/x", "sqlite:app:Zebra9quokka@h/x", "sqlite://Zebra9quokka@h/x",
          "sqlite:///app:Zebra9quokka@h/x", "sqlite://app:Zebra9/quokka@h/x"}) {
        const auto refused = found({{"DATABASE_URL", wrong}});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::usage);
        CHECK(refused.error().message == "DATABASE_URL names a user or a host, which a SQLite file doesn't have; "
                                         "expected sqlite:data/app.db or sqlite:/srv/app.db");
    }
    CHECK(found({{"DATABASE_URL", "sqlite:data/a@b.db"}})->path == "data/a@b.db");
}

TEST_CASE("three slashes are the file that is there; where two are, neither is taken") {
    const auto folder = sys::TemporaryFolder::make("slashes").value();
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const auto absolute = (folder.path() / "app.db").string();
    CHECK(found({{"DATABASE_URL", "sqlite:///app.db"}})->path == "app.db"); // as Python's tools read it
    CHECK(found({{"DATABASE_URL", "sqlite://" + absolute}})->path == absolute);
    std::filesystem::create_directories(absolute.substr(1));
    std::ofstream(folder.path() / "app.db") << "";
    const auto both = found({{"DATABASE_URL", "sqlite://" + absolute}});
    CHECK_FALSE(both.ok());
    std::filesystem::current_path(before);
}

TEST_CASE("other URLs are refused, and none of them is said with its password") {
    for (const auto* wrong : {"mysql://app:pw-of-app@db/shop", "app:pw-of-app@db", "postgresql://app:pw-of-app@db/",
                              "postgres://:pw-of-app@/shop", "postgresql://app:pw-of-app%@db/shop"}) {
        const auto refused = found({{"DATABASE_URL", wrong}});
        INFO(wrong);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().kind == Kind::usage);
        CHECK(refused.error().message.starts_with("DATABASE_URL"));
        CHECK(refused.error().message.find("pw-of-app") == std::string::npos);
    }
    CHECK(found({{"DATABASE_URL", "postgresql+asyncpg://app:pw-of-app@db:6/shop"}})->shown ==
          "postgresql://app@db:6/shop");
}

TEST_CASE("the application says host and run in 63 bytes") {
    const auto of_run = [](std::string id) {
        return application(sys::Environment(std::map<std::string, std::string>{{"GITHUB_RUN_ID", std::move(id)}}));
    };
    const auto name = of_run("4711");
    CHECK(name.starts_with("fairlead-migrate host="));
    CHECK(name.ends_with(" run=4711"));
    CHECK(of_run(std::string(200, '7')).size() <= 63);
}

TEST_CASE("names and texts are quoted so that nothing in them ends the quote") {
    CHECK(quoted_name("na\"me") == "\"na\"\"me\"");
    CHECK(quoted_text("it's") == "'it''s'");
    CHECK(quoted_text("a\\'b") == " E'a\\\\''b'");
}

TEST_CASE("a SQLite file where other machines may write is warned of") {
    const auto address = found({{"DATABASE_URL", "sqlite:app.db"}}).value();
    CHECK(shared_warning(address, "").empty());
    CHECK(shared_warning(address, "NFS").starts_with("sqlite:app.db is on NFS, "));
}
