#include "unit/preflight/host/site_rules.h"

using namespace fairlead;
using namespace fairlead::test;
using sys::NameRecords;

TEST_CASE("the name of a site and its records") {
    const auto with = [](NameRecords records) {
        auto site = https_site({});
        site.name = records;
        return levels("live-dns", site);
    };
    using Found = NameRecords::Found;
    CHECK(with({.found = Found::yes, .v6 = true, .caa = true}).empty());
    CHECK(with({.found = Found::yes, .v6 = false, .caa = true}) == "info");
    CHECK(with({.found = Found::yes, .v6 = true, .caa = false}) == "info");
    CHECK(with({.found = Found::yes, .v6 = true, .caa = {}}).empty()); // nobody said
    CHECK(with({.found = Found::no}) == "error");
    CHECK(with({.found = Found::unanswered}).empty()); // reached all the same: behind a proxy
    CHECK(levels("live-dns", https_site({})).empty());
}
