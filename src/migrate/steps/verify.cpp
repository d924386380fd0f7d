#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/sql/shown.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/commands.h"
#include "migrate/steps/judge/judge.h"
#include "migrate/steps/questions.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

std::string answered(const sys::Answer& answer) {
    if (answer.rows.empty()) return "no row";
    return answer.rows[0].empty() ? "a row" : answer.rows[0][0].value_or("NULL");
}

bool is_as(const sys::Answer& answer, const std::string& expected) {
    if (expected == "rows") return !answer.rows.empty();
    if (expected == "empty") return answer.rows.empty();
    return !answer.rows.empty() && !answer.rows[0].empty() && answer.rows[0][0] == expected;
}

}

Result<std::vector<report::Finding>> ask_questions(Database& database) {
    return ask_questions(database.session(), database.settings.verify, database.dialect());
}

Result<std::vector<report::Finding>> ask_questions(sys::Session& session, const std::vector<Query>& queries,
                                                   sql::Dialect dialect) {
    std::vector<report::Finding> all;
    const auto wrong = [&](std::string message) {
        all.push_back({.rule = "migrate/verify", .message = std::move(message)});
    };
    // What only asks changes nothing: a transaction that ends in ROLLBACK.
    const std::string begin = dialect == sql::Dialect::sqlite ? "BEGIN" : "BEGIN READ ONLY";
    for (const Query& query : queries) {
        TRY_VOID(asked(session, begin, "the queries of verify can't be run"));
        const auto answer = TRY(session.ask(query.sql, {}));
        (void)session.run("ROLLBACK");
        const auto shown = printable(sql::shown(query.sql, dialect));
        if (answer.refusal)
            wrong(fmt::format("'{}' is refused: {}", shown, printable(sql::shown_message(answer.refusal->message))));
        else if (!is_as(answer, query.expect))
            wrong(
                fmt::format("'{}' gives {}, expected {}", shown, printable(answered(answer)), printable(query.expect)));
    }
    return all;
}

// Another run may keep its own in the same moment; the later one counts.
Result<void> keep_fingerprint(Database& database) {
    records::Record row;
    row.version = "__schema";
    row.name = "schema";
    row.kind = "schema";
    auto& session = database.session();
    std::optional<sys::Refusal> refusal;
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        row.checksum = TRY(schema_fingerprint(database));
        refusal = TRY(session.run("BEGIN; " + database.table.forgotten(row.version) + "; " +
                                  database.table.put_as_is(row, nullptr) + "; COMMIT"))
                      .refusal;
        if (!refusal) break;
        TRY_VOID(session.run("ROLLBACK"));
        if (refusal->code != "23505" && !refusal->message.starts_with("UNIQUE constraint")) break;
    }
    if (refusal) return records::refused("the schema's fingerprint can't be kept", *refusal);
    database.schema_fingerprint = row.checksum;
    return {};
}

Result<std::optional<report::Finding>> schema_drift(Database& database) {
    const bool is_half = std::any_of(database.records.begin(), database.records.end(),
                                     [](const auto& record) { return record.is_open(); });
    if (is_half || database.schema_fingerprint.empty()) return std::optional<report::Finding>();
    const auto now = TRY(schema_fingerprint(database));
    if (database.schema_fingerprint == now) return std::optional<report::Finding>();
    return std::optional(report::Finding{.rule = "migrate/drift",
                                         .message = "tables, columns or indexes were changed since the last migration "
                                                    "by something else; write a migration for the change, or undo it"});
}

Result<report::Report> verify(const Place& place, const Request& request) {
    auto database = TRY(look(place, request));
    const auto standing = compare(database.folder.all, database.records);
    report::Report report;
    report.findings = drift(standing, place.is_development() ? Missing::warning : Missing::error,
                            database.settings.allow_out_of_order ? Late::allowed : Late::refused);
    for (auto& stray : strays(database, place)) report.findings.push_back(std::move(stray));
    std::size_t compared = 0;
    std::vector<std::string> unknown; // as what they were applied
    for (const Step& step : standing.steps) {
        const bool has_checksum = step.is_applied() && !step.record->checksum.empty();
        compared += has_checksum && step.file;
        if (step.file && step.is_applied() && !has_checksum) unknown.push_back(step.label());
        if (step.is_open()) report.findings.push_back(open_finding(step));
    }
    if (!unknown.empty())
        report.findings.push_back(
            {.rule = "mig-edit-applied",
             .severity = report::Severity::warning,
             .message = fmt::format("no checksum was recorded when {} {} applied; check the files, then run for each: "
                                    "fairlead-migrate repair --accept-checksum VERSION",
                                    join(unknown, ", "), unknown.size() == 1 ? "was" : "were")});
    if (compared == 0)
        report.findings.push_back({.rule = "migrate/nothing",
                                   .message = fmt::format("no file could be compared: {} has no applied migration; run "
                                                          "up, or correct migrate.table and the database's URL",
                                                          database.settings.table)});
    std::string schema = "no fingerprint of the schema is kept";
    if (database.connection.session) {
        for (auto& finding : TRY(ask_questions(database))) report.findings.push_back(std::move(finding));
        if (!database.schema_fingerprint.empty()) {
            const auto drifted = TRY(schema_drift(database));
            schema = drifted                              ? "the schema was changed"
                     : standing.count(&Step::is_open) > 0 ? "the schema is not compared, as a migration is half there"
                                                          : "the schema is as the last migration left it";
            if (drifted) report.findings.push_back(*drifted);
        }
    }
    report.facts = fmt::format("{} compared, {} asked; {}", counted(compared, "file", "files"),
                               counted(database.settings.verify.size(), "query", "queries"), schema);
    if (std::any_of(report.findings.begin(), report.findings.end(), report::decides))
        report.verdict = report::Verdict::fail;
    return report;
}

}
