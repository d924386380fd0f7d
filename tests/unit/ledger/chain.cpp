#include "ledger/chain.h"
#include "support/catch.h"
#include "sys/digest.h"
#include "unit/ledger/moves.h"

using namespace fairlead;
using namespace fairlead::ledger;
using namespace fairlead::ledger::test;

namespace {

// As Ledger::append makes it.
std::string chain_of(const std::vector<std::string>& ids) {
    std::string text, last;
    for (const auto& id : ids) {
        auto record = record_of(id);
        record["prev_sha256"] = last;
        const auto line = sys::dump_json(record);
        last = sys::sha256(line);
        text += line + "\n";
    }
    return text;
}

Result<Chain> chain_in(const std::string& text, Chain before = {}) {
    return parse_chain(text, "history.jsonl", moves, std::move(before));
}

}

TEST_CASE("a chain gives back ids and whole lines") {
    const auto text = chain_of({"one", "two"});
    const auto chain = chain_in(text).value();
    REQUIRE(chain.links.size() == 2);
    CHECK(chain.links[0].id == "one");
    CHECK(chain.links[0].prev_sha256.empty());
    CHECK(chain.links[0].line + "\n" + chain.links[1].line + "\n" == text);
    CHECK(chain.links[1].prev_sha256 == sys::sha256(chain.links[0].line));
    CHECK(chain.last_sha256 == sys::sha256(chain.links[1].line));
}

TEST_CASE("an edit of the history shows") {
    const auto text = chain_of({"one", "two", "three"});
    CHECK(chain_in(text)->broken.empty());
    auto edited = text;
    edited.replace(edited.find("two"), 3, "too");
    CHECK(chain_in(edited)->broken ==
          std::vector<std::string>{"line 3 does not match the line before it: one of the two lines was changed"});
    CHECK(chain_in(text.substr(text.find('\n') + 1))->broken.size() == 1); // the first line taken out
    CHECK(chain_in(text.substr(text.find('\n') + 1), {.from_middle = true})->broken.empty());
}

TEST_CASE("a record signs off the breaks that it names, and its own, and none behind it") {
    const auto text = chain_of({"one", "two", "three"});
    auto edited = text;
    edited.replace(edited.find("two"), 3, "too");
    const auto broken = chain_in(edited).value();
    REQUIRE(broken.unfollowed ==
            std::vector<std::string>{sys::sha256(broken.links[1].line) + " " + broken.last_sha256});
    const auto add = [](const std::string& before, const std::string& id, const std::string& prev,
                        const std::vector<std::string>& signed_off) {
        auto record = record_of(id);
        if (!signed_off.empty()) record[signed_off_key] = signed_off;
        record["prev_sha256"] = prev;
        return before + sys::dump_json(record) + "\n";
    };
    const auto signed_text = add(edited, "four", broken.last_sha256, broken.unfollowed);
    const auto chain = chain_in(signed_text).value();
    CHECK(chain.broken.empty());
    CHECK(chain.signed_off == 1);
    CHECK(chain_in(add(edited, "four", broken.last_sha256, {"another line's"}))->broken.size() == 1);
    CHECK(chain_in(add(text, "four", "elsewhere", {"none"}))->broken.size() == 1);
    CHECK(chain_in(add(text, "four", "elsewhere", {chain_in(text)->last_sha256}))->broken.empty());
    auto again = signed_text; // the line that was signed off is changed once more
    again.replace(again.find("too"), 3, "tow");
    CHECK(chain_in(again)->broken.size() == 1);
    const auto later = add(signed_text, "five", "elsewhere", {});
    CHECK(chain_in(later)->broken ==
          std::vector<std::string>{"line 5 does not match the line before it: one of the two lines was changed"});
}

TEST_CASE("a torn last line is no record") {
    const auto text = chain_of({"one"});
    const auto chain = chain_in(text + "{\"schema\":1,\"mo");
    REQUIRE(chain.ok());
    CHECK(chain->links.size() == 1);
    CHECK(chain->torn == 15);
    CHECK(chain->last_sha256 == chain_in(text)->last_sha256);
}

TEST_CASE("what the next line's digest proves is not read again, and a damaged one is told by its own line") {
    const auto written = [](const std::vector<std::string>& abouts) { // members in the order of Ledger::append
        std::string text, last;
        for (const auto& about : abouts) {
            const auto line = R"({"schema":1,"move":")" + about.substr(0, 1) + R"(","about":")" + about +
                              R"(","prev_sha256":")" + last + "\"}";
            last = sys::sha256(line);
            text += line + "\n";
        }
        return text;
    };
    const auto text = written({"1 ,\\\"prev_sha256\\\":\\\"", "2", "3"});
    const auto chain = chain_in(text).value();
    CHECK(chain.broken.empty());
    CHECK(chain.links[0].id == "1");
    CHECK(chain.links[0].prev_sha256.empty());
    for (const int number : {1, 2, 3}) {
        auto damaged = text;
        const auto begin = number == 1 ? 0 : damaged.find("{\"schema\":1,\"move\":\"" + std::to_string(number));
        damaged.replace(damaged.find("about", begin), 5, "ab\"ut");
        const auto read = chain_in(damaged);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().place.line == number);
    }
}

TEST_CASE("a line that is no record is an error with its place") {
    for (const auto* line : {"[]\n", "{\"schema\":2}\n", "nonsense\n"}) {
        const auto chain = chain_in(chain_of({"one"}) + line);
        REQUIRE_FALSE(chain.ok());
        CHECK(chain.error().message == "this is not a record of a move");
        CHECK(chain.error().place.line == 2);
    }
}

TEST_CASE("the next record follows from the chain's end, unless that is not what was named") {
    const auto chain = chain_in(chain_of({"one", "two"})).value();
    CHECK(holds_to(chain, {"two", chain.last_sha256}));
    CHECK(holds_to(chain, {"one", chain.links[1].prev_sha256})); // it died before it named the second
    CHECK(holds_to(chain, {"two", ""}));
    CHECK_FALSE(holds_to(chain, {"two", sys::sha256("another")}));
    CHECK_FALSE(holds_to({}, {"two", chain.last_sha256}));
}

TEST_CASE("only the act that is open may have torn the end or be unnamed") {
    const auto whole = chain_of({"one", "two"});
    const auto chain = chain_in(whole).value();
    const Anchor first{"one", chain.links[1].prev_sha256};
    CHECK(broken_end(chain, first, "two", moves).empty());
    CHECK(broken_end(chain, first, "three", moves).size() == 1);
    CHECK(broken_end(chain, first, "", moves).size() == 1);
    const auto torn = chain_in(whole + "{").value();
    CHECK(broken_end(torn, {"two", torn.last_sha256}, "three", moves).empty());
    CHECK(broken_end(torn, {"two", torn.last_sha256}, "", moves) ==
          std::vector<std::string>{"1 bytes at its end are not a record"});
    CHECK(broken_end(chain, {"none", ""}, "", moves).front() ==
          "the record of move none, which state.json names, is gone: it was cut off or changed");
}

TEST_CASE("an act's id sorts by time and uses Crockford's digits") {
    const auto earlier = make_ulid(1'700'000'000'000, "ffffffffffffffffffff");
    const auto later = make_ulid(1'700'000'000'001, "00000000000000000000");
    CHECK(earlier.size() == 26);
    CHECK(earlier < later);
    CHECK(make_ulid(0, "ffffffffffffffffffff") == "0000000000ZZZZZZZZZZZZZZZZ");
}
