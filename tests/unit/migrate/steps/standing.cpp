#include "migrate/steps/standing.h"
#include "migrate/steps/apply/begun.h"
#include "migrate/steps/select.h"
#include "support/catch.h"
#include "support/support.h"

using namespace fairlead;
using namespace fairlead::migrate;
using fairlead::test::has;
using records::Record;
using records::State;

namespace {

files::Migration file(const std::string& version, const std::string& phase = "", bool goes_back = true) {
    files::Migration one;
    one.version = version;
    one.name = "n";
    one.up.checksum = "sum " + version;
    one.up.path = version + "_n.up.sql";
    one.up.marks.phase = phase;
    if (goes_back) one.down = files::Script{};
    return one;
}

Record row(const std::string& version, State state = State::applied) {
    Record one;
    one.version = version;
    one.name = "n";
    one.checksum = "sum " + version;
    one.state = state;
    return one;
}

std::string versions(const Result<std::vector<const Step*>>& steps) {
    if (!steps.ok()) return steps.error().message;
    std::string all;
    for (const Step* step : steps.value()) all += step->version() + " ";
    return all;
}

std::string rules(const Standing& standing, Missing missing = Missing::error, Late late = Late::refused) {
    std::string all;
    for (const auto& finding : drift(standing, missing, late))
        all += finding.rule + (finding.severity == report::Severity::error ? "! " : " ");
    return all;
}

Request asking(const std::string& count, const std::string& to = "", const std::string& phase = "") {
    Request request;
    request.count = count;
    request.to = to;
    request.phase = phase;
    return request;
}

}

TEST_CASE("files and records are compared by their versions' numbers") {
    const std::vector<files::Migration> all = {file("1"), file("9"), file("10"), file("11", "contract")};
    auto changed = row("9");
    changed.checksum = "another";
    const std::vector<Record> known = {row("10"), changed, row("8"), row("7", State::reverted),
                                       row("1", State::baseline)};
    const auto standing = compare(all, known);
    CHECK(standing.current == "10");
    CHECK(standing.counted() == "at 10 n: 4 applied, 1 pending, 1 changed, 1 missing");
    CHECK(rules(standing) == "migrate/missing! mig-edit-applied! ");
    CHECK(rules(standing, Missing::warning) == "migrate/missing mig-edit-applied! ");
}

TEST_CASE("what comes before an applied one is late, unless it contracts or fairlead.yml allows it") {
    const std::vector<files::Migration> all = {file("1"), file("2", "contract"), file("3")};
    const std::vector<Record> known = {row("3")};
    const auto standing = compare(all, known);
    CHECK(rules(standing) == "migrate/late! ");
    CHECK(rules(standing, Missing::error, Late::allowed).empty());
}

TEST_CASE("of a begun file what did not run may be corrected, and nothing else") {
    auto one = file("1");
    one.up.marks.no_transaction = true;
    one.up.sql = "create table a(i int);\nalter table a add x itn;\ncreate table b(i int);";
    const auto sums = begun_checksums(one.up, pieces_of(one.up, sql::Dialect::postgres).value());
    REQUIRE(sums.size() == 4);
    auto known = row("1", State::failed);
    known.progress = 1;
    known.checksum = sums[1];
    const Step step{.file = &one, .record = &known};
    const auto since = [&] { return since_begun(step, sql::Dialect::postgres).value(); };
    CHECK(since() == Since::same);
    one.up.sql = "create table a(i int);\nalter table a add x int;\ncreate table c(i int);";
    CHECK(since() == Since::corrected);
    CHECK(check_unchanged(step, sql::Dialect::postgres).ok());
    known.state = State::started; // nobody knows whether the second ran
    CHECK(since() == Since::changed);
    known.state = State::failed;
    one.up.sql = "create table a(i text);\nalter table a add x int;";
    CHECK(since() == Since::changed);
    CHECK(has(check_unchanged(step, sql::Dialect::postgres).error().message, "only statement 2, which was refused"));
    known.checksum = unsure_checksum(one.up);
    one.up.sql = "create table a(i text);\nalter table a add x int; select 1;";
    CHECK(since() == Since::changed);
    known.checksum = one.up.checksum; // of an older fairlead-migrate
    CHECK(since() == Since::same);
}

TEST_CASE("up takes all, some, those up to a version, or those of a phase") {
    const std::vector<files::Migration> all = {file("1"), file("2", "contract"), file("3"), file("4", "contract")};
    const std::vector<Record> known = {row("1")};
    const auto standing = compare(all, known);
    CHECK(versions(select_up(standing, asking(""))) == "2 3 4 ");
    CHECK(versions(select_up(standing, asking("2"))) == "2 3 ");
    CHECK(has(versions(select_up(standing, asking("4"))), "up 4: only 3 are pending"));
    CHECK(versions(select_up(standing, asking("", "003"))) == "2 3 ");
    CHECK(versions(select_up(standing, asking("", "", "expand"))) == "3 ");
    CHECK(has(versions(select_up(standing, asking("", "", "contract"))),
              "run first: fairlead-migrate up --phase expand"));
    CHECK(versions(select_up(standing, asking("1", "", "contract"))) == "2 ");
    CHECK(has(versions(select_up(standing, asking("0"))), "not a number"));
    CHECK(has(versions(select_up(standing, asking("", "5"))), "no migration has the version 5"));
    CHECK(has(versions(select_up(standing, asking("", "x"))), "not a version"));
}

TEST_CASE("up to what lies behind is refused, and doing the same twice is not") {
    const std::vector<files::Migration> all = {file("1"), file("2"), file("3")};
    const std::vector<Record> known = {row("1"), row("2"), row("3")};
    const auto standing = compare(all, known);
    CHECK(has(versions(select_up(standing, asking("", "2"))), "the database is at 3 already"));
    CHECK(versions(select_up(standing, asking("", "3"))).empty());
    CHECK(versions(select_up(standing, asking("7"))).empty());
}

TEST_CASE("what was applied last is taken back first, whatever its number") {
    const std::vector<files::Migration> all = {file("1"), file("2"), file("3"), file("4")};
    std::vector<Record> known = {row("1"), row("2"), row("3"), row("4")};
    for (auto& one : known) one.started_at = "2026-01-01T00:00:00.000Z";
    known[2].started_at = "2026-01-02T00:00:00.000Z";
    const auto standing = compare(all, known);
    CHECK(versions(select_down(standing, asking("1"))) == "3 ");
    CHECK(versions(select_down(standing, asking("3"))) == "3 4 2 ");
}

TEST_CASE("down says how far, and takes back only what can be") {
    auto never = file("4");
    never.up.marks.irreversible = "gone";
    const std::vector<files::Migration> all = {file("1"), file("2"), file("3", "", false), never};
    const std::vector<Record> two = {row("1"), row("2")};
    CHECK(versions(select_down(compare(all, two), asking("1"))) == "2 ");
    CHECK(has(versions(select_down(compare(all, two), asking("9"))), "down 9: only 2 are applied"));
    CHECK(versions(select_down(compare(all, two), asking("", "1"))) == "2 ");
    CHECK(versions(select_down(compare(all, two), asking("", "0"))) == "2 1 ");
    CHECK(select_down(compare(all, two), asking("")).error().kind == Kind::usage);
    const std::vector<Record> three = {row("1"), row("2"), row("3")};
    CHECK(has(versions(select_down(compare(all, three), asking("1"))), "write its .down.sql"));
    const std::vector<Record> four = {row("4")};
    CHECK(has(versions(select_down(compare(all, four), asking("1"))), "its file says why: gone"));
    const std::vector<Record> half = {row("1"), row("2", State::failed)};
    CHECK(has(versions(select_down(compare(all, half), asking("1"))), "half there"));
    const std::vector<Record> gone = {row("1"), row("5")};
    CHECK(has(versions(select_down(compare(all, gone), asking("1"))), "its file is not there"));
}
