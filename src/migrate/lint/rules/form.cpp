#include "migrate/lint/rules/groups.h"
#include "migrate/sql/tokens.h"
#include "sys/data/sql.h"
#include <fmt/format.h>

// Names and syntax.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;
using Token = sql::Token;

void check_identifier(const Script& script, const Scripts&, Hits& hits) {
    constexpr std::size_t longest = 63;
    for (const Statement& one : script.statements) {
        sql::Scanner scanner(one.text, sql::Dialect::postgres, one.line);
        for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
            const bool is_quoted = token.kind == Token::Kind::quoted && token.text.front() == '"';
            const std::size_t size = is_quoted ? token.text.size() - 2 : token.text.size();
            if ((is_quoted || token.kind == Token::Kind::word) && size > longest)
                hits.add(one, token.line,
                         fmt::format("name {}…; it has {} bytes, and the server cuts it at 63 in silence; shorten it",
                                     std::string(token.text.substr(0, 20)), size));
        }
    }
}

void check_schema(const Script& script, const Scripts&, Hits& hits) {
    for (const Statement& one : script.statements) {
        const bool is_table = (one.verb == Verb::create_table && !one.temporary) ||
                              (one.verb == Verb::alter_table && one.object == "table") ||
                              (one.verb == Verb::drop && one.object == "table");
        if (!is_table) continue;
        for (const Name& table : one.tables)
            if (table.schema.empty() && !table.name.empty())
                hits.add(one, fmt::format("table {}; where it is depends on search_path; write public.{}", table.name,
                                          table.name));
    }
}

void check_syntax(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::unknown, [&](const Statement& one, std::size_t) {
        const bool is_refused = script.options->postgres > 0 && script.options->postgres <= sys::sql_grammar();
        if (one.is_too_large) {
            hits.add(one, one.line,
                     one.kind +
                         "; it is too large to be judged; split it, or look at it and give a reason in a comment");
            return;
        }
        std::string said = one.refusal.substr(0, 60);
        hits.add(one, one.refusal_line,
                 is_refused ? fmt::format("{}; {}; fix it", one.kind, said)
                            : fmt::format("{}; unknown to the grammar of PostgreSQL {}: {}; rules can't judge it",
                                          one.kind, sys::sql_grammar(), said))
            .level = is_refused                  ? Level::error
                     : one.kind == "alter table" ? Level::warning // it locks the table, for how long nobody knows
                                                 : Level::info;
    });
}

}

std::span<const Rule> form_rules() {
    static const std::vector<Rule> rules = {
        {"mig-syntax",
         "A statement isn't understood",
         Level::error,
         check_syntax,
         "The finding is an error if --postgres or migrate.postgres names a version whose grammar refuses the "
         "statement. Otherwise a newer server may know the statement, so the finding is an info, or a warning for "
         "ALTER TABLE, which locks the table. No other rule judges the statement.",
         "Fix the statement.",
         {"syntax-error"},
         Engines::postgres,
         true},
        {"mig-identifier-long",
         "A name is cut by the server",
         Level::warning,
         check_identifier,
         "The server cuts names after 63 bytes, without a warning. Two long names may become the same.",
         "Shorten it.",
         {"identifier-too-long"}},
        {"mig-table-schema",
         "A table's name has no schema",
         Level::off,
         check_schema,
         "The search_path of the session that runs the file decides which table is meant.",
         "public.t",
         {"require-table-schema"}},
    };
    return rules;
}

}
