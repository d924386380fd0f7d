#include "deploy/record/migrations.h"
#include "deploy/record/record.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("versions are in order by their numbers") {
    CHECK(is_before("9", "10"));
    CHECK(is_before("0", "001"));
    CHECK(is_before("20260101120000", "20260101120001"));
    CHECK(is_before("V1_2", "V1_10"));
    CHECK(is_before("1", "1_1"));
    CHECK_FALSE(is_before("007", "7"));
    CHECK_FALSE(is_before("10", "9"));
}

TEST_CASE("what a deployment ran is written and read again") {
    const Migrations ran{{"6"}, {"7", "8"}, {"5"}, "one", "4", true};
    CHECK(migrations_from(to_json(ran)) == ran);
    CHECK(told(ran) == "down to 4, contract 5 of one, expand 6, contract 7 8");
    CHECK(to_json(Migrations()).empty());
    CHECK(migrations_from(sys::parse_json(R"({"expand":"6","contract":[7],"left":null})", "").value()) == Migrations());
}

TEST_CASE("a history that doesn't tell how a release came there lets nobody roll back over a contracting migration") {
    History history;
    history.records = {{.release = "two", .verdict = "deployed", .migrations = {.contract = {"7"}}}};
    CHECK(contracted_since(history, "one").size() == 1);
    CHECK(contracted_since(history, "two").empty());
    CHECK(check_way_back(history, "one", "6").ok());
    CHECK_FALSE(check_way_back(history, "one", "7").ok());
    history.records.push_back(
        {.command = "rollback", .release = "one", .verdict = "failed", .migrations = {.down_to = "6"}});
    CHECK(check_way_back(history, "one", "").ok()); // its migrations were taken back, whatever became of it
}
