#include "backup/status.h"
#include "base/text.h"
#include "support/catch.h"
#include <chrono>
#include <ctime>

using namespace fairlead;
using namespace fairlead::backup;
using std::chrono::hours;

namespace {

const auto now = parse_utc("2026-02-03T00:00:00Z").value();

Found example() {
    Found found;
    found.sets.resize(2);
    found.sets[0] = {.id = "b", .time = *parse_stamp("20260202T230000Z"), .manifest = "m"};
    found.sets[1] = {.id = "a", .time = *parse_stamp("20260201T000000Z"), .manifest = "m"};
    found.sets[1].verifications = {{*parse_stamp("20260201T120000Z"), 4, true}};
    return found;
}

}

TEST_CASE("what would be lost is the age of the newest verified set") {
    const auto found = example();
    const auto standing =
        standing_of(found, {.rpo = hours(48), .rto = std::chrono::minutes(30)}, std::chrono::minutes(5), now);
    CHECK(standing.age == hours(1));
    CHECK(standing.rpo == hours(48));
    CHECK(standing.since_verified == hours(36));
    CHECK(standing.newest_verified->id == "a");
    CHECK(standing.failures.empty());
}

TEST_CASE("each limit that isn't held is told") {
    const auto found = example();
    const Wanted wanted{
        .max_age = std::chrono::minutes(30), .max_unverified = hours(1), .rpo = hours(1), .rto = hours(1)};
    CHECK(standing_of(found, wanted, hours(2), now).failures ==
          std::vector<std::string>{"the newest set is 60 min old, and max_age is 30m",
                                   "the last verification was 36 h ago, and at most 1h is allowed",
                                   "the newest verified set is 2 days old, and rpo is 1h",
                                   "a restore takes 2 h, and rto is 1h"});
    CHECK(standing_of(found, {.rto = hours(1)}, {}, now).failures.size() == 1);
    CHECK(standing_of({}, {}, {}, now).failures == std::vector<std::string>{"there is no set"});
    CHECK(standing_of(found, {}, {}, now - hours(40)).failures.size() == 1);
}

TEST_CASE("results that no trusted key signed are told where none counts") {
    auto found = example();
    found.sets[0].has_unsigned = found.sets[1].has_unsigned = true;
    CHECK(standing_of(found, {.max_unverified = hours(99)}, {}, now).failures.empty());
    found.sets[1].verifications.clear();
    const auto standing = standing_of(found, {.max_unverified = hours(99)}, {}, now);
    CHECK(standing.unsigned_results == 2);
    CHECK(standing.failures ==
          std::vector<std::string>{
              "no set has a verification that a key of backup.sign.trust signed (2 sets were verified "
              "without such a signature); run fairlead-backup verify where the variable of backup.sign.key_env is "
              "set"});
}

TEST_CASE("10,000 sets are told within a fraction of 100 ms") {
    std::vector<Object> objects;
    for (int number = 0; number < 10'000; ++number) {
        const auto id = stem(Style::compat, "shop", *parse_stamp("20200101T000000Z") + hours(number));
        objects.push_back({id + ".sql.gz", 1000, {}});
        objects.push_back({manifest_name(id), 1000, {}});
        objects.push_back({verification_name(id, {now, 3, true}), 100, {}});
    }
    const auto before = std::clock(); // not of the wall: a loaded machine, or one with sanitizers
    const auto found = find_sets(objects, Owner("shop"));
    const auto standing = standing_of(found, {}, {}, now);
    CHECK((std::clock() - before) / CLOCKS_PER_SEC < 2);
    CHECK(standing.count == 10'000);
    CHECK(standing.bytes == 10'000'000);
}

TEST_CASE("OpenMetrics text has the figures, and ends") {
    const auto found = example();
    const Measured all[] = {{"", standing_of(found, {}, {}, now)}, {"clu\"ster", standing_of(found, {}, {}, now)}};
    const auto text = open_metrics(std::span(all, 1), "sh\"op");
    CHECK(text.find("fairlead_backup_age_seconds{app=\"sh\\\"op\"} 3600\n") != std::string::npos);
    CHECK(text.find("rto") == std::string::npos);
    CHECK(text.ends_with("fairlead_backup_ok{app=\"sh\\\"op\"} 1\n# EOF\n"));
    const auto both = open_metrics(all, "shop"); // each family once, a sample of each
    CHECK(
        both.find(
            "fairlead_backup_ok{app=\"shop\"} 1\nfairlead_backup_ok{app=\"shop\",source=\"clu\\\"ster\"} 1\n# EOF\n") !=
        std::string::npos);
    CHECK(both.find("# TYPE fairlead_backup_ok") == both.rfind("# TYPE fairlead_backup_ok"));
    CHECK(shown_bytes(1536) == "1.5 KiB");
    CHECK(shown_bytes(17) == "17 B");
}
