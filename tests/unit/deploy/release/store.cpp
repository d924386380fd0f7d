#include "deploy/release/store.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

struct Folder {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-store").value();
    Store store{folder.path()};
    Folder() { store.create().value(); }
};

const Step begun{Act::start, "a"};

}

TEST_CASE("an open deployment comes back with its plan and its last step") {
    const Folder f;
    CHECK_FALSE(f.store.unfinished().value());
    f.store.begin("X", {.command = "apply", .release = "one"}, "t").value();
    f.store.ledger().journal("X", step_line(begun, "t")).value();
    const auto journal = f.store.unfinished().value();
    REQUIRE(journal);
    CHECK(journal->deployment.id == "X");
    CHECK(journal->deployment.plan.release == "one");
    CHECK(journal->deployment.last == begun);
    f.store.ledger().journal("X", ledger::step_line({{"step", "jump"}}, "t")).value();
    CHECK(f.store.unfinished().error().place.line == 3);
}

TEST_CASE("the state comes back as it was written, and the history's end beside it") {
    const Folder f;
    f.store.write(State{"two", "one", "b", "X", {"Y", "abc"}}).value();
    const auto state = f.store.state().value();
    CHECK(state.current == "two");
    CHECK(state.previous == "one");
    CHECK(state.slot == "b");
    CHECK(state.deployment == "X");
    CHECK(state.last.id == "Y");
    CHECK(state.last.sha256 == "abc");
    CHECK(sys::read_file(f.folder.path() / "state.json")
              .value()
              .starts_with(
                  "{\n  \"schema\": 1,\n  \"current\": \"two\",\n  \"previous\": \"one\",\n  \"slot\": \"b\",\n  "
                  "\"deployment\": \"X\",\n  \"history_last\": \"Y\",\n  \"history_sha256\": \"abc\",\n"));
}

TEST_CASE("the history speaks of deployments") {
    const Folder f;
    f.store.append({.deployment = "1", .verdict = "deployed"}).value();
    sys::write_file(f.folder.path() / "history.jsonl", "").value();
    CHECK(f.store.checked_history()->broken.front() ==
          "there is no record, but state.json names deployment 1: the history was emptied or removed");
    sys::write_file(f.folder.path() / "history.jsonl", "[]\n").value();
    CHECK(f.store.history().error().message == "this is not a record of a deployment");
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
