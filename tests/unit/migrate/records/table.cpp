#include "migrate/records/table.h"
#include "migrate/records/golang.h"
#include "support/catch.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::migrate;
using server::Engine;

namespace {

struct RecordFile {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("records ").value();
    std::unique_ptr<sys::Session> session =
        sys::open_sqlite({(folder.path() / "a.db").string(), true, true, Milliseconds{100}}).value();
    records::Table table = records::Table::find(*session, Engine::sqlite, "applied").value();
    void run(const std::string& sql) {
        const auto answer = session->run(sql);
        REQUIRE(answer.ok());
        REQUIRE_FALSE(answer->refusal);
    }
    std::vector<records::Record> all() { return table.read(*session).value(); }
};

records::Record row(const std::string& version, records::State state = records::State::applied) {
    records::Record one;
    one.version = version;
    one.name = "it's \\ 'so'";
    one.checksum = std::string(64, 'a');
    one.state = state;
    return one;
}

files::Migration recorded_file(const std::string& version) {
    files::Migration one;
    one.version = version;
    return one;
}

}

TEST_CASE("a row that another run has changed is not written over") {
    RecordFile recorded_file;
    auto& table = recorded_file.table;
    REQUIRE(table.make(*recorded_file.session).ok());
    const auto refused = [&](const std::string& sql, const records::Record* known) {
        const bool is_refused = recorded_file.session->run(sql).value().refusal.has_value();
        CHECK(table.is_changed(*recorded_file.session, "1", known).value() == is_refused);
        return is_refused;
    };
    CHECK_FALSE(table.is_changed(*recorded_file.session, "1", nullptr).value());
    recorded_file.run(table.put_applied(row("1"), nullptr));
    CHECK(refused(table.put_applied(row("1"), nullptr), nullptr)); // it read that there was none
    const auto applied = recorded_file.all()[0];
    CHECK_FALSE(table.is_changed(*recorded_file.session, "1", &applied).value());
    auto back = applied;
    back.state = records::State::reverted;
    recorded_file.run(table.put_applied(back, &applied));
    CHECK(refused(table.put_applied(back, &applied), &applied));
    auto begun = recorded_file.all()[0];
    recorded_file.run(table.put_started(row("1", records::State::started), &begun));
    auto open = recorded_file.all()[0];
    CHECK(refused(table.put_started(row("1", records::State::started), &begun), &begun));
    open.started_at = "2001-01-01T00:00:00.000Z"; // begun anew since
    CHECK(refused(table.put_started(row("1", records::State::started), &open), &open));
}

TEST_CASE("progress, an end and a removal are refused once another run has the row") {
    RecordFile recorded_file;
    auto& table = recorded_file.table;
    REQUIRE(table.make(*recorded_file.session).ok());
    recorded_file.run(table.put_started(row("1", records::State::started), nullptr));
    auto ours = recorded_file.all()[0];
    CHECK(table.started_at(*recorded_file.session, "1").value() == ours.started_at);
    recorded_file.run(table.fence(ours));
    recorded_file.run(table.progressed(ours, 1, "sum"));
    const auto refused = [&](const std::string& sql) {
        const auto before = recorded_file.all();
        const bool is_refused = recorded_file.session->run("BEGIN; " + sql + "; COMMIT").value().refusal.has_value();
        if (is_refused) recorded_file.run("ROLLBACK");
        CHECK(recorded_file.all().size() == before.size());
        return is_refused;
    };
    CHECK(refused(table.progressed(ours, 1, "sum"))); // it is further by now
    CHECK(refused(table.ended(ours, records::State::applied, "")));
    CHECK(refused(table.fence(ours)));
    ours = recorded_file.all()[0];
    recorded_file.run("UPDATE applied SET started_at = '2001-01-01T00:00:00.000Z' WHERE version = '1'");
    CHECK(refused(table.progressed(ours, 2, "more")));
    CHECK(refused(table.ended(ours, records::State::applied, "")));
    CHECK(refused(table.erased(ours)));
    CHECK(refused(table.put_as_is(row("1"), &ours)));
    CHECK(refused(table.put_as_is(row("1"), nullptr)));
    CHECK(recorded_file.all()[0].progress == 1);
    ours = recorded_file.all()[0];
    recorded_file.run(table.ended(ours, records::State::applied, ""));
    ours = recorded_file.all()[0];
    recorded_file.run(table.put_as_is(row("1"), &ours));
    recorded_file.run(table.forgotten("1"));
    CHECK(recorded_file.all().empty());
}

TEST_CASE("a record comes back as it was written, and one version has one") {
    RecordFile recorded_file;
    CHECK_FALSE(recorded_file.table.exists());
    CHECK(recorded_file.all().empty());
    REQUIRE(recorded_file.table.make(*recorded_file.session).ok());
    REQUIRE(recorded_file.table.make(*recorded_file.session).ok());
    auto one = row("1");
    one.backup = "b1";
    one.out_of_order = true;
    recorded_file.run(recorded_file.table.put_applied(one, nullptr));
    REQUIRE(recorded_file.all().size() == 1);
    CHECK(recorded_file.all()[0].name == one.name);
    CHECK(recorded_file.all()[0].checksum == one.checksum);
    CHECK(recorded_file.all()[0].backup == "b1");
    CHECK(recorded_file.all()[0].out_of_order);
    CHECK_FALSE(recorded_file.all()[0].finished_at.empty());
    const auto read = recorded_file.all()[0];
    recorded_file.run(recorded_file.table.put_started(row("1", records::State::started), &read));
    recorded_file.run(recorded_file.table.progressed(recorded_file.all()[0], 3, "sum"));
    CHECK(recorded_file.all()[0].is_open());
    CHECK(recorded_file.all()[0].progress == 3);
    recorded_file.run(recorded_file.table.ended(recorded_file.all()[0], records::State::failed, "it's broken"));
    CHECK(recorded_file.all()[0].error == "it's broken");
    recorded_file.run(recorded_file.table.erased(recorded_file.all()[0]));
    CHECK(recorded_file.all().empty());
}

TEST_CASE("a table of a newer version, or a row with no state of ours, is refused") {
    RecordFile recorded_file;
    REQUIRE(recorded_file.table.make(*recorded_file.session).ok());
    recorded_file.run("UPDATE applied SET name = '2' WHERE version = '__format'");
    const auto newer = records::Table::find(*recorded_file.session, Engine::sqlite, "applied");
    REQUIRE_FALSE(newer.ok());
    CHECK(newer.error().message.find("newer fairlead-migrate") != std::string::npos);
}

TEST_CASE("text is a literal in both engines, whatever stands in it") {
    CHECK(records::literal(Engine::postgres, "a'b\\c") == "E'a''b\\\\c'");
    CHECK(records::literal(Engine::sqlite, "a'b\\c") == "'a''b\\c'");
    CHECK(records::literal(Engine::sqlite, std::string_view("a\0b", 3)) == "'ab'");
}

TEST_CASE("what golang-migrate did since is taken over, there and back") {
    const std::vector<files::Migration> files = {recorded_file("1"), recorded_file("2"), recorded_file("3")};
    records::Golang golang{true, "2", false};
    const auto taken = records::by_golang(golang, files, {});
    REQUIRE(taken.size() == 2);
    CHECK(taken[1].state == records::State::baseline);
    CHECK(records::by_golang(golang, files, taken).empty());
    golang.version = "1";
    const auto back = records::by_golang(golang, files, taken);
    REQUIRE(back.size() == 1);
    CHECK(back[0].version == "2");
    CHECK(back[0].state == records::State::reverted);
    golang.version = "99"; // a newer release's
    auto newer = records::by_golang(golang, files, taken);
    REQUIRE(newer.size() == 2);
    CHECK(newer[1].version == "99");
    CHECK(newer[1].state == records::State::baseline);
    newer.insert(newer.end(), taken.begin(), taken.end());
    CHECK(records::by_golang(golang, files, newer).empty());
    golang.version = "3";
    CHECK(records::by_golang(golang, files, newer).at(0).state == records::State::reverted);
    golang.version = "1";
    CHECK(records::by_golang({false, {}, false}, files, taken).empty());
    CHECK(records::by_golang({true, {}, true}, files, taken).empty());
    golang.version.reset();
    CHECK(records::by_golang(golang, files, taken).size() == 2);
}

TEST_CASE("golang-migrate's table is made and read as it writes it") {
    RecordFile recorded_file;
    CHECK_FALSE(records::read_golang(*recorded_file.session, recorded_file.table)->exists);
    recorded_file.run(records::make_golang(recorded_file.table));
    CHECK_FALSE(records::read_golang(*recorded_file.session, recorded_file.table)->version);
    recorded_file.run(records::put_golang(recorded_file.table, "20260101120000", true));
    const auto golang = records::read_golang(*recorded_file.session, recorded_file.table).value();
    CHECK(golang.version == "20260101120000");
    CHECK(golang.dirty);
    recorded_file.run(records::put_golang(recorded_file.table, std::nullopt, false));
    CHECK_FALSE(records::read_golang(*recorded_file.session, recorded_file.table)->version);
}
