#include "migrate/drivers/guard.h"
#include "migrate/drivers/rows.h"
#include "support/catch.h"
#include <optional>
#include <utility>

using namespace fairlead::migrate;
using namespace fairlead::migrate::drivers;

namespace {

std::vector<std::string> found(const Driver& driver, const std::vector<Printed>& printed) {
    std::optional<server::Connection> none;
    return destructive(driver, printed, Settings{}, "public.alembic_version", none).value();
}

Standing applied(const std::vector<std::pair<std::string, std::string>>& versions) {
    Standing standing;
    for (const auto& [version, when] : versions)
        standing.all.push_back({version, "", {}, Migration::State::applied, when, ""});
    return standing;
}

}

TEST_CASE("Alembic's one script has its revisions apart, and its own table counts for nothing") {
    const Printed whole{
        "", "",
        "CREATE TABLE alembic_version (version_num text);\n-- Running upgrade  -> a1\nCREATE TABLE t (i int);\n"
        "DELETE FROM alembic_version WHERE version_num = 'x';\n-- Running upgrade a1 -> b2\nDROP TABLE t;\n"
        "-- Running upgrade a1, b2 -> c3\nDROP TABLE old;\n-- Running upgrade c3 -> d4\n"
        "ALTER TABLE orders ALTER COLUMN total TYPE int;\n"};
    const auto parts = parted(alembic(), {whole});
    std::vector<std::string> versions;
    for (const auto& part : parts) versions.push_back(part.what);
    CHECK(versions == std::vector<std::string>{"", "a1", "b2", "c3", "d4"});
    CHECK(found(alembic(), parts) == std::vector<std::string>{"c3", "d4"}); // b2 drops what a1 made
}

TEST_CASE("what another tool destroys is told by version, also by what its functions do") {
    CHECK(found(django(), {{"shop.0002_x", "", "ALTER TABLE t ADD COLUMN b int;"}}).empty());
    CHECK(found(django(), {{"shop.0002_x", "", "ALTER TABLE t DROP COLUMN b;"}}) ==
          std::vector<std::string>{"shop.0002_x"});
    CHECK(found(django(), {{"shop.0003_y", "",
                            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM t'; SELECT f();"}}) ==
          std::vector<std::string>{"shop.0003_y"});
    CHECK(found(flyway(), {{"2", "/absent/V2__x.sql", ""}}).empty()); // a warning
}

TEST_CASE("what down takes back has its versions, the last one first") {
    const auto line = applied({{"a", ""}, {"b", ""}, {"c", ""}});
    CHECK(taken_back(line, {1, ""}) == std::vector<std::string>{"c"});
    CHECK(taken_back(line, {2, ""}) == std::vector<std::string>{"c", "b"});
    CHECK(taken_back(line, {9, ""}).size() == 3);
    CHECK(taken_back(line, {0, "a"}) == std::vector<std::string>{"c", "b"});
    CHECK(taken_back(line, {0, "base"}) == std::vector<std::string>{"c", "b", "a"});
    const auto apps = applied({{"shop.1", "2026-01-01"}, {"shop.2", "2026-01-03"}, {"users.1", "2026-01-02"}});
    CHECK(taken_back(apps, {2, ""}) == std::vector<std::string>{"shop.2", "users.1"});
    CHECK(taken_back(apps, {0, "shop.1"}) == std::vector<std::string>{"shop.2"});
    CHECK(taken_back(apps, {0, "shop.zero"}) == std::vector<std::string>{"shop.2", "shop.1"});
}
