#include "backup/sets/sets.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup;

namespace {

const std::string first = "shop_backup_20260131_101500", second = "shop_backup_20260201_101500";

const SystemTime when = *parse_stamp("20260301T000000Z");

Object object(const std::string& name, std::uint64_t bytes = 10) { return {name, bytes, {}}; }

Verification verification(const char* time, int level, bool passed) { return {*parse_stamp(time), level, passed}; }

Found example_set() {
    return find_sets({object(first + ".sql.gz"), object(manifest_name(first), 300), object(first + ".cache.rdb", 5),
                      object(second + ".sql.gz"), object(manifest_name(second)), object(keep_name(first)),
                      object("shop_backup_20260202_101500.sql.gz"), object("other.txt"),
                      object(verification_name(first, verification("20260131T120000Z", 3, true)))},
                     Owner("shop"));
}

}

TEST_CASE("a set without a manifest does not exist") {
    const auto found = example_set();
    REQUIRE(found.sets.size() == 2);
    CHECK(found.sets[0].id == second);
    CHECK(found.sets[1].id == first);
    CHECK(found.sets[1].bytes() == 15);
    CHECK(found.sets[1].keep);
    CHECK_FALSE(found.sets[0].keep);
    REQUIRE(found.unfinished.size() == 1);
    CHECK(found.unfinished[0].id == "shop_backup_20260202_101500");
}

TEST_CASE("verified is what passed last, from the level that counts") {
    Set set;
    CHECK_FALSE(set.verified(1));
    set.verifications = {verification("20260131T120000Z", 4, true), verification("20260201T120000Z", 2, true)};
    CHECK(set.verified(3)->level == 4);
    set.verifications.push_back(verification("20260202T120000Z", 1, false));
    CHECK_FALSE(set.verified(2));
    set.verifications.push_back(verification("20260203T120000Z", 3, true));
    CHECK(set.verified(3));
    CHECK_FALSE(set.verified(4));
}

TEST_CASE("what a name says of a verification that passed counts for nothing by itself") {
    auto set = example_set().sets[1];
    CHECK_FALSE(set.verified(1));
    REQUIRE(set.claims.size() == 1);
    set.verifications = {verification("20260131T110000Z", 3, false), verification("20260131T130000Z", 4, false)};
    set.count(set.claims[0]);
    CHECK(set.verifications[1].passed); // in its place by time
    CHECK_FALSE(set.verified(3));
    CHECK(set.failed()->level == 4);
}

TEST_CASE("one that failed counts, whoever says so") {
    const auto found = find_sets(
        {object(manifest_name(first)), object(verification_name(first, verification("20260131T120000Z", 2, false)))},
        Owner("shop"));
    CHECK(found.sets[0].failed());
    CHECK(found.sets[0].claims.empty());
}

TEST_CASE("a set of another app is never chosen; the way out names it") {
    const std::string plain = "backup_20260131_101500";
    const std::vector<Object> objects = {object(manifest_name(first)), object(manifest_name(second, "production")),
                                         object(manifest_name(plain, "bank")),
                                         object(manifest_name("backup_20260131_101501", "bank@production"))};
    const auto found = find_sets(objects, Owner("shop"));
    CHECK(choose(found, second, when).value()->id == second); // of another environment, by its whole id
    for (const auto& id : {plain, std::string("backup_20260131_101501"), std::string("bank_backup_20260131_101500"),
                           std::string("bank/20260131T101500Z")}) {
        INFO(id);
        const auto chosen = choose(found, id, when);
        REQUIRE_FALSE(chosen.ok());
        CHECK(chosen.error().kind == Kind::usage);
        CHECK(chosen.error().message == "set '" + id +
                                            "' belongs to the app 'bank', not to 'shop'; if you mean that set, "
                                            "say --app bank");
    }
    CHECK(choose(find_sets(objects, Owner("bank")), plain, when).value()->id == plain);
    CHECK(choose(found, "shop_backup_20270101_000000", when).error().message.find("expected latest") !=
          std::string::npos);
}

TEST_CASE("a set is chosen by latest, its id or a part that no other has") {
    const auto found = example_set();
    CHECK(choose(found, "latest", when).value()->id == second);
    CHECK(choose(found, first, when).value()->id == first);
    CHECK(choose(found, "20260131", when).value()->id == first);
    CHECK(choose(found, "2026", when).error().message.find("part of 2 ids") != std::string::npos);
    CHECK(choose(found, "2027", when).error().message.find("expected latest") != std::string::npos);
    CHECK(choose(Found{}, "latest", when).error().message.find("fairlead-backup run") != std::string::npos);
}

TEST_CASE("a new set names those whose names are later, and the newest of the others") {
    const auto found = example_set();
    const auto of = [](const char* text) { return SystemTime(*parse_stamp(text)); };
    using Ids = std::vector<std::string>;
    CHECK(there_before(found, of("20300101T000000Z")) == Ids{found.sets[0].id});
    CHECK(there_before(found, SystemTime(found.sets[0].time)) == Ids{found.sets[0].id});
    CHECK(there_before(found, SystemTime(found.sets[1].time)) == Ids{found.sets[0].id, found.sets[1].id});
    CHECK(there_before(found, of("20000101T000000Z")).size() == found.sets.size());
    CHECK(there_before(Found{}, of("20300101T000000Z")).empty());
    Set later = found.sets[1];
    CHECK_FALSE(later.was_made_after(found.sets[0]));
    later.after = there_before(found, SystemTime(later.time));
    CHECK(later.was_made_after(found.sets[0]));
}

TEST_CASE("the tenth of a second is newer than its ninth") {
    std::vector<Object> objects;
    for (int again = 1; again < 12; ++again)
        objects.push_back(object(manifest_name(stem(Style::set, "shop", *parse_stamp("20260131T101500Z"), again))));
    const auto found = find_sets(objects, Owner("shop"));
    CHECK(found.sets[0].id == "shop/20260131T101500Z_11");
    CHECK(found.sets[10].id == "shop/20260131T101500Z");
}

TEST_CASE("what is missing or has another size is told") {
    const auto found = example_set();
    Manifest manifest;
    manifest.parts = {{.name = "db", .file = first + ".sql.gz", .stored = {10, ""}}};
    CHECK(check_sizes(found.sets[1], manifest).ok());
    manifest.parts[0].stored.bytes = 11;
    CHECK(check_sizes(found.sets[1], manifest).error().message.find("has 10 bytes, and 11 were written") !=
          std::string::npos);
    manifest.parts[0].file = "gone";
    CHECK(check_sizes(found.sets[1], manifest).error().message.find("lacks 'gone'") != std::string::npos);
}

TEST_CASE("latest is not what a clock has put into the future") {
    const auto found = example_set();
    const auto on = [](const char* time) { return SystemTime(*parse_stamp(time)); };
    CHECK(choose(found, "latest", on("20260201T101400Z")).value()->id == second); // two clocks that are right
    CHECK(choose(found, "latest", on("20260131T120000Z")).value()->id == first);
    CHECK(choose(found, second, on("20260131T120000Z")).value()->id == second); // it is named
    const auto none = choose(found, "latest", on("20250101T000000Z"));
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().kind == Kind::could_not);
    CHECK(none.error().message.find("set the clock, or name a set: " + second) != std::string::npos);
}
