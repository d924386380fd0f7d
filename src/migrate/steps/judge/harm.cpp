#include "migrate/steps/judge/harm.h"
#include "migrate/sql/destroys.h"
#include "sys/files/log.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::migrate {

namespace {

report::Finding finding_of(const lint::Script& script, const sql::Statement& statement,
                           const Functions::Called& called) {
    report::Finding finding{.rule = "migrate/call", .severity = report::Severity::warning, .file = script.path};
    finding.line = finding.end_line = statement.line;
    finding.message =
        called.destroys == sql::Destroys::yes
            ? fmt::format("calls {}(), which destroys something that nobody can bring back: {}", called.name,
                          called.why)
            : fmt::format("calls {}(), and it is unknown what that destroys: {}; look into it before it runs",
                          called.name, called.why);
    finding.fingerprint = report::fingerprint(finding.rule, finding.file, finding.message, 0);
    return finding;
}

// Each row of a table, in columns that held something before the run.
bool overwrites(const lint::Script& script, std::size_t at) {
    const auto& one = script.statements[at];
    if (one.verb == sql::Statement::Verb::create_rule) return false; // later
    return std::any_of(one.updates.begin(), one.updates.end(), [&](const sql::Update& update) {
        return !update.has_where &&
               !std::all_of(update.columns.begin(), update.columns.end(), [&](const std::string& column) {
                   return script.is_column_surely_new(at, update.table, column);
               });
    });
}

// What the same run made is nobody's yet.
bool destroys(const lint::Script& script, std::size_t at) {
    if (overwrites(script, at)) return true;
    const auto& one = script.statements[at];
    const bool is_elsewhere = one.erases_within || one.cascade;
    const auto reach = script.options->asks_engine ? sql::Reach::by_engine : sql::Reach::by_words;
    return sql::destroys(one, script.options->dialect, reach) && (is_elsewhere || !script.is_about_surely_new(at));
}

// A list of it, in both engines: a row if it is never NULL.
std::string question_of(const Database& database, const sql::Name& table, const std::string& column) {
    const auto text = [](std::string_view one) { return server::quoted_text(one); };
    if (!database.is_sqlite()) {
        const auto schema = table.schema.empty() ? "" : server::quoted_name(table.schema) + ".";
        return fmt::format("SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({}) AND "
                           "attname = {} AND attnotnull",
                           text(schema + server::quoted_name(table.name)), text(column));
    }
    return fmt::format(
        "SELECT 1 FROM pragma_table_info({0}) WHERE lower(name) = lower({1}) AND (\"notnull\" OR (pk > 0 "
        "AND upper(type) = 'INTEGER' AND (SELECT count(*) FROM pragma_table_info({0}) WHERE pk > 0) = 1))",
        records::literal(server::Engine::sqlite, table.name), records::literal(server::Engine::sqlite, column));
}

}

Result<void> learn_never_null(lint::Scripts& scripts, const Database& database) {
    std::map<std::string, bool> known; // by the question
    const auto ask = [&](const sql::Name& table, const std::vector<std::string>& columns) -> Result<void> {
        for (const auto& column : columns) {
            const auto question = question_of(database, table, column);
            if (known.contains(question)) continue;
            const auto answer =
                TRY(asked(*database.connection.session, question, "the columns that may be NULL can't be read"));
            known[question] = !answer.rows.empty();
        }
        return {};
    };
    if (!database.connection.session) return {};
    for (auto& script : scripts.all)
        for (auto& statement : script.statements) {
            for (const auto& update : statement.updates) TRY_VOID(ask(update.table, update.unless_null));
            sql::settle(statement, [&](const sql::Name& table, const std::string& column) {
                return known[question_of(database, table, column)];
            });
        }
    return {};
}

Result<Harm> harm_of(const lint::Script& script, Functions& functions) {
    Harm harm;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        harm.destroys = harm.destroys || destroys(script, at);
        for (const auto& called : TRY(functions.called_by(script.statements[at]))) {
            harm.destroys = harm.destroys || called.destroys == sql::Destroys::yes;
            harm.calls.push_back(finding_of(script, script.statements[at], called));
        }
    }
    return harm;
}

void tell(const report::Finding& finding) {
    sys::log_warning(fmt::format("{}:{}: {}", finding.file, finding.line, finding.message));
}

}
