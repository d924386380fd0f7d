#include "gate/collect/shards.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Shard linux_shard() {
    return {.name = "linux",
            .of = {"0f1e", true},
            .collected = *parse_utc("2026-12-01T13:00:00.000Z"),
            .folder = "web",
            .entries = {"unit", "all"},
            .reports = {{"unit", "build/a.xml", std::string(64, '5') + ".gz"},
                        {"", "/tmp/b.xml", std::string(64, 'e') + ".gz"}},
            .sizes = {{"dist/*.js (gzip)", 3, 12345}}};
}

}

TEST_CASE("a shard that is written is read again") {
    const auto shard = linux_shard();
    const auto read = parse_shard(shard_text(shard), "shard.json").value();
    CHECK(read.name == shard.name);
    CHECK(read.of.commit == "0f1e");
    CHECK(read.of.dirty);
    CHECK(read.collected == shard.collected);
    CHECK(read.folder == "web");
    CHECK(read.entries == shard.entries);
    CHECK(read.reports == shard.reports);
    REQUIRE(read.sizes.size() == 1);
    CHECK(read.sizes[0].name == "dist/*.js (gzip)");
    CHECK(read.sizes[0].files == 3);
    CHECK(read.sizes[0].bytes == 12345);
}

TEST_CASE("what is no shard is refused") {
    const auto good = shard_text(linux_shard());
    const auto with = [&](std::string_view part, std::string_view other) {
        auto text = good;
        return text.replace(text.find(part), part.size(), other);
    };
    for (const auto& text : {std::string(), std::string("[]"), std::string("{}"), good.substr(0, good.size() / 2),
                             with("\"schema\": 1", "\"schema\": 2"), with("\"gate\"", "\"scan\""),
                             with("\"linux\"", "\"\""), with("\"linux\"", "7"), with("T13:00", "x"),
                             with("build/a.xml", ""), with("5.gz", "/.gz"), with("5.gz", "5.xml"), with("5.gz", ".gz"),
                             with("12345", "-1"), with("dist/*.js (gzip)", ""), with("\"files\"", "\"file\"")}) {
        INFO(text);
        const auto read = parse_shard(text, "shard.json");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == Kind::usage);
        CHECK(read.error().place.file == "shard.json");
    }
}

TEST_CASE("the name of a shard is that of its folder") {
    CHECK(shard_of_folder("shards/linux") == "linux");
    CHECK(shard_of_folder("shards/linux/") == "linux");
    CHECK(shard_of_folder("/a/b/../mac") == "mac");
}

TEST_CASE("a shard has to have what the policy expects of it") {
    Policy policy;
    policy.reports = {{.name = "unit"}, {.name = "lint", .optional = true}, {.name = "cover"}};
    CHECK(policy.wants_of_shard("any", policy.reports[0]));
    CHECK_FALSE(policy.wants_of_shard("any", policy.reports[1]));
    policy.expected_shards = {{.name = "mac", .reports = {"unit"}}, {.name = "linux"}};
    CHECK(policy.wants_of_shard("mac", policy.reports[0]));
    CHECK_FALSE(policy.wants_of_shard("mac", policy.reports[2]));
    CHECK_FALSE(policy.takes_of_shard("mac", policy.reports[1]));
    CHECK(policy.takes_of_shard("linux", policy.reports[1]));
    CHECK(policy.wants_of_shard("linux", policy.reports[2]));
    CHECK_FALSE(policy.wants_of_shard("other", policy.reports[0]));
}
