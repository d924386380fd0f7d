#include "deploy/record/record.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/digest.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

// A chain of records, as Store::append makes it.
std::string chain(std::vector<Record> records) {
    std::string text, last;
    for (auto& record : records) {
        record.prev_sha256 = last;
        const auto line = sys::dump_json(to_json(record));
        last = sys::sha256(line);
        text += line + "\n";
    }
    return text;
}

Record deployed(const std::string& release, const std::string& command = "apply", const std::string& previous = "") {
    return {.deployment = "D-" + release,
            .command = command,
            .release = release,
            .previous = previous,
            .verdict = "deployed"};
}

}

TEST_CASE("a record comes back as it was written") {
    Record record = deployed("1.0-abc");
    record.reason = "quotes \" and\nlines";
    record.steps = {{"fetch", 12}, {"switch", 1}};
    record.killed = true;
    record.cut = 3;
    record.evidence = {std::string(64, 'a'), std::string(64, 'b')};
    record.without_evidence = "the disk is full";
    const auto history = parse_history(chain({record}), "history.jsonl");
    REQUIRE(history.ok());
    REQUIRE(history->records.size() == 1);
    const auto& back = history->records[0];
    CHECK(back.reason == record.reason);
    CHECK(back.killed);
    CHECK(back.cut == 3);
    CHECK(back.evidence == record.evidence);
    CHECK(back.without_evidence == record.without_evidence);
    REQUIRE(back.steps.size() == 2);
    CHECK(back.steps[0].milliseconds == 12);
}

TEST_CASE("a record of before there was evidence says nothing of it") {
    const auto line = sys::dump_json(to_json(deployed("one")));
    CHECK(line.find("evidence") == line.npos);
    const auto history = parse_history(chain({deployed("one")}), "h").value();
    CHECK(history.records[0].evidence.empty());
    CHECK(history.records[0].without_evidence.empty());
}

TEST_CASE("a release came by its last deployment, whatever rolled back to it or failed since") {
    auto first = deployed("one"), again = deployed("one"), failed = deployed("one");
    first.without_evidence = "a fire";
    failed.verdict = "failed";
    const auto rolled = deployed("one", "rollback", "two");
    const auto history = parse_history(chain({first, deployed("two"), rolled, failed}), "h").value();
    REQUIRE(came_by(history, "one"));
    CHECK(came_by(history, "one")->without_evidence == "a fire");
    CHECK(came_by(history, "two")->without_evidence.empty());
    CHECK_FALSE(came_by(history, "three"));
    CHECK(came_by(parse_history(chain({first, again}), "h").value(), "one")->without_evidence.empty());
}

TEST_CASE("rollback goes to the release before the current one") {
    const auto history = parse_history(chain({deployed("one"), deployed("two"), deployed("three")}), "h").value();
    CHECK(rollback_choice(history, "three", {"one", "two", "three"}) == "two");
    CHECK(rollback_choice(history, "three", {"one", "three"}) == "one");
    CHECK(rollback_choice(history, "three", {"three"}).empty());
    CHECK(rollback_choice(history, "one", {"one", "two", "three"}).empty());
}

TEST_CASE("rollback never goes to a release that failed or was rolled back from") {
    auto failed = deployed("bad");
    failed.verdict = "rolled_back";
    const auto history =
        parse_history(chain({deployed("one"), failed, deployed("two"), deployed("one", "rollback", "two")}), "h")
            .value();
    CHECK(rollback_choice(history, "one", {"one", "two", "bad"}).empty());
    const auto between = parse_history(chain({deployed("one"), failed, deployed("two")}), "h").value();
    CHECK(rollback_choice(between, "two", {"one", "two", "bad"}) == "one");
    const auto later =
        parse_history(chain({deployed("one"), deployed("two"), deployed("one", "rollback", "two"), deployed("three")}),
                      "h")
            .value();
    CHECK(rollback_choice(later, "three", {"one", "two", "three"}) == "one");
}

TEST_CASE("rollback goes to what served just before, and a release named by hand comes on top of it") {
    std::vector<Record> records = {deployed("1"),
                                   deployed("2"),
                                   deployed("3"),
                                   deployed("4"),
                                   deployed("3", "rollback", "4"),
                                   deployed("2", "rollback", "3"),
                                   deployed("4", "rollback", "2")};
    const std::vector<std::string> present = {"1", "2", "3", "4"};
    const auto choice = [&](const std::string& current) {
        return rollback_choice(parse_history(chain(records), "h").value(), current, present);
    };
    CHECK(choice("4") == "2");
    records.push_back(deployed("2", "rollback", "4"));
    CHECK(choice("2") == "1");
    records.push_back(deployed("1", "rollback", "2"));
    CHECK(choice("1").empty());
}

TEST_CASE("the newest deployed releases are kept, current and previous always") {
    const auto history =
        parse_history(chain({deployed("one"), deployed("two"), deployed("three"), deployed("four")}), "h").value();
    CHECK(kept_releases(history, "four", "three", 2) == std::vector<std::string>{"four", "three"});
    CHECK(kept_releases(history, "one", "two", 1) == std::vector<std::string>{"four", "one", "two"});
    CHECK(kept_releases(history, "two", "four", 2, {"four", "three"}) ==
          std::vector<std::string>{"four", "three", "two", "one"});
    CHECK(kept_releases({}, "", "", 5).empty());
}
