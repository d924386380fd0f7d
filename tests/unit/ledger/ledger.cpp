#include "ledger/ledger.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;

namespace {

struct LedgerFolder {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-ledger").value();
    Ledger ledger{folder.path(), moves};
    LedgerFolder() { ledger.create().value(); }
    sys::Path journal(const std::string& id) const { return folder.path() / "moves" / id / "journal.jsonl"; }
};

const sys::Json from_a{{"from", "a"}};
const std::string begun_line = step_line({{"step", "carry"}}, "t");

}

TEST_CASE("a line after a torn one takes its place, in the journal and in the history") {
    const LedgerFolder f;
    f.ledger.begin("X", from_a, "t").value();
    sys::append_file(f.journal("X"), "{\"event\":\"st").value();
    f.ledger.journal("X", begun_line).value();
    const auto journal = f.ledger.unfinished();
    REQUIRE(journal.ok());
    CHECK(journal.value()->lines.back().text + "\n" == begun_line);

    f.ledger.append(record_of("1", "deployed")).value();
    sys::append_file(f.folder.path() / "history.jsonl", "{\"schema\":1,").value();
    f.ledger.append(record_of("2", "deployed")).value();
    const auto history = f.ledger.history();
    REQUIRE(history.ok());
    CHECK(history->links.size() == 2);
    CHECK(history->broken.empty());
}

TEST_CASE("tidying takes the oldest acts away, but none that is not over, whatever the clock said") {
    const LedgerFolder f;
    f.ledger.begin("0", from_a, "t").value(); // the clock went back: its id is the oldest
    for (int i = 0; i < 25; ++i) {
        const auto id = "1" + std::to_string(10 + i);
        f.ledger.begin(id, from_a, "t").value();
        f.ledger.journal(id, end_line("deployed", "t")).value();
    }
    sys::make_folders(f.folder.path() / "moves" / "2").value(); // it died before its plan was written
    f.ledger.tidy().value();
    const auto left = sys::list_folder(f.folder.path() / "moves").value();
    CHECK(left.front() == "0");
    CHECK(left[1] == "116");
    CHECK(left.back() == "134");
    CHECK(f.ledger.unfinished().value()->id == "0");
}

TEST_CASE("a full history goes on in a new file, and its chain with it") {
    const LedgerFolder f;
    const auto path = f.folder.path() / "history.jsonl";
    const std::string long_reason(600u << 10, 'x');
    for (int i = 1; i <= 7; ++i) f.ledger.append(record_of(std::to_string(i), long_reason)).value();
    CHECK(sys::inspect(f.folder.path() / "history-0003.jsonl").type == sys::FileType::file);
    const auto history = f.ledger.history();
    REQUIRE(history.ok());
    CHECK(history->broken.empty());
    CHECK(history->links.front().id == "5");
    CHECK(history->links.back().id == "7");
    f.ledger.append(record_of("6")).value(); // is there already, in the file before
    CHECK(f.ledger.history()->links.size() == 3);
    sys::remove_tree(path).value();
    sys::write_file(path, sys::dump_json(record_of("7")) + "\n").value();
    CHECK(f.ledger.history()->broken.size() == 1);
}

TEST_CASE("what happens to the end of a history shows, because state.json names the last record") {
    const LedgerFolder f;
    const auto path = f.folder.path() / "history.jsonl";
    f.ledger.append(record_of("1", "deployed")).value();
    const auto one = sys::read_file(path).value();
    f.ledger.append(record_of("2", "failed")).value();
    const auto whole = sys::read_file(path).value();
    CHECK(f.ledger.state()->last.id == "2");
    CHECK(f.ledger.checked_history()->broken.empty());
    const auto broken_with = [&](const std::string& text) {
        sys::write_file(path, text).value();
        const auto history = f.ledger.checked_history().value();
        return history.broken.empty() ? std::string() : history.broken.back();
    };
    auto edited = whole;
    edited.replace(edited.rfind("failed"), 6, "passed");
    CHECK(broken_with(edited) == "the last record, of move 2, was changed since it was written");
    CHECK(broken_with(one).starts_with("the last record is of move 1, but state.json names 2: records were cut"));
    CHECK(broken_with("").starts_with("there is no record, but state.json names move 2"));
    CHECK(f.ledger.checked_history()->broken.size() == 1);
    CHECK(broken_with(std::string(whole.size(), '\0')).starts_with("there is no record"));
    CHECK(f.ledger.checked_history()->broken.front() ==
          std::to_string(whole.size()) + " bytes at its end are not a record");
    sys::remove_tree(path).value();
    CHECK(f.ledger.checked_history()->broken.size() == 1);
    f.ledger.append(record_of("3", "deployed")).value(); // goes on from what was there
    CHECK(f.ledger.checked_history()->broken.size() == 1);
    CHECK(broken_with(whole + "{\"schema\":").starts_with("the last record is of move 2"));
}

TEST_CASE("an act that died before its record was named has harmed nothing, and names it when it goes on") {
    const LedgerFolder f;
    const auto state = f.folder.path() / "state.json";
    f.ledger.append(record_of("1", "deployed")).value();
    const auto before = sys::read_file(state).value();
    f.ledger.begin("2", from_a, "t").value();
    f.ledger.append(record_of("2", "deployed")).value();
    sys::write_file(state, before).value();
    sys::append_file(f.folder.path() / "history.jsonl", "{\"sch").value();
    CHECK(f.ledger.checked_history()->broken.empty());
    f.ledger.append(record_of("2", "deployed")).value();
    CHECK(f.ledger.state()->last.id == "2");
    f.ledger.append(record_of("3")).value();
    CHECK(f.ledger.history()->broken.empty());
}

TEST_CASE("of a state.json without the last record's digest only the act is looked for") {
    const LedgerFolder f;
    const auto state = f.folder.path() / "state.json";
    f.ledger.append(record_of("1", "deployed")).value();
    f.ledger.append(record_of("2", "failed")).value();
    sys::write_file(state, R"({"schema": 1, "place": "one", "move": "1"})").value();
    CHECK(f.ledger.checked_history()->broken.empty());
    sys::write_file(state, R"({"schema": 1, "place": "one", "move": "0"})").value();
    CHECK(f.ledger.checked_history()->broken.front().starts_with("the record of move 0"));
    f.ledger.append(record_of("3", "failed")).value();
    CHECK(f.ledger.checked_history()->broken.empty());
    CHECK(f.ledger.state()->members["place"] == "one");
}

TEST_CASE("state.json holds the domain's members in their order, then the end of the history") {
    const LedgerFolder f;
    CHECK(f.ledger.state()->members == std::map<std::string, std::string, std::less<>>{{"move", ""}, {"place", ""}});
    f.ledger.write({.members = {{"move", "1"}, {"place", "b"}}, .last = {"1", "abc"}}).value();
    const auto text = sys::read_file(f.folder.path() / "state.json").value();
    CHECK(
        text.starts_with("{\n  \"schema\": 1,\n  \"place\": \"b\",\n  \"move\": \"1\",\n  \"history_last\": \"1\",\n  "
                         "\"history_sha256\": \"abc\",\n  \"of\": \"" +
                         f.ledger.of() + "\",\n  \"check\": \""));
    CHECK(f.ledger.state()->members["place"] == "b");
    f.ledger.append(record_of("2")).value();
    CHECK(f.ledger.state()->members["place"] == "b");
    sys::write_file(f.folder.path() / "state.json", "{\"schema\": 2}").value();
    CHECK_FALSE(f.ledger.state().ok());
    sys::write_file(f.folder.path() / "state.json", "{\"schema\": 1, ").value();
    const auto damaged = f.ledger.state();
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().kind == Kind::could_not);
    CHECK(damaged.error().message.starts_with("the record is damaged: "));
}

TEST_CASE("a record keeps its members' order when it is linked") {
    const LedgerFolder f;
    f.ledger.append(record_of("1", "first")).value();
    CHECK(sys::read_file(f.folder.path() / "history.jsonl").value() ==
          R"({"schema":1,"move":"1","about":"first","prev_sha256":"","after":true})"
          "\n");
}

TEST_CASE("the plan is kept beside the journal, and other texts without the secrets") {
    const LedgerFolder f;
    const Secret secret(std::string("correct-horse-battery"));
    f.ledger.begin("1", from_a, "t").value();
    f.ledger.keep("1", "said.log", "saw correct-horse-battery").value();
    CHECK(sys::read_file(f.folder.path() / "moves/1/plan.json").value() == "{\n  \"from\": \"a\"\n}\n");
    CHECK(sys::read_file(f.folder.path() / "moves/1/said.log").value() == "saw ***");
}

TEST_CASE("whoever holds the lock is named, and nobody once it is free") {
    const LedgerFolder f;
    Progress progress(sys::real_clock());
    CHECK_FALSE(f.ledger.lock_holder());
    {
        const auto lock = f.ledger.take_lock("a move", Milliseconds{0}, sys::real_clock(), progress);
        REQUIRE(lock.ok());
        REQUIRE(f.ledger.lock_holder());
        CHECK(f.ledger.lock_holder()->starts_with("a move, since 20"));
        const auto second = f.ledger.take_lock("another", Milliseconds{0}, sys::real_clock(), progress);
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().message.find("is held by a move, since") != std::string::npos);
    }
    CHECK_FALSE(f.ledger.lock_holder());
}

TEST_CASE("the reserve is given up and set aside again") {
    const LedgerFolder f;
    const auto reserve = f.folder.path() / "reserve";
    CHECK(sys::inspect(reserve).size == 64u << 10);
    {
        const ReserveAfterwards afterwards(f.ledger);
        f.ledger.give_up_reserve();
        CHECK(sys::inspect(reserve).type == sys::FileType::absent);
    }
    CHECK(sys::inspect(reserve).size == 64u << 10);
}
