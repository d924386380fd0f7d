#include "tag/release/people.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

std::string people_in(const std::string& author, std::string_view message = "x", const sys::Mailmap& mailmap = {}) {
    std::string text;
    for (const auto& person : people_of("tree 0\nauthor " + author + " 1 +0000\n", message, mailmap))
        text += "[" + person.name + (person.login.empty() ? "" : " @" + person.login) + (person.bot ? " bot]" : "]");
    return text;
}

}

TEST_CASE("a login is known from GitHub's own addresses only") {
    CHECK(people_in("Ada <12+ada-l@users.noreply.github.com>") == "[Ada @ada-l]");
    CHECK(people_in("Ada <ada@users.noreply.github.com>") == "[Ada @ada]");
    CHECK(people_in("Ada <ada@example.org>") == "[Ada]");
    CHECK(people_in("Ada <1+a_b@users.noreply.github.com>") == "[Ada]");
    CHECK(people_in("Ada <1+ada@users.noreply.github.com.example.org>") == "[Ada]");
    CHECK(people_in("Ada <ada@home>", "x", sys::Mailmap::parse("Ada L <1+ada@users.noreply.github.com> <ada@home>")) ==
          "[Ada L @ada]");
    CHECK(people_in("Ada <1+ada@users.noreply.github.com>", "x",
                    sys::Mailmap::parse("<ada@home> <1+ada@users.noreply.github.com>")) == "[Ada @ada]");
}

TEST_CASE("no address is anybody's name") {
    CHECK(people_in("ada@example.org <ada@example.org>") == "[ada]");
    CHECK(people_in("<1+ada@users.noreply.github.com>") == "[ada @ada]");
    for (const auto* nobody : {"<ada@example.org>", "unknown <ada@example.org>", "Your Name <you@example.com>"})
        CHECK(people_in(nobody) == "[]");
}

TEST_CASE("bots are known by their names and addresses") {
    CHECK(people_in("dependabot[bot] <49+dependabot[bot]@users.noreply.github.com>") ==
          "[dependabot[bot] @dependabot[bot] bot]");
    CHECK(people_in("GitHub Actions <a@b>") == "[GitHub Actions bot]");
    CHECK(people_in("Helper <noreply@anthropic.com>") == "[Helper bot]");
    CHECK(people_in("Abbot <a@b>") == "[Abbot]");
}

TEST_CASE("co-authors stand in trailers, each person once") {
    CHECK(people_in("Ada L <a@b>",
                    "x\n\nCo-authored-by: Bob <b@b>\nco-authored-by: ADA L <a@c>\nCo-Authored-By: Bob <B@b>") ==
          "[Ada L][Bob]");
    CHECK(people_in("Ada <a@b>", "Co-authored-by: Bob <b@b>\n\nwith Co-authored-by: Eve <e@b>") == "[Ada]");
    CHECK(is_same({"Ada L", "", "a", false}, {"ada l", "", "b", false}));
    CHECK(is_same({"Ada", "", "a", false}, {"ada", "", "b", false}));       // of one change: two addresses
    CHECK_FALSE(is_same({"Ada", "", "a", false}, {"Bob", "", "b", false})); // many are called so
}
