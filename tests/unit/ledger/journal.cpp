#include "ledger/journal.h"
#include "support/catch.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;

namespace {

const std::string plan_text = plan_line({{"from", "a"}}, "2026-01-01T00:00:00Z");
const std::string step = step_line({{"step", "carry"}, {"box", 3}}, "2026-01-01T00:00:01Z");

std::string check_in(const std::string& line) {
    const auto digits = line.substr(line.size() - 35, 32);
    CHECK(digits.find_first_not_of("0123456789abcdef") == digits.npos);
    return digits;
}

Result<Journal> journal_in(const std::string& text) { return parse_journal(text, "journal.jsonl", moves); }

}

TEST_CASE("lines of a journal hold when, what and what the domain says") {
    CHECK(plan_text == R"({"schema":1,"event":"plan","at":"2026-01-01T00:00:00Z","plan":{"from":"a"},"check":")" +
                           check_in(plan_text) + "\"}\n");
    CHECK(step ==
          R"({"event":"step","at":"2026-01-01T00:00:01Z","step":"carry","box":3,"check":")" + check_in(step) + "\"}\n");
    CHECK(end_line("moved", "t") ==
          R"({"event":"end","at":"t","verdict":"moved","check":")" + check_in(end_line("moved", "t")) + "\"}\n");
}

TEST_CASE("a journal gives back its lines and how it ended") {
    const auto journal = journal_in(plan_text + step).value();
    CHECK(journal.started == "2026-01-01T00:00:00Z");
    REQUIRE(journal.lines.size() == 2);
    CHECK(journal.lines[0].event == Journal::Event::plan);
    CHECK(journal.lines[1].event == Journal::Event::step);
    CHECK(journal.lines[1].number == 2);
    CHECK(journal.lines[1].text + "\n" == step);
    CHECK_FALSE(journal.verdict);
    CHECK(journal_in(plan_text + step + end_line("moved", "t"))->verdict == "moved");
    CHECK(journal.foreign(2).place.file == "journal.jsonl");
}

TEST_CASE("a torn last line of a journal was not begun") {
    for (std::size_t size = 0; size < step.size(); ++size)
        CHECK(journal_in(plan_text + step.substr(0, size))->lines.size() == 1);
    CHECK(journal_in("{\"schema\":1,\"ev")->verdict == ""); // not even the plan: nothing was begun
    CHECK(journal_in("")->verdict == "");
}

TEST_CASE("what is no line of a journal is an error with its place") {
    for (const auto* line : {"nonsense\n", "[]\n", "{}\n", "{\"event\":\"plan\"}\n", "{\"event\":\"pause\"}\n"}) {
        const auto journal = journal_in(plan_text + line);
        REQUIRE_FALSE(journal.ok());
        CHECK(journal.error().place.line == 2);
        CHECK(journal.error().message.starts_with("this is not a line of a journal; move its folder away"));
    }
    auto other = plan_text;
    other.replace(other.find(":1"), 2, ":2");
    CHECK(journal_in(other).error().message ==
          "the journal's schema is not 1: it was written by another version of fairlead-move");
    auto changed = step;
    changed.replace(changed.find(":3"), 2, ":4");
    CHECK(journal_in(plan_text + changed).error().message == "the line was changed since it was written");
    CHECK(parse_journal(plan_line({{"from", "a"}}, "t", "shop/live"), "j", moves, "shop/staging").error().message ==
          "the journal is of 'shop/live', not of 'shop/staging'");
}
