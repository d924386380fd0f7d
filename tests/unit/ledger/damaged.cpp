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
    std::vector<std::string> set_aside() const {
        return ledger.set_damaged_aside([](const Journal&) { return Result<void>(); }).value();
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
    CHECK(history->torn == 6);
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
    const auto told = f.ledger.set_damaged_aside([](const Journal& journal) { return journal.foreign(1); });
    REQUIRE(told.ok());
    CHECK(told->size() == 1);
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
    CHECK(f.set_aside().empty());
    CHECK(sys::read_file(f.path("history.jsonl")).value() == later);
    CHECK_FALSE(f.ledger.state().ok());
}
