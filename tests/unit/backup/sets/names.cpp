#include "backup/sets/names.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup;

namespace {

Seconds second_of(std::string_view text) { return parse_stamp(text).value(); }

}

TEST_CASE("stems of each style are read as they were written") {
    for (const Style style : {Style::compat, Style::plain, Style::set})
        for (const int again : {1, 2, 11}) {
            const auto name = stem(style, "shop-1.x", second_of("20260131T101500Z"), again);
            INFO(name);
            const auto data = parse_name(data_name(style, name, true, "db", "sql.gz"), "shop-1.x");
            REQUIRE(data);
            CHECK(data->stem == name);
            CHECK(data->style == style);
            CHECK(data->time == second_of("20260131T101500Z"));
            CHECK(data->what == Named::What::data);
            const auto other = parse_name(data_name(style, name, false, "up-loads", "tar"), "shop-1.x");
            REQUIRE(other);
            CHECK(other->stem == name);
            CHECK(parse_name(manifest_name(name), "shop-1.x")->what == Named::What::manifest);
            CHECK(parse_name(keep_name(name), "shop-1.x")->what == Named::What::keep);
            const Verification verification{second_of("20260201T031500Z"), 3, again == 1};
            const auto verified = parse_name(verification_name(name, verification), "shop-1.x");
            REQUIRE(verified);
            CHECK(verified->what == Named::What::verification);
            CHECK(verified->verification == verification);
        }
}

TEST_CASE("names are those of the seeds' scripts") {
    CHECK(stem(Style::compat, "shop", second_of("20260131T101500Z")) == "shop_backup_20260131_101500");
    CHECK(stem(Style::plain, "shop", second_of("20260131T101500Z"), 2) == "backup_20260131_101500_2");
    CHECK(stem(Style::set, "shop", second_of("20260131T101500Z")) == "shop/20260131T101500Z");
    CHECK(data_name(Style::compat, "s_backup_20260131_101500", true, "db", "sql.gz") ==
          "s_backup_20260131_101500.sql.gz");
    CHECK(data_name(Style::set, "s/20260131T101500Z", true, "db", "dump") == "s/20260131T101500Z/db.dump");
}

TEST_CASE("what is not ours is nobody's set") {
    for (const std::string name : {"",
                                   "shop",
                                   "shop/",
                                   "other_backup_20260131_101500.sql",
                                   "shop_backup_20261331_101500.sql",
                                   "shop_backup_20260131_241500.sql",
                                   "shop_backup_20260131-101500.sql",
                                   "shop_backup_20260131_101500",
                                   "shop_backup_20260131_101500.",
                                   "shop_backup_20260131_101500x.sql",
                                   "shop_backup_20260131_101500_1.sql",
                                   "shop_backup_20260131_101500_02.sql",
                                   "shop_backup_20260131_101500/x",
                                   "shop_backup_20260131_101500.a/b",
                                   "shop/20260131T101500Z/a/b",
                                   "shop/20260131T101500Z",
                                   "shop/20260131T101500/x",
                                   "shop/20260131T101500Z/.x",
                                   "shop/20260131T101500Z.sql",
                                   "backup_20260131.sql",
                                   "shop_backup_20260131_101500.verify.20260201T031500Z.5.passed.json",
                                   "shop_backup_20260131_101500.verify.20260201T031500Z.3.json",
                                   "shop_backup_20260230_101500.sql"}) {
        INFO(name);
        CHECK_FALSE(parse_name(name, "shop"));
    }
}

TEST_CASE("an app that can't be part of a name is told") {
    CHECK(check_app("yogaflow").ok());
    for (const std::string app : {"", ".x", "a/b", "a b", "ä"}) CHECK_FALSE(check_app(app).ok());
    CHECK(parse_style("compat").ok());
    CHECK(parse_style("old").error().message.find("expected compat, plain or set") != std::string::npos);
}

TEST_CASE("whose a set is stands in its manifest's name") {
    const auto time = second_of("20260131T101500Z");
    for (const Style style : {Style::compat, Style::plain, Style::set})
        for (const Owner& owner : {Owner("shop-1.x"), Owner("shop-1.x", "production"), Owner("a_backup_b", "eu.1")}) {
            const auto name = manifest_name(stem(style, owner.app, time, 2), tag_of(style, owner));
            INFO(name);
            const auto read = owner_of_manifest(name);
            REQUIRE(read);
            CHECK(read->app == owner.app);
            CHECK(read->environment == owner.environment);
            CHECK(parse_name(name, owner.app)->tag == tag_of(style, owner));
        }
    CHECK(manifest_name("shop_backup_20260131_101500", "production") ==
          "shop_backup_20260131_101500.production.manifest.json");
    CHECK(tag_of(Style::plain, {"shop", "production"}) == "shop@production");
    for (const std::string name : {"shop_backup_20260131_101500.sql.gz", "manifest.json", "notes.manifest.json", ""})
        CHECK_FALSE(owner_of_manifest(name));
}
