#include "ledger/files.h"
#include "ledger/ledger.h"
#include "support/catch.h"
#include "support/support.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;
using fairlead::test::has;

namespace {

struct Folder {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-damaged").value();
    Ledger ledger{folder.path(), moves};
    Folder() { ledger.create().value(); }
    sys::Path path(const std::string& name) const { return folder.path() / name; }
    Result<std::vector<Damage>> damaged() const {
        return ledger.damaged([](const Journal&) { return Result<void>(); });
    }
    std::vector<std::string> set_aside() const {
        std::vector<std::string> told;
        const auto all = damaged().value();
        for (const auto& damage : all) told.push_back(ledger.mend(damage).value());
        return told;
    }
};

const sys::Json plan{{"from", "a"}};

}

TEST_CASE("of a damaged history the lines that are records stay, and it says that it was damaged") {
    const Folder f;
    for (const auto* id : {"1", "2", "3"}) f.ledger.append(record_of(id, "deployed")).value();
    CHECK(f.set_aside().empty());
    auto text = sys::read_file(f.path("history.jsonl")).value();
    text.insert(text.find('\n') + 1, "{no record\n");
    text += "{\"torn";
    sys::write_file(f.path("history.jsonl"), text).value();
    CHECK_FALSE(f.ledger.history().ok());
    const auto told = f.set_aside();
    REQUIRE(told.size() == 1);
    CHECK(has(told[0], "history.jsonl:2: this is not a record"));
    CHECK(sys::read_file(f.path("history.jsonl.damaged-1")).value() == text);
    const auto history = f.ledger.history();
    REQUIRE(history.ok());
    CHECK(history->links.size() == 3);
    CHECK(history->torn == 0);
    CHECK(f.set_aside().empty());
    f.ledger.append(record_of("4", "deployed")).value();
    CHECK(f.ledger.history()->links.size() == 4);
}

TEST_CASE("a damaged journal stops nobody, and is kept as long as others are") {
    const Folder f;
    for (const auto* id : {"1", "2"}) {
        f.ledger.begin(id, plan, "t").value();
        f.ledger.journal(id, end_line("deployed", "t")).value();
    }
    const auto journal = f.path("moves/1/journal.jsonl");
    sys::write_file(journal, std::string("\0\n", 2) + sys::read_file(journal).value()).value();
    CHECK_FALSE(f.ledger.unfinished()->has_value()); // its last line says that it is over
    const auto told = f.set_aside();
    REQUIRE(told.size() == 1);
    CHECK(has(told[0], "moves/1/journal.jsonl:1: "));
    CHECK_FALSE(f.ledger.unfinished()->has_value());
    f.ledger.tidy().value();
    CHECK(sys::inspect(f.path("moves/1/journal.jsonl.damaged-1")).type == sys::FileType::file);
}

TEST_CASE("an open journal that the domain can't read is damaged, too") {
    const Folder f;
    f.ledger.begin("1", plan, "t").value();
    const auto damaged = f.ledger.damaged([](const Journal& journal) { return journal.foreign(1); });
    REQUIRE(damaged.ok());
    REQUIRE(damaged->size() == 1);
    f.ledger.mend(damaged->front()).value();
    CHECK_FALSE(f.ledger.unfinished()->has_value());
}

TEST_CASE("a damaged state is set aside under a free name; what a later version wrote is left to it") {
    const Folder f;
    for (int i = 0; i < 2; ++i) {
        sys::write_file(f.path("state.json"), "\xff").value();
        REQUIRE(f.set_aside().size() == 1);
    }
    CHECK(sys::inspect(f.path("state.json.damaged-2")).type == sys::FileType::file);
    CHECK(f.ledger.state().ok());
    const std::string later = "{\"schema\":2}\n";
    sys::write_file(f.path("history.jsonl"), later).value();
    sys::write_file(f.path("state.json"), later).value();
    sys::make_folders(f.path("moves/1")).value();
    sys::write_file(f.path("moves/1/journal.jsonl"), later).value();
    for (const auto* file : {"moves/1/journal.jsonl", "history.jsonl", "state.json"}) { // each alone stops an act
        const auto damaged = f.damaged();
        REQUIRE_FALSE(damaged.ok());
        CHECK(damaged.error().place.file == f.path(file));
        CHECK(damaged.error().message == "a later version of fairlead-move wrote this; use that version");
        CHECK(sys::read_file(f.path(file)).value() == later);
        if (file != std::string("state.json")) sys::remove_tree(f.path(file)).value();
    }
    CHECK_FALSE(f.ledger.state().ok());
}

TEST_CASE("what is empty, gone, changed or another one's is damaged, and nobody who looks touches it") {
    const Folder f;
    f.ledger.begin("1", plan, "t").value();
    f.ledger.journal("1", end_line("deployed", "t")).value();
    f.ledger.append(record_of("1", "deployed")).value();
    REQUIRE(f.damaged()->empty());
    const auto state = sys::read_file(f.path("state.json")).value();
    const auto journal = sys::read_file(f.path("moves/1/journal.jsonl")).value();
    auto changed = state, foreign = state;
    changed.replace(changed.find("\"move\": \"\""), 10, "\"move\": \"x\"");
    foreign.replace(foreign.find(f.ledger.of()), f.ledger.of().size(), "shop/production");
    auto line = journal;
    line.replace(line.find("\"from\":\"a\""), 10, "\"from\":\"b\"");
    const struct {
        const char* file;
        std::string text, told;
    } cases[] = {
        {"state.json", "", "state.json:1: the record is empty: its content was lost"},
        {"state.json", state.substr(0, 30), "state.json:"},
        {"state.json", changed, "state.json:1: the record was changed since it was written"},
        {"state.json", "{}\n", "state.json:1: this is not a record"},
        {"state.json", "{\"schema\": 1}\n", "state.json:1: this is not a record"},
        {"state.json", foreign, "state.json:1: the record is of 'shop/production', not of '"},
        {"moves/1/journal.jsonl", "", "journal.jsonl:1: the journal is empty: its content was lost"},
        {"moves/1/journal.jsonl", line, "journal.jsonl:1: the line was changed since it was written"},
    };
    const Ledger looks(f.folder.path(), moves, Damaged::passed_over);
    for (const auto& [file, text, told] : cases) {
        const auto before = sys::read_file(f.path(file)).value();
        sys::write_file(f.path(file), text).value();
        const auto damaged = f.damaged().value();
        REQUIRE(damaged.size() == 1);
        CHECK(has(told_with_place(damaged[0].what), told));
        CHECK(sys::read_file(f.path(file)).value() == text);
        CHECK(looks.state().ok());
        CHECK(looks.unfinished().ok());
        CHECK(has(f.ledger.mend(damaged[0]).value(), "the file is kept as '"));
        CHECK(sys::read_file(f.path(std::string(file) + ".damaged-1")).value() == text);
        sys::remove_tree(f.path(std::string(file) + ".damaged-1")).value();
        sys::write_file(f.path(file), before).value();
    }
    sys::remove_tree(f.path("state.json")).value();
    CHECK(told_with_place(f.damaged()->front().what) ==
          f.path("state.json").string() + ": the file is gone, but there is a history");
    sys::write_file(f.path("state.json"), state).value();
    sys::remove_tree(f.path("moves/1/journal.jsonl")).value();
    REQUIRE(f.set_aside().size() == 1); // a plan without a journal had one
    CHECK(f.damaged()->empty());
    CHECK_FALSE(f.ledger.unfinished()->has_value());
}

TEST_CASE("a full history that is gone is told, and no other one takes its name") {
    const Folder f;
    const std::string about(700'000, 'x');
    for (const auto* id : {"1", "2", "3", "4", "5"}) f.ledger.append(record_of(id, about)).value();
    REQUIRE(sys::inspect(f.path("history-0002.jsonl")).type == sys::FileType::file);
    const auto second = sys::read_file(f.path("history-0002.jsonl")).value();
    sys::remove_tree(f.path("history-0001.jsonl")).value();
    REQUIRE(f.damaged()->size() == 1);
    CHECK(told_with_place(f.damaged()->front().what) ==
          f.path("history-0001.jsonl").string() + ": the file is gone, with its records");
    for (const auto* id : {"6", "7"}) f.ledger.append(record_of(id, about)).value();
    CHECK(sys::read_file(f.path("history-0002.jsonl")).value() == second);
    CHECK(sys::inspect(f.path("history-0003.jsonl")).type == sys::FileType::file);
}
