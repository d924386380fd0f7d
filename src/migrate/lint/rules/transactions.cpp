#include "migrate/lint/rules/groups.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// What may stand in a transaction, and who begins it.
namespace fairlead::migrate::lint {

namespace {

using Verb = Statement::Verb;

bool ends_transaction(Verb verb) { return verb == Verb::commit || verb == Verb::rollback; }

// Statements run one by one: the file's own transactions have to fit together. An empty one harms nothing.
void check_nesting(const Script& script, Hits& hits) {
    const Statement* open = nullptr;
    const Statement* nested = nullptr;
    bool has_work = false;
    for (const Statement& one : script.statements) {
        if (one.verb == Verb::begin) {
            if (open != nullptr)
                nested = &one;
            else
                open = &one;
            continue;
        }
        if (!ends_transaction(one.verb)) {
            has_work = true;
            if (nested != nullptr)
                hits.add(*nested, fmt::format("{}; a transaction is open already, and the server can't begin a second "
                                              "transaction in it; take it out",
                                              nested->kind));
            nested = nullptr;
            continue;
        }
        if (open == nullptr)
            hits.add(one,
                     fmt::format("{}; no transaction is open here; take it out, or write BEGIN before it", one.kind));
        open = nested = nullptr;
        has_work = false;
    }
    if (open != nullptr && has_work)
        hits.add(*open,
                 fmt::format("{}; nothing commits it, so all of it is lost at the end; write COMMIT", open->kind));
}

void check_own(const Script& script, const Scripts&, Hits& hits) {
    if (!script.runs_in_transaction()) return check_nesting(script, hits);
    for (const Statement& one : script.statements)
        if (one.verb == Verb::begin || ends_transaction(one.verb))
            hits.add(one, fmt::format("{}; the file runs in a transaction already, and this statement ends it or "
                                      "begins it twice; take it out, or mark the file: -- fairlead: no-transaction",
                                      one.kind));
}

void check_concurrently(const Script& script, const Scripts&, Hits& hits) {
    // Other tools run a file of one statement by itself.
    if (script.options->transaction == Transaction::file && script.statements.size() == 1) return;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        if (script.transactions[at] == 0 || sql::is_transactional(one, script.postgres())) continue;
        hits.add(one,
                 fmt::format("{}; the server refuses it in a transaction; mark the file: -- fairlead: no-transaction",
                             one.concurrently ? one.kind + " concurrently" : one.kind));
    }
}

bool has_string(const std::string& text, const std::string& value) {
    sql::Scanner scanner(text);
    const std::string quoted = "'" + value + "'";
    for (auto token = scanner.next(); token.kind != sql::Token::Kind::end; token = scanner.next())
        if (token.kind == sql::Token::Kind::string && token.text == quoted) return true;
    return false;
}

void check_enum(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::add_enum_value, [&](const Statement& one, std::size_t at) {
        if (script.transactions[at] == 0) return;
        for (std::size_t i = at + 1; i < script.statements.size(); ++i) {
            if (script.transactions[i] != script.transactions[at] || !has_string(script.statements[i].text, one.name))
                continue;
            hits.add(script.statements[i], fmt::format("value '{}'; it is added in the same transaction, which can't "
                                                       "use it yet; add it in an earlier migration",
                                                       one.name));
            return;
        }
    });
}

// What a second run of a file that failed halfway does.
class Again {
  public:
    bool is_safe(const Statement& one) {
        switch (one.verb) {
        case Verb::create_table: return one.guarded || (one.temporary && one.drops_on_commit);
        case Verb::create_index: return one.guarded || one.name.empty() || gone_.erase(one.name) > 0;
        case Verb::drop:
            if (one.guarded)
                for (const Name& each : one.tables) gone_.insert(each.name);
            return one.guarded;
        case Verb::create_extension: return one.guarded;
        case Verb::add_enum_value: return one.guarded;
        default: return true;
        }
    }
    bool is_safe(const Change& change) {
        using Kind = Change::Kind;
        switch (change.kind) {
        case Kind::add_column:
        case Kind::drop_column: return change.guarded;
        case Kind::drop_constraint:
            if (change.guarded) gone_.insert(change.name);
            return change.guarded;
        case Kind::add_constraint: return gone_.erase(change.name) > 0;
        case Kind::validate_constraint:
        case Kind::set_default:
        case Kind::drop_default:
        case Kind::finish_detach: return true;
        default: return false;
        }
    }

  private:
    std::set<std::string> gone_; // what a statement before took away if it was there
};

void check_idempotent(const Script& script, const Scripts&, Hits& hits) {
    if (script.statements.size() < 2) return;
    Again again;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        const bool is_within = script.transactions[at] != 0;
        const auto tell = [&](int line) {
            if (!is_within)
                hits.add(one, line,
                         fmt::format("{} {}; a second run after a failure stops here; write IF [NOT] EXISTS, or first "
                                     "remove the object if it is there",
                                     one.kind, table_of(one)));
        };
        if (!again.is_safe(one)) tell(one.line);
        if (one.object == "type") continue;
        for (const Change& change : one.changes)
            if (!again.is_safe(change)) tell(change.line);
    }
}

}

std::span<const Rule> transaction_rules() {
    static const std::vector<Rule> rules = {
        {"mig-own-transaction",
         "The file begins or ends a transaction by itself",
         Level::error,
         check_own,
         "Each migration runs in one transaction together with its row in the table of migrations. A COMMIT in the "
         "file ends that transaction in the middle, so a later failure leaves half of the migration done. In a file "
         "with the mark no-transaction, each BEGIN needs a COMMIT.",
         "Take BEGIN and COMMIT out, or:\n-- fairlead: no-transaction",
         {"transaction-nesting", "ban-uncommitted-transaction"},
         Engines::all,
         true},
        {"mig-concurrently-in-transaction",
         "A statement can't run in the transaction that it is in",
         Level::error,
         check_concurrently,
         "Within a transaction, the server refuses CONCURRENTLY, VACUUM, CREATE DATABASE and a few other statements.",
         "-- fairlead: no-transaction",
         {"ban-concurrent-index-creation-in-transaction"},
         Engines::postgres,
         true},
        {"mig-enum-in-transaction",
         "A new value of an enum is used in the transaction that adds it",
         Level::warning,
         check_enum,
         "The server refuses this use with the message \"unsafe use of new value\".",
         "ALTER TYPE … ADD VALUE in a migration of its own.",
         {}},
        {"mig-idempotent",
         "A second run of the file would fail",
         Level::info,
         check_idempotent,
         "Without a transaction, a failure leaves half of the file done, and the file is run again. A file of one "
         "statement is exempt.",
         "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (c);",
         {"prefer-robust-stmts"}},
    };
    return rules;
}

}
