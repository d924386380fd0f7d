#include "migrate/drivers/rows.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::seen;
using fairlead::test::states;
using fairlead::test::words;

namespace {

constexpr const char* two = "dce410ccf940 -> 8b91cc8e170e (head), two\n"
                            "<base> -> dce410ccf940 (current), one\n";
constexpr const char* heads = "dce410ccf940 -> 8b91cc8e170e (head) (current), two\n"
                              "dce410ccf940 -> bafb5313fdcf (head), three\n"
                              "<base> -> dce410ccf940 (branchpoint), one\n";
constexpr const char* merged = "8b91cc8e170e, bafb5313fdcf -> 4092c9fdca53 (head) (mergepoint), merge\n"
                               "dce410ccf940 -> 8b91cc8e170e (current), two\n"
                               "dce410ccf940 -> bafb5313fdcf, three\n"
                               "<base> -> dce410ccf940 (branchpoint), one\n";

Standing standing_as_told(const char* out, std::vector<std::string> recorded) {
    auto read = alembic().hear(seen(out, std::move(recorded)));
    REQUIRE(read.ok());
    return std::move(read).value();
}

}

TEST_CASE("Alembic's history is read, the oldest first") {
    const auto found = standing_as_told(two, {"dce410ccf940"});
    CHECK(states(found) == "dce410ccf940:applied 8b91cc8e170e:pending");
    CHECK(found.all[1].name == "two");
    CHECK(found.all[1].needs == std::vector<std::string>{"dce410ccf940"});
    CHECK_FALSE(found.trouble);
    CHECK(states(standing_as_told("dce410ccf940 -> 8b91cc8e170e (head) (current), two\n<base> -> dce410ccf940, one\n",
                                  {"8b91cc8e170e"})) == "dce410ccf940:applied 8b91cc8e170e:applied");
    CHECK(states(standing_as_told("dce410ccf940 -> 8b91cc8e170e (head), two\n<base> -> dce410ccf940, one\n", {})) ==
          "dce410ccf940:pending 8b91cc8e170e:pending");
}

TEST_CASE("an Alembic revision that depends on another branch, and one with labels") {
    const auto found =
        standing_as_told("a1 (b1, b2) -> a2 (shop) (effective head) (current), x -> y (z)\n<base> -> b2, b\n"
                         "<base> -> b1, b\n<base> -> a1, first, with a comma\n",
                         {"a2"});
    CHECK(states(found) == "a1:applied b1:applied b2:applied a2:applied");
    CHECK(found.all[3].needs == std::vector<std::string>{"b1", "b2", "a1"});
    CHECK(found.all[3].name == "x -> y (z)");
    CHECK(found.all[0].name == "first, with a comma");
}

TEST_CASE("several heads of Alembic are wrong use, and all are named") {
    const auto found = standing_as_told(heads, {"8b91cc8e170e"});
    REQUIRE(found.trouble);
    CHECK(found.trouble->kind == Kind::usage);
    CHECK(found.trouble->message == "alembic has 2 heads: bafb5313fdcf, 8b91cc8e170e; join them, run: alembic merge "
                                    "heads -m merge; or name one head with --to, or all heads with --to heads");
    const auto joined = standing_as_told(merged, {"8b91cc8e170e"});
    CHECK_FALSE(joined.trouble);
    CHECK(states(joined) == "dce410ccf940:applied bafb5313fdcf:pending 8b91cc8e170e:applied 4092c9fdca53:pending");
}

TEST_CASE("a revision that only the database knows is a no") {
    const auto found = standing_as_told("<base> -> dce410ccf940 (head), one\n", {"feedbeef"});
    REQUIRE(found.trouble);
    CHECK(found.trouble->kind == Kind::no);
    CHECK(states(found) == "dce410ccf940:pending feedbeef:unknown");
}

TEST_CASE("Alembic at another database than ours is refused") {
    const auto found = alembic().hear(seen(two, {}));
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().kind == Kind::usage);
    CHECK(
        found.error().message.starts_with("Alembic is connected to a different database than postgresql://db/shop: it "
                                          "is at dce410ccf940 there, here the table is empty; "));
    CHECK_FALSE(alembic().hear(seen(two, {"8b91cc8e170e"})).ok());
}

TEST_CASE("what Alembic says when it fails is told with the place") {
    auto broken = seen("", {});
    broken.status = 255;
    broken.err = "Traceback\nFAILED: No 'script_location' key found in configuration.\n";
    CHECK(alembic().hear(broken).error().message ==
          "alembic history ended with status 255: FAILED: No 'script_location' key found in configuration.");
    CHECK(alembic().explain("FAILED: Multiple head revisions are present for given argument 'head'; please") ==
          "two branches each end in a head; run: alembic merge heads -m merge");
    CHECK(alembic().explain("FAILED: Ambiguous walk") ==
          "the last revision joins two branches; say down --to REVISION");
    CHECK(alembic().explain("FAILED: whatever").empty());
}

TEST_CASE("Alembic's commands") {
    const auto found = standing_as_told(two, {"dce410ccf940"});
    CHECK(words(alembic().up(found, {})) == "upgrade head");
    CHECK(words(alembic().up(found, {2, ""})) == "upgrade +2");
    CHECK(words(alembic().up(found, {0, "8b9"})) == "upgrade 8b91cc8e170e");
    CHECK(words(alembic().up(found, {0, "heads"})) == "upgrade heads");
    CHECK(words(alembic().up(found, {0, "none"})) ==
          "'none' is not a migration of this project; run: fairlead-migrate history");
    CHECK(words(alembic().down(found, {1, ""})) == "downgrade -1");
    CHECK(words(alembic().down(found, {0, "dce"})) == "downgrade dce410ccf940");
    CHECK(words(alembic().down(found, {0, "base"})) == "downgrade base");
    CHECK(words(alembic().adopt(found, {}, found.all[1])) == "stamp 8b91cc8e170e");
    CHECK(words(alembic().sql(found)) == "upgrade dce410ccf940:head --sql");
    CHECK(words(alembic().sql(standing_as_told("<base> -> a (head), one\n", {}))) == "upgrade head --sql");
    CHECK(alembic()
              .sql(standing_as_told("<base> -> b (head) (current), b\n<base> -> a (head) (current), a\n", {"a", "b"}))
              .empty());
}
