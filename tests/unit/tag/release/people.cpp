#include "tag/release/people.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

std::string read(const std::string& author, std::string_view message = "x", const sys::Mailmap& mailmap = {}) {
    std::string text;
    for (const auto& person : people_of("tree 0\nauthor " + author + " 1 +0000\n", message, mailmap))
        text += "[" + person.name + (person.login.empty() ? "" : " @" + person.login) + (person.bot ? " bot]" : "]");
    return text;
}

}

TEST_CASE("a login is known from GitHub's own addresses only") {
    CHECK(read("Ada <12+ada-l@users.noreply.github.com>") == "[Ada @ada-l]");
    CHECK(read("Ada <ada@users.noreply.github.com>") == "[Ada @ada]");
    CHECK(read("Ada <ada@example.org>") == "[Ada]");
    CHECK(read("Ada <1+a_b@users.noreply.github.com>") == "[Ada]");
    CHECK(read("Ada <1+ada@users.noreply.github.com.example.org>") == "[Ada]");
    CHECK(read("Ada <ada@home>", "x", sys::Mailmap::parse("Ada L <1+ada@users.noreply.github.com> <ada@home>")) ==
          "[Ada L @ada]");
    CHECK(read("Ada <1+ada@users.noreply.github.com>", "x",
               sys::Mailmap::parse("<ada@home> <1+ada@users.noreply.github.com>")) == "[Ada @ada]");
}

TEST_CASE("no address is anybody's name") {
    CHECK(read("ada@example.org <ada@example.org>") == "[ada]");
    CHECK(read("<1+ada@users.noreply.github.com>") == "[ada @ada]");
    for (const auto* nobody : {"<ada@example.org>", "unknown <ada@example.org>", "Your Name <you@example.com>"})
        CHECK(read(nobody) == "[]");
}

TEST_CASE("bots are known by their names and addresses") {
    CHECK(read("dependabot[bot] <49+dependabot[bot]@users.noreply.github.com>") ==
          "[dependabot[bot] @dependabot[bot] bot]");
    CHECK(read("GitHub Actions <a@b>") == "[GitHub Actions bot]");
    CHECK(read("Helper <noreply@anthropic.com>") == "[Helper bot]");
    CHECK(read("Abbot <a@b>") == "[Abbot]");
}

TEST_CASE("co-authors stand in trailers, each person once") {
    CHECK(
        read("Ada L <a@b>", "x\n\nCo-authored-by: Bob <b@b>\nco-authored-by: ADA L <a@c>\nCo-Authored-By: Bob <B@b>") ==
        "[Ada L][Bob]");
    CHECK(read("Ada <a@b>", "Co-authored-by: Bob <b@b>\n\nwith Co-authored-by: Eve <e@b>") == "[Ada]");
    CHECK(is_same({"Ada L", "", "a", false}, {"ada l", "", "b", false}));
    CHECK_FALSE(is_same({"Ada", "", "a", false}, {"Ada", "", "b", false})); // many are called so
}
