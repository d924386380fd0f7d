#include "migrate/lint/rules/groups.h"
#include "migrate/sql/body.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <fmt/format.h>

// What guards rows, what the release that serves is answered, and what no rule can look at.
namespace fairlead::migrate::lint {

namespace {

using Kind = Change::Kind;
using Verb = Statement::Verb;

bool has_word_of(const Statement& one, std::string_view wanted) {
    sql::Scanner scanner(one.text);
    for (auto token = scanner.next(); token.kind != sql::Token::Kind::end; token = scanner.next())
        if (token.is(wanted)) return true;
    return false;
}

// A policy of that table is made in the same file.
bool has_policy(const Script& script, const Name& table) {
    return std::any_of(script.statements.begin(), script.statements.end(), [&](const Statement& each) {
        return each.verb == Verb::policy && !each.tables.empty() && is_same(each.tables.front(), table);
    });
}

void check_guard(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::alter_table, [&](const Statement& one, std::size_t at) {
        if (script.is_about_new(at)) return;
        for (const Change& change : one.changes)
            if (change.lifts_guard)
                hits.add(one, change.line,
                         fmt::format("table {}; its triggers or its row security are switched off for everybody; "
                                     "disable only the trigger that is meant, and enable it in the same transaction",
                                     table_of(one)));
    });
    each_statement(script, Verb::drop, [&](const Statement& one, std::size_t) {
        if (one.object != "policy" || one.tables.empty()) return;
        const Name policy = one.tables.front(); // its table, and its name
        if (!has_policy(script, {"", policy.schema}))
            hits.add(one, fmt::format("policy {}; rows that it hid are seen, or rows that it let through are hidden; "
                                      "make the new policy in the same transaction",
                                      policy.full()));
    });
    each_statement(script, Verb::set, [&](const Statement& one, std::size_t) {
        if (one.name == "session_replication_role" && one.text.find("replica", one.text.find("role")) != one.text.npos)
            hits.add(one, "session_replication_role; no trigger fires and no foreign key is checked in this session; "
                          "disable only the trigger that is meant, and enable it in the same transaction");
    });
}

struct ServingChange {
    Kind kind;
    std::string_view what, way_out;
};
constexpr ServingChange answers[] = {
    {Kind::inherit, "queries of the parent table then include the rows of the child table, or no longer do",
     "read and write the new table in a separate release, before or after it"},
    {Kind::show_rows, "roles that don't own it see only rows that a policy allows, and this file has no policy",
     "create the policies in the same transaction"},
    {Kind::drop_identity, "the running release inserts without a value, and PostgreSQL refuses those rows",
     "SET DEFAULT in the same command, or drop it after that release"},
};

bool is_of_here(const Script& script, const Statement& one) {
    return std::any_of(one.tables.begin(), one.tables.end(),
                       [&](const Name& name) { return is_made_here(script, name); });
}

void check_serving(const Script& script, const Scripts&, Hits& hits) {
    if (script.marks.phase == "contract") return; // nobody is served by that release any more
    for (const ServingChange& row : answers)
        each_change(script, row.kind, [&](const Statement& one, const Change& change, std::size_t) {
            if (row.kind == Kind::show_rows && has_policy(script, one.tables.front())) return;
            hits.add(one, change.line, fmt::format("table {}; {}; {}", table_of(one), row.what, row.way_out));
        });
    each_statement(script, Verb::create_rule, [&](const Statement& one, std::size_t at) {
        if (!script.is_about_new(at) && !is_of_here(script, one))
            hits.add(one, fmt::format("rule on {}; statements of the running release then do something else; write a "
                                      "trigger, or change the code",
                                      table_of(one)));
    });
    each_statement(script, Verb::grant, [&](const Statement& one, std::size_t) {
        if (one.from && !is_of_here(script, one))
            hits.add(one,
                     "revoke; the running release may be refused; take a right away after the release that needs it");
    });
    each_statement(script, Verb::alter_sequence, [&](const Statement& one, std::size_t at) {
        if (has_word_of(one, "restart") && !script.is_about_new(at) && !is_of_here(script, one))
            hits.add(one, fmt::format("sequence {}; it gives out numbers that are taken, and inserts fail; SELECT "
                                      "setval(…, max(id)) FROM its table",
                                      table_of(one)));
    });
}

void check_block(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::block, [&](const Statement& one, std::size_t) {
        const auto destroys = sql::body_destroys(sql::quoted_body(one.text));
        if (destroys == sql::Destroys::yes)
            hits.add(one,
                     "do; it drops, deletes or truncates where no rule looks; write these statements outside of DO")
                .level = Level::warning;
        else if (destroys == sql::Destroys::unknown)
            hits.add(
                one,
                "do; it runs SQL that it puts together, and no rule looks at that; write the statements outside of DO");
    });
}

bool writes_catalogue(const Statement& one) {
    const bool writes = one.verb == Verb::insert || one.verb == Verb::update || one.verb == Verb::erase;
    return writes && !one.tables.empty() &&
           (one.tables.front().schema == "pg_catalog" ||
            (one.tables.front().schema.empty() && one.tables.front().name.starts_with("pg_")));
}

void check_beyond(const Script& script, const Scripts&, Hits& hits) {
    for (const Statement& one : script.statements) {
        const bool copies = one.verb == Verb::copy && (one.object == "program" || one.object == "file");
        if (copies || one.verb == Verb::alter_system || one.verb == Verb::tablespace)
            hits.add(one, fmt::format("{}; it reaches beyond its database, to the server's files, programs or "
                                      "settings; no rollback takes it back; do it by hand",
                                      one.kind));
        if (writes_catalogue(one))
            hits.add(one, fmt::format("{} {}; it writes to the server's own catalogue, and nothing checks that; use "
                                      "the command that is made for it",
                                      one.kind, table_of(one)));
        const bool has_body = one.verb == Verb::block || one.verb == Verb::create_function;
        for (const Name& name : sql::called_in(has_body ? sql::quoted_body(one.text) : one.text))
            if (const auto* known = sql::server_function(name.name))
                hits.add(one, fmt::format("{}(); {}; {}", name.full(), known->why,
                                          known->reaches_out ? "do it there, in a migration of that database"
                                                             : "do it after a backup"));
    }
}

}

std::span<const Rule> guard_rules() {
    static const std::vector<Rule> rules = {
        {"mig-guard-off",
         "Triggers, row security or a policy stop guarding rows",
         Level::warning,
         check_guard,
         "Foreign keys are triggers, too: with DISABLE TRIGGER ALL, rows that refer to nothing can come in, and nobody "
         "checks them later.",
         "ALTER TABLE t DISABLE TRIGGER one_of_ours;\n…\nALTER TABLE t ENABLE TRIGGER one_of_ours;",
         {}},
        {"mig-breaks-serving",
         "The running release gets another answer",
         Level::warning,
         check_serving,
         "INHERIT, row security without a policy, DROP IDENTITY, a rule, REVOKE and RESTART of a sequence change which "
         "rows the running code reads, or whether it may write.",
         "First deploy code that expects the change, or do it after the old release has stopped: -- fairlead: phase "
         "contract",
         {}},
        {"mig-dynamic-sql",
         "No rule checks the statements in a DO block",
         Level::info,
         check_block,
         "For a block that drops, deletes or truncates, the level is warning.",
         "ALTER TABLE t ADD COLUMN c int;",
         {}},
        {"mig-beyond",
         "A statement reaches beyond the tables of its database",
         Level::warning,
         check_beyond,
         "The rule reports ALTER SYSTEM, dblink, large objects, changes of the server's own catalogue, and a COPY that "
         "starts a program or reads or writes a file of the server. A change that dblink makes in another database "
         "isn't checked by lint, isn't recorded by up, and isn't undone by a rollback.",
         "Do it by hand, or by a migration of that database.",
         {}},
    };
    return rules;
}

}
