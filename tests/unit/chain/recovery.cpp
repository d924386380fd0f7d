#include "chain/recovery.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::chain;

namespace {

std::vector<Backup> some() {
    return {{.id = "shop_3", .verified = "", .age_seconds = 60},
            {.id = "shop_2", .verified = "2026-01-02T00:00:00Z", .age_seconds = 3600},
            {.id = "shop_1", .verified = "2026-01-01T00:00:00Z", .age_seconds = 7200}};
}

std::vector<std::string> names(const std::vector<Stage>& all) {
    std::vector<std::string> found;
    for (const auto& stage : all) found.push_back(stage.name);
    return found;
}

}

TEST_CASE("what still answers is backed up and verified before anything is stopped, and nothing is pruned") {
    const auto all =
        stages({.environment = "live", .deploys = true, .smokes = true}, {.set = "shop_2", .release = "1.0-a"});
    CHECK(names(all) == std::vector<std::string>{"status", "backup", "stop", "restore", "swap", "start", "smoke"});
    const auto text = shown(all);
    CHECK(text.find("prune") == text.npos);
    CHECK(text.find("fairlead-backup run --env live") < text.find("fairlead-backup verify ID --level 3"));
    CHECK(text.find("fairlead-backup verify ID --level 3") <
          text.find("fairlead-deploy down --env live --confirm live"));
    CHECK(text.find("fairlead-deploy down") < text.find("fairlead-backup restore shop_2 --to original --overwrite"));
    CHECK(text.find("fairlead-backup restore") < text.find("fairlead-deploy rollback 1.0-a --env live"));
    CHECK(text.find("fairlead-deploy rollback") < text.find("fairlead-smoke --env live"));
}

TEST_CASE("where nothing is deployed the order stays, and whoever writes is told of") {
    const auto all = stages({}, {.set = "a b"});
    CHECK(names(all).size() == 7);
    CHECK(all[2].commands.empty());
    CHECK(all[2].note.find("yours to stop") != std::string::npos);
    CHECK(shown(all).find("restore 'a b' --to original") != std::string::npos);
}

TEST_CASE("the newest verified set is taken that no recovery made itself") {
    CHECK(choose(some(), "", {})->id == "shop_2");
    CHECK(choose(some(), "", {.emergency = {"shop_2"}})->id == "shop_1");
    CHECK(choose(some(), "", {.emergency = {"shop_2", "shop_1"}}).error().kind == Kind::no);
    CHECK(choose({}, "", {}).error().kind == Kind::no);
    const auto said = [](const std::string& sets) { return choose(backups_in(sets).value(), "", {}).error().message; };
    CHECK(said(R"({"sets": [{"id": "shop_1", "verified": null}]})").starts_with("no set was ever verified"));
    CHECK(said(R"({"sets": [{"id": "shop_1", "verified": null, "unsigned": true}]})")
              .starts_with("no set has a verification signed by a key of backup.sign.trust"));
}

TEST_CASE("a set that is named is taken, verified or not, and a name that fits several is none") {
    CHECK(choose(some(), "shop_3", {})->id == "shop_3");
    CHECK(choose(some(), "_1", {})->id == "shop_1");
    CHECK(choose(some(), "shop", {}).error().kind == Kind::usage);
    CHECK(choose(some(), "none", {}).error().kind == Kind::usage);
}

TEST_CASE("a recovery is kept and read again, and what isn't ours is left out") {
    const Recovery before{.set = "a",
                          .release = "1",
                          .emergency = {"b"},
                          .done = {"backup"},
                          .goes_on = true,
                          .began = "2026-11-22T10:00:00Z"};
    const auto after = recovery_from(to_json(before));
    CHECK(after.set == "a");
    CHECK(after.release == "1");
    CHECK(after.emergency == before.emergency);
    CHECK(after.has("backup"));
    CHECK(after.goes_on);
    CHECK(after.began == before.began);
    CHECK(recovery_from(sys::Json::array()).set.empty());
    CHECK(recovery_from({{"done", "x"}, {"goes_on", 1}}).done.empty());
}

TEST_CASE("a list of sets without sets is none") {
    CHECK_FALSE(backups_in("[]").ok());
    CHECK_FALSE(backups_in("{}").ok());
    CHECK(backups_in(R"({"sets": [{"id": "a", "verified": null, "age_seconds": 5}, {"id": ""}, 7]})")->size() == 1);
}

TEST_CASE("where no release was deployed nothing is asked, and that is said") {
    const Ground ground{.environment = "live", .deploys = true, .smokes = false};
    const auto smoke = stages(ground, {.set = "shop_2", .release = ""}).back();
    CHECK(smoke.commands.empty());
    CHECK(smoke.note == "no release serves, so nothing was checked");
    CHECK(stages(ground, {.set = "shop_2", .release = "1.0-a"}).back().commands.size() == 1);
}
