#include "deploy/release/store.h"
#include "base/secret.h"
#include "support/catch.h"
#include "sys/digest.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct Folder {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-store").value();
    Store store{folder.path()};
    Folder() { store.create().value(); }
    sys::Path journal(const std::string& id) const { return folder.path() / "deployments" / id / "journal.jsonl"; }
};

const Step begun{Act::start, "a"};

}

TEST_CASE("a line after a torn one takes its place, in the journal and in the history") {
    const Folder f;
    f.store.begin("X", {.release = "one"}, "t").value();
    sys::append_file(f.journal("X"), "{\"event\":\"st").value();
    f.store.journal("X", step_line(begun, "t")).value();
    const auto journal = f.store.unfinished();
    REQUIRE(journal.ok());
    CHECK(journal.value()->deployment.last == begun);

    f.store.append({.deployment = "1", .verdict = "deployed"}).value();
    sys::append_file(f.folder.path() / "history.jsonl", "{\"schema\":1,").value();
    f.store.append({.deployment = "2", .verdict = "deployed"}).value();
    const auto history = f.store.history();
    REQUIRE(history.ok());
    CHECK(history->records.size() == 2);
    CHECK(history->broken.empty());
}

TEST_CASE("tidying takes the oldest deployments away, but none that is not over, whatever the clock said") {
    const Folder f;
    f.store.begin("0", {.release = "one"}, "t").value(); // the clock went back: its id is the oldest
    for (int i = 0; i < 25; ++i) {
        const auto id = "1" + std::to_string(10 + i);
        f.store.begin(id, {}, "t").value();
        f.store.journal(id, end_line("deployed", "t")).value();
    }
    sys::make_folders(f.folder.path() / "deployments" / "2").value(); // it died before its plan was written
    f.store.tidy().value();
    const auto left = sys::list_folder(f.folder.path() / "deployments").value();
    CHECK(left.front() == "0");
    CHECK(left[1] == "116");
    CHECK(left.back() == "134");
    CHECK(f.store.unfinished().value()->deployment.id == "0");
}

TEST_CASE("a full history goes on in a new file, and its chain with it") {
    const Folder f;
    const auto path = f.folder.path() / "history.jsonl";
    const std::string long_reason(600u << 10, 'x');
    for (int i = 1; i <= 7; ++i)
        f.store.append({.deployment = std::to_string(i), .verdict = "failed", .reason = long_reason}).value();
    CHECK(sys::inspect(f.folder.path() / "history-0003.jsonl").type == sys::FileType::file);
    const auto history = f.store.history();
    REQUIRE(history.ok());
    CHECK(history->broken.empty());
    CHECK(history->records.front().deployment == "5");
    CHECK(history->records.back().deployment == "7");
    f.store.append({.deployment = "6"}).value(); // is there already, in the file before
    CHECK(f.store.history()->records.size() == 3);
    sys::remove_tree(path).value();
    sys::write_file(path, to_json(Record{.deployment = "7"}) + "\n").value();
    CHECK(f.store.history()->broken.size() == 1);
}

TEST_CASE("what happens to the end of a history shows, because state.json names the last record") {
    const Folder f;
    const auto path = f.folder.path() / "history.jsonl";
    f.store.append({.deployment = "1", .verdict = "deployed"}).value();
    const auto one = sys::read_file(path).value();
    f.store.append({.deployment = "2", .verdict = "failed"}).value();
    const auto whole = sys::read_file(path).value();
    CHECK(f.store.state()->last.deployment == "2");
    CHECK(f.store.checked_history()->broken.empty());
    const auto broken_with = [&](const std::string& text) {
        sys::write_file(path, text).value();
        const auto history = f.store.checked_history().value();
        return history.broken.empty() ? std::string() : history.broken.back();
    };
    auto edited = whole;
    edited.replace(edited.rfind("failed"), 6, "passed");
    CHECK(broken_with(edited) == "the last record, of deployment 2, is not the one that was written");
    CHECK(broken_with(one).starts_with("the last record is of deployment 1, and state.json names 2: records were cut"));
    CHECK(broken_with("").starts_with("there is no record, and state.json names deployment 2"));
    CHECK(f.store.checked_history()->broken.size() == 1);
    CHECK(broken_with(std::string(whole.size(), '\0')).starts_with("there is no record"));
    CHECK(f.store.checked_history()->broken.front() ==
          std::to_string(whole.size()) + " bytes at its end are not a record");
    sys::remove_tree(path).value();
    CHECK(f.store.checked_history()->broken.size() == 1);
    f.store.append({.deployment = "3", .verdict = "deployed"}).value(); // goes on from what was there
    CHECK(f.store.checked_history()->broken.size() == 1);
    CHECK(broken_with(whole + "{\"schema\":").starts_with("the last record is of deployment 2"));
}

TEST_CASE("a deployment that died before its record was named has harmed nothing, and names it when it goes on") {
    const Folder f;
    const auto state = f.folder.path() / "state.json";
    f.store.append({.deployment = "1", .verdict = "deployed"}).value();
    const auto before = sys::read_file(state).value();
    f.store.begin("2", {.release = "one"}, "t").value();
    f.store.append({.deployment = "2", .verdict = "deployed"}).value();
    sys::write_file(state, before).value();
    sys::append_file(f.folder.path() / "history.jsonl", "{\"sch").value();
    CHECK(f.store.checked_history()->broken.empty());
    f.store.append({.deployment = "2", .verdict = "deployed"}).value();
    CHECK(f.store.state()->last.deployment == "2");
    f.store.append({.deployment = "3"}).value();
    CHECK(f.store.history()->broken.empty());
}

TEST_CASE("of a state.json without the last record's digest only the deployment is looked for") {
    const Folder f;
    const auto state = f.folder.path() / "state.json";
    f.store.append({.deployment = "1", .verdict = "deployed"}).value();
    f.store.append({.deployment = "2", .verdict = "failed"}).value();
    sys::write_file(state, R"({"schema": 1, "current": "one", "deployment": "1"})").value();
    CHECK(f.store.checked_history()->broken.empty());
    sys::write_file(state, R"({"schema": 1, "current": "one", "deployment": "0"})").value();
    CHECK(f.store.checked_history()->broken.front().starts_with("the record of deployment 0"));
    f.store.append({.deployment = "3", .verdict = "failed"}).value();
    CHECK(f.store.checked_history()->broken.empty());
    CHECK(f.store.state()->current == "one");
}

TEST_CASE("a secret in a reason is masked, what names things is kept as it is") {
    const Folder f;
    const Secret secret(std::string("1.4.0-rc"));
    f.store.append({.deployment = "1", .release = "1.4.0-rc-abc", .verdict = "deployed", .reason = "saw 1.4.0-rc"})
        .value();
    const auto record = f.store.history()->records.front();
    CHECK(record.release == "1.4.0-rc-abc");
    CHECK(record.reason == "saw ***");
}
