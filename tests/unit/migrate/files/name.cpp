#include "migrate/files/name.h"
#include "support/catch.h"
#include <algorithm>
#include <string>
#include <vector>

using namespace fairlead::migrate::files;

namespace {

std::string name_in(std::string_view file, Layout layout = Layout::plain) {
    const auto name = parse_name(file, layout);
    if (!name) return "none";
    const char* ways[] = {"up", "down", "both"};
    return name->version + "|" + name->name + "|" + ways[static_cast<int>(name->way)];
}

}

TEST_CASE("a file's name tells version, name and way") {
    CHECK(name_in("20260101120000_users.up.sql") == "20260101120000|users|up");
    CHECK(name_in("000042_add_totals.down.sql") == "42|add_totals|down");
    CHECK(name_in("7_a.b.up.sql") == "7|a.b|up");
    CHECK(name_in("0_first.sql") == "0|first|both");
    CHECK(name_in("1_.up.sql") == "1||up");
    CHECK(name_in("users.up.sql") == "none");
    CHECK(name_in("_users.sql") == "none");
    CHECK(name_in("1a_users.sql") == "none");
    CHECK(name_in("1_users.SQL") == "none");
    CHECK(name_in("1_2_users.sql") == "1|2_users|both");
}

TEST_CASE("a name that means a way and says it otherwise is none") {
    for (const auto* name : {"3_b.Down.sql", "3_b.dwon.sql", "20_x.upp.sql", "16_x.UP.sql", "15_x.up..sql", "7_a.b.sql",
                             "3_b_down.sql", "3_rollback.sql", "3_b-Undo.sql", "3_b.down.up.sql"})
        CHECK(name_in(name) == "none");
    CHECK(name_in("3_shutdown.sql") == "3|shutdown|both");
    CHECK(name_in("3_breakdown_of_costs.sql") == "3|breakdown_of_costs|both");
}

TEST_CASE("Flyway's names are read in its layout alone") {
    CHECK(name_in("V1_2__name.sql", Layout::flyway) == "1.2|name|up");
    CHECK(name_in("V1.10__a__b.sql", Layout::flyway) == "1.10|a__b|up");
    CHECK(name_in("U1_02_0__name.sql", Layout::flyway) == "1.2|name|down");
    CHECK(name_in("V__name.sql", Layout::flyway) == "none");
    CHECK(name_in("R__view.sql", Layout::flyway) == "none");
    CHECK(name_in("1_name.sql", Layout::flyway) == "none");
    CHECK(name_in("V1__name.sql") == "none");
}

TEST_CASE("versions are in the order of their numbers") {
    std::vector<std::string> all = {"10", "1.10", "9", "1.9", "1", "20260101120000", "1.9.1", "0"};
    std::sort(all.begin(), all.end(), is_before);
    CHECK(all == std::vector<std::string>{"0", "1", "1.9", "1.9.1", "1.10", "9", "10", "20260101120000"});
    CHECK_FALSE(is_before("7", "7"));
    CHECK(plain_version("0042") == "42");
    CHECK(plain_version("000") == "0");
    CHECK_FALSE(plain_version("1a"));
    CHECK_FALSE(plain_version(""));
    CHECK_FALSE(plain_version("1__2"));
}
