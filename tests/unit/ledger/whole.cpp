#include "ledger/whole.h"
#include "support/catch.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;

TEST_CASE("of a long history all is read and held together, and an act looks at the newest only") {
    const auto folder = sys::TemporaryFolder::make("fairlead-whole").value();
    const Ledger ledger{folder.path(), moves};
    ledger.create().value();
    const std::string long_reason(600u << 10, 'x');
    for (int i = 1; i <= 7; ++i) ledger.append(record_of(std::to_string(i), long_reason)).value();
    CHECK(ledger.history()->links.size() == 3);
    CHECK(whole_history(ledger, moves)->links.size() == 7);
    CHECK(whole_history(ledger, moves)->broken.empty());
    const auto oldest = folder.path() / "history-0001.jsonl";
    auto text = sys::read_file(oldest).value();
    text[text.rfind("xxx")] = 'y';
    sys::write_file(oldest, text).value();
    CHECK(ledger.checked_history()->broken.empty());
    const auto broken = whole_history(ledger, moves)->broken;
    REQUIRE(broken.size() == 1);
    CHECK(broken[0].starts_with("history-0002.jsonl: line 1 does not match"));
    sys::remove_tree(oldest).value();
    CHECK(whole_history(ledger, moves)->broken.size() == 1);
    sys::remove_tree(folder.path() / "history.jsonl").value();
    CHECK(whole_history(ledger, moves)->broken.size() == 2); // its end is not what state.json names
}
