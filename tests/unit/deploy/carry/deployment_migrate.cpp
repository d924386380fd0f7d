#include "base/text.h"
#include "deploy/policy/contract_left.h"
#include "support/catch.h"
#include "support/fake_host.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <fmt/format.h>

// Database migrations around the switch, with a fairlead-migrate that is told what it shall do.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

struct File {
    int version;
    std::string phase;
};

// A database and fairlead-migrate on it: each release has its files, and those of the one before.
class Database : public fairlead::test::FakeHost {
  public:
    Database() : FakeHost("/") {}

    std::map<std::string, std::vector<File>> files; // by release
    std::map<int, std::string> applied;             // version, by whose files
    std::map<std::string, std::string> refuses;     // phase: why
    int status = 1;                                 // of a refusal
    std::function<void(int version, const std::string& phase, const std::string& release)> at_apply;
    std::function<void()> at_call; // before and after each
    std::vector<sys::Command> acts;

    Result<sys::Output> run(const sys::Command& command) override {
        if (at_call) at_call();
        const auto release = sys::Path(command.folder).filename().string();
        const auto phase = word_behind(command.argv, "--phase");
        sys::Output said;
        sys::Json list = sys::Json::array();
        const bool is_dry = std::find(command.argv.begin(), command.argv.end(), "--dry-run") != command.argv.end();
        if (command.argv[1] == "down" && is_dry) { // what it would take back
            for (const auto& [version, of] : applied)
                if (version > std::stoi(word_behind(command.argv, "--to")))
                    list.push_back({{"version", std::to_string(version)}});
            said.out = sys::Json{{"migrations", list}}.dump();
            return said;
        }
        if (command.argv[1] != "pending") acts.push_back(command);
        for (const auto& [version, of] : files[release]) {
            if (of != phase || applied.contains(version)) continue;
            list.push_back({{"version", std::to_string(version)}, {"phase", of}});
            if (command.argv[1] != "up") continue;
            if (refuses.contains(of)) {
                said.status = status;
                said.out = sys::Json{{"findings", {{{"severity", "error"}, {"message", refuses[of]}}}}}.dump();
                return said;
            }
            if (at_apply) at_apply(version, of, release);
            applied[version] = release;
            if (at_call) at_call();
        }
        if (command.argv[1] == "down")
            std::erase_if(applied,
                          [&](const auto& one) { return one.first > std::stoi(word_behind(command.argv, "--to")); });
        if (command.argv[1] == "pending") said.status = list.empty() ? 0 : 1;
        said.out = sys::Json{{"pending", list}}.dump();
        return said;
    }

    static std::string word_behind(const std::vector<std::string>& argv, const std::string& flag) {
        const auto found = std::find(argv.begin(), argv.end(), flag);
        return found == argv.end() || found + 1 == argv.end() ? "" : *(found + 1);
    }
};

struct MigratingShop {
    explicit MigratingShop(const std::string& strategy = "blue-green") : rig(strategy, database) {
        sys::configure_log({.level = sys::Level::error});
        rig.settings.migrate = true;
        database.files["one"] = {{1, "expand"}};
        database.files["two"] = {{1, "expand"}, {2, "expand"}, {3, "contract"}};
        database.files["three"] = {{1, "expand"}, {2, "expand"}, {3, "contract"}, {4, "expand"}, {5, "contract"}};
        database.at_apply = [this](int version, const std::string& phase, const std::string& release) {
            for (const auto& [name, slot] : rig.host.slots) {
                const auto& known = database.files[slot.release];
                const bool knows =
                    std::any_of(known.begin(), known.end(), [&](const File& one) { return one.version == version; });
                if (slot.running && phase == "contract" && !knows)
                    rig.host.violations.push_back(fmt::format("{} ran while {} does", version, slot.release));
                if (slot.running && phase == "expand" && slot.release == release && rig.host.routed.contains(name))
                    rig.host.violations.push_back(fmt::format("{} ran after the switch", version));
            }
        };
    }

    std::vector<int> applied() const {
        std::vector<int> versions;
        for (const auto& [version, release] : database.applied) versions.push_back(version);
        return versions;
    }
    std::vector<std::string> steps() const {
        std::vector<std::string> names;
        const auto history = rig.store.history().value();
        for (const auto& step : history.records.back().steps) names.push_back(step.name);
        return names;
    }
    std::string left() const {
        const auto left = read_contract_left(rig.store.ledger().folder()).value();
        return left ? left->release : "";
    }

    Database database;
    Rig rig;
};

}

TEST_CASE("expanding migrations run before the release starts, contracting ones once the old one has stopped") {
    MigratingShop shop;
    shop.rig.apply("one").value();
    const auto outcome = shop.rig.apply("two").value();
    CHECK(outcome.verdict == "deployed");
    CHECK(shop.applied() == std::vector<int>{1, 2, 3});
    CHECK(shop.rig.host.violations.empty());
    CHECK(shop.steps() == std::vector<std::string>{"fetch", "prepare", "migrate", "start", "ready", "switch", "verify",
                                                   "bake", "drain", "stop", "contract"});
    const auto record = shop.rig.store.history()->records.back();
    CHECK(record.migrations.expand == std::vector<std::string>{"2"});
    CHECK(record.migrations.contract == std::vector<std::string>{"3"});
    CHECK(shop.left().empty());
}

TEST_CASE("no strategy runs a contracting migration beside a release that doesn't know it") {
    for (const std::string strategy : {"blue-green", "rolling", "canary", "recreate"}) {
        MigratingShop shop(strategy);
        CAPTURE(strategy);
        shop.rig.settings.canary.steps = {10, 100};
        if (strategy == "rolling") shop.rig.host.instances = {{"a", 1}, {"a", 2}};
        shop.rig.apply("one").value();
        CHECK(shop.rig.apply("two")->verdict == "deployed");
        CHECK(shop.applied() == std::vector<int>{1, 2, 3});
        CHECK(shop.rig.host.violations.empty());
    }
}

TEST_CASE("fairlead-migrate is given the release's variables, and none of them in its words") {
    MigratingShop shop;
    shop.rig.settings.profile = "production";
    shop.rig.variables = {{"DATABASE_URL", Secret("postgres://u:pw@db/shop"), {}}};
    shop.rig.apply("one").value();
    REQUIRE(shop.database.acts.size() == 1);
    const auto& command = shop.database.acts.front();
    CHECK(command.folder == "/releases/one");
    CHECK(std::vector(command.argv.begin() + 1, command.argv.end()) ==
          std::vector<std::string>{"up", "--phase", "expand", "--config", "fairlead.yml", "--env", "staging",
                                   "--format", "json", "--confirm", "staging"});
    const auto& variables = command.environment.value();
    CHECK(std::find(variables.begin(), variables.end(), "DATABASE_URL=postgres://u:pw@db/shop") != variables.end());
    CHECK(command.dies_with_us);
}

TEST_CASE("a migration that fails stops the deployment before anything was switched, as fairlead-migrate ends") {
    const std::pair<int, std::optional<Kind>> ends[] = {{1, std::nullopt}, {2, Kind::usage}, {3, Kind::could_not}};
    for (const auto& [status, kind] : ends) {
        MigratingShop shop;
        CAPTURE(status);
        shop.rig.apply("one").value();
        shop.database.refuses["expand"] = "column exists";
        shop.database.status = status;
        const auto outcome = shop.rig.apply("two").value();
        CHECK(outcome.verdict == "failed");
        CHECK(outcome.reason == "migrations (expand): column exists");
        CHECK(outcome.error.has_value() == kind.has_value());
        if (outcome.error && kind) CHECK(outcome.error->kind == *kind);
        CHECK_FALSE(outcome.sick);
        CHECK(shop.rig.host.slots[shop.rig.host.routed_to()].release == "one");
        CHECK(shop.rig.host.violations.empty());
        shop.database.refuses.clear();
        CHECK(shop.rig.apply("two")->verdict == "deployed");
        CHECK(shop.applied() == std::vector<int>{1, 2, 3});
    }
}

TEST_CASE("a contracting migration that fails takes nothing back, and the next run does it") {
    MigratingShop shop;
    shop.rig.apply("one").value();
    shop.database.refuses["contract"] = "canceling statement due to lock timeout";
    const auto outcome = shop.rig.apply("two").value();
    CHECK(outcome.verdict == "deployed");
    CHECK(outcome.contract == "migrations (contract): canceling statement due to lock timeout");
    CHECK(shop.left() == "two");
    CHECK(shop.rig.store.history()->records.back().migrations.contract.empty());
    CHECK(shop.rig.rollback()->verdict == "deployed"); // nothing ran that "one" can't live with
    CHECK(shop.left().empty());
    CHECK(shop.rig.apply("two")->contract == outcome.contract);
    shop.database.refuses.clear();
    const auto again = shop.rig.apply("two").value();
    CHECK(again.verdict == "already");
    CHECK(again.contract.empty());
    CHECK(shop.applied() == std::vector<int>{1, 2, 3});
    CHECK(shop.left().empty());
    const auto record = shop.rig.store.history()->records.back();
    CHECK(record.command == "contract");
    CHECK(record.verdict == "contracted");
    CHECK(record.migrations.contract == std::vector<std::string>{"3"});
    CHECK_FALSE(shop.rig.rollback("one").ok());
    CHECK(shop.rig.apply("two")->deployment.empty()); // nothing is left to do
}

TEST_CASE("while the old release stays warm its schema does, and the next deployment begins with what is left") {
    MigratingShop shop;
    shop.rig.settings.keep_warm = Milliseconds{600'000};
    shop.rig.apply("one").value();
    shop.rig.apply("two").value();
    CHECK(shop.applied() == std::vector<int>{1, 2});
    CHECK(shop.left() == "two");
    CHECK(shop.rig.apply("two")->deployment.empty()); // it is still warm
    CHECK(shop.applied() == std::vector<int>{1, 2});
    shop.rig.apply("three").value();
    CHECK(shop.applied() == std::vector<int>{1, 2, 3, 4});
    CHECK(shop.rig.host.violations.empty());
    CHECK(shop.rig.store.history()->records.back().migrations.left == std::vector<std::string>{"3"});
    CHECK(shop.left() == "three");
    CHECK(shop.rig.rollback()->verdict == "deployed"); // "two" knows 3
    CHECK(shop.rig.host.violations.empty());
}

TEST_CASE("once the warm release has ended, the same release has its contracting migrations") {
    MigratingShop shop;
    shop.rig.settings.keep_warm = Milliseconds{600'000};
    shop.rig.apply("one").value();
    shop.rig.apply("two").value();
    shop.rig.host.slots[other_slot(shop.rig.host.routed_to())].running = false;
    CHECK(shop.rig.apply("two")->verdict == "already");
    CHECK(shop.applied() == std::vector<int>{1, 2, 3});
    CHECK(shop.left().empty());
    CHECK_FALSE(shop.rig.rollback().ok());
}

TEST_CASE("a rollback over a contracting migration wants it taken back first") {
    MigratingShop shop;
    shop.rig.apply("one").value();
    shop.rig.apply("two").value();
    shop.rig.apply("three").value();
    const auto refused = shop.rig.rollback();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::no);
    CHECK_THAT(refused.error().message, Catch::Matchers::Contains("migration 5 ran with three, and two needs"));
    CHECK_FALSE(shop.rig.rollback("", "", "5").ok());
    CHECK(shop.applied() == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(shop.rig.rollback("", "", "4")->verdict == "deployed");
    CHECK(shop.applied() == std::vector<int>{1, 2, 3, 4});
    CHECK(shop.database.acts.back().folder == "/releases/three");
    CHECK(shop.rig.store.history()->records.back().migrations.down_to == "4");
    CHECK_FALSE(shop.rig.rollback("one").ok()); // 3 is there
    CHECK(shop.rig.rollback("one", "", "2")->verdict == "deployed");
    CHECK(shop.rig.apply("three")->verdict == "deployed");
    CHECK(shop.applied() == std::vector<int>{1, 2, 3, 4, 5});
    CHECK_FALSE(shop.rig.rollback("one").ok());
}

TEST_CASE("a deployer that is killed anywhere leaves nothing that the next run doesn't finish") {
    for (int n = 0; n < 200; n += each_call) {
        MigratingShop shop;
        CAPTURE(n);
        shop.rig.apply("one").value();
        shop.database.at_call = [&shop] { shop.rig.host.call(); };
        const bool killed = killed_at(shop.rig, n, [&] { return shop.rig.apply("two"); });
        const auto outcome = shop.rig.apply("two").value();
        CHECK((outcome.verdict == "deployed" || outcome.verdict == "already"));
        CHECK(shop.applied() == std::vector<int>{1, 2, 3});
        CHECK(shop.rig.host.violations.empty());
        CHECK(shop.left().empty());
        const auto history = shop.rig.store.history().value();
        CHECK(contracted_since(history, "one").size() == 1); // so that nobody rolls back over it
        CHECK_FALSE(shop.rig.rollback().ok());
        if (!killed) return;
    }
    FAIL("it never came to its end");
}

TEST_CASE("a rollback with its migrations that is killed anywhere can be asked for again") {
    for (int n = 0; n < 200; n += each_call) {
        MigratingShop shop;
        CAPTURE(n);
        shop.rig.apply("one").value();
        shop.rig.apply("two").value();
        shop.database.at_call = [&shop] { shop.rig.host.call(); };
        const bool killed = killed_at(shop.rig, n, [&] { return shop.rig.rollback("one", "", "2"); });
        if (killed) CHECK(shop.rig.rollback("one", "", "2").ok());
        CHECK(shop.applied() == std::vector<int>{1, 2});
        CHECK(shop.rig.store.state()->current == "one");
        if (!killed) return;
    }
    FAIL("it never came to its end");
}
