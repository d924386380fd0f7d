#include "report/kept.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <filesystem>
#include <nlohmann/json.hpp>

using namespace fairlead;
using namespace fairlead::report;

TEST_CASE("a last verdict tells what was decided, of what commit, and the outputs") {
    const auto kept = parse_kept(R"({"tool":"deploy","verdict":"pass","decided":"deployed: r1","commit":"abc",
        "release_commit":"def","outputs":{"version":"1.2.3","previous":"","verdict":"deployed"},"error":null})",
                                 "deploy");
    REQUIRE(kept.ok());
    CHECK(kept->passed());
    CHECK(kept->decided == "deployed: r1");
    CHECK(kept->commit == "abc");
    CHECK(kept->release_commit == "def");
    CHECK(kept->version == "1.2.3");
    CHECK(kept->output("verdict") == "deployed");
    CHECK(kept->output("previous").empty());
    CHECK(kept->output("nothing").empty());
    CHECK(kept->error.empty());
    CHECK(parse_kept(R"({"verdict":"error","error":{"message":"no lock"}})", "deploy")->error == "no lock");
}

TEST_CASE("tag's last verdict is its labels, and none of its own") {
    const auto kept = parse_kept(R"({"version":"main","labels":{"org.opencontainers.image.version":"1.2.3"}})", "tag");
    REQUIRE(kept.ok());
    CHECK(kept->version == "1.2.3");
    CHECK_FALSE(kept->verdict.has_value());
    CHECK_FALSE(kept->passed());
}

TEST_CASE("gate's last verdict counts each kind of failure, and no other tool's does") {
    for (const auto* text : {R"({"tests":{"failed":1}})", R"({"tests":{"errors":1}})", R"({"findings":{"error":1}})",
                             R"({"findings":{"warning":1}})", R"({"findings":{"note":1}})"}) {
        INFO(text);
        CHECK(parse_kept(text, "gate")->failures == 1);
        CHECK(parse_kept(text, "scan")->failures == 0);
    }
    CHECK(parse_kept(R"({"tests":{"passed":9,"skipped":2}})", "gate")->failures == 0);
}

TEST_CASE("a verdict that anybody wrote is read as far as it has the shape") {
    for (const auto* text : {R"({"verdict":1,"outputs":[],"error":"x","decided":null,"commit":{},"labels":"a",
                                 "tests":[1],"findings":[{"error":1}]})",
                             R"({"verdict":"yes","outputs":{"version":7},"tests":{"failed":-1,"errors":1.5}})", "{}"}) {
        for (const auto* tool : {"gate", "tag", "deploy"}) {
            const auto kept = parse_kept(text, tool);
            REQUIRE(kept.ok());
            CHECK_FALSE(kept->verdict.has_value());
            CHECK(kept->decided + kept->error + kept->commit + kept->version == "");
            CHECK(kept->failures == 0);
        }
    }
    for (const auto* text : {"", "[]", "\"pass\"", "{", "null"}) CHECK_FALSE(parse_kept(text, "gate").ok());
}

TEST_CASE("a kept verdict gets its commit and loses nothing; a link in its place is not followed") {
    auto scratch = sys::TemporaryFolder::make("kept test ");
    REQUIRE(scratch.ok());
    const auto folder = sys::Root::open(scratch->path());
    REQUIRE(folder.ok());
    CHECK_FALSE(stamp_kept(folder.value(), "scan", {"abc"}).ok());
    REQUIRE(sys::write_file(scratch->path() / "scan.json", R"({"verdict":"fail","own":[1,{"a":"b"}]})").ok());
    const auto stamped = stamp_kept(folder.value(), "scan", {"abc"});
    REQUIRE(stamped.ok());
    CHECK(stamped->kept.verdict == Verdict::fail);
    CHECK(sys::Json::parse(stamped->bytes) ==
          sys::Json::parse(R"({"verdict":"fail","own":[1,{"a":"b"}],"commit":"abc"})"));
    const auto changed = stamp_kept(folder.value(), "scan", {"abc", true});
    REQUIRE(changed.ok());
    CHECK(sys::Json::parse(changed->bytes)["dirty"] == true); // of more than that commit
    sys::Path link = scratch->path() / "gate.json";
    std::error_code failed;
    std::filesystem::create_symlink("scan.json", link, failed);
    REQUIRE_FALSE(failed);
    CHECK_FALSE(stamp_kept(folder.value(), "gate", {"abc"}).ok());
}
