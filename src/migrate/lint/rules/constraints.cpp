#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Constraints on tables in use.
namespace fairlead::migrate::lint {

namespace {

using Kind = Change::Kind;
using Verb = Statement::Verb;

std::string named(const Statement& one, const std::string& constraint) {
    return constraint.empty() ? table_of(one) : table_of(one) + "." + constraint;
}

void check_foreign_key(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, int line, const std::string& name) {
        hits.add(
            one, line,
            fmt::format("foreign key of {}; both tables take no writes while all rows are checked; add it NOT VALID, "
                        "and VALIDATE it in a later transaction",
                        name));
    };
    each_change(script, Kind::add_constraint, [&](const Statement& one, const Change& change, std::size_t) {
        const Constraint& key = change.constraint;
        if (key.kind == Constraint::Kind::foreign_key && !key.not_valid) tell(one, change.line, named(one, key.name));
    });
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.column.references) tell(one, change.line, named(one, change.column.name));
    });
}

// Added NOT VALID in the transaction of statement `at`, which validates it there.
bool is_added_beside(const Script& script, std::size_t at, const std::string& name) {
    if (script.transactions[at] == 0) return false;
    for (std::size_t i = 0; i <= at; ++i) {
        const Statement& one = script.statements[i];
        if (script.transactions[i] != script.transactions[at] || one.tables.empty() ||
            !is_same(one.tables.front(), script.statements[at].tables.front()))
            continue;
        for (const Change& change : one.changes)
            if (change.kind == Kind::add_constraint && change.constraint.not_valid && change.name == name) return true;
    }
    return false;
}

void check_not_valid(const Script& script, const Scripts&, Hits& hits) {
    const bool tells_keys = script.is_asked_by_name("mig-constraint-not-valid"); // else they are mig-add-fk's
    each_change(script, Kind::add_constraint, [&](const Statement& one, const Change& change, std::size_t) {
        const auto kind = change.constraint.kind;
        const bool is_meant = kind == Constraint::Kind::check || kind == Constraint::Kind::not_null ||
                              (kind == Constraint::Kind::foreign_key && tells_keys);
        if (is_meant && !change.constraint.not_valid)
            hits.add(
                one, change.line,
                fmt::format("constraint {}; all rows are checked under its lock; add it NOT VALID, and VALIDATE it in "
                            "a later transaction",
                            named(one, change.name)));
    });
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.column.check)
            hits.add(one, change.line,
                     fmt::format("check of column {}; all rows are checked under its lock; add the column without it, "
                                 "then the constraint NOT VALID, and VALIDATE it in a later transaction",
                                 named(one, change.column.name)));
    });
    each_change(script, Kind::validate_constraint, [&](const Statement& one, const Change& change, std::size_t at) {
        if (is_added_beside(script, at, change.name))
            hits.add(
                one, change.line,
                fmt::format("constraint {}; NOT VALID and VALIDATE in one transaction keep the strong lock while all "
                            "rows are read; split them",
                            named(one, change.name)));
    });
    each_statement(script, Verb::constrain_domain, [&](const Statement& one, std::size_t) {
        if (one.object == "not_null")
            hits.add(one, "alter domain; the tables that use it take no writes while all of them are read; add CHECK "
                          "(value IS NOT NULL) NOT VALID, and VALIDATE it when few write");
        if (one.object == "validation")
            hits.add(one, "alter domain; the tables that use it take no writes while all of them are read; do it when "
                          "few write")
                .level = Level::info;
    });
}

void check_unique(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, int line, const std::string& name) {
        hits.add(
            one, line,
            fmt::format("unique {}; its index is built under ACCESS EXCLUSIVE; CREATE UNIQUE INDEX CONCURRENTLY, then "
                        "ADD CONSTRAINT … UNIQUE USING INDEX",
                        name));
    };
    each_change(script, Kind::add_constraint, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.constraint.kind == Constraint::Kind::unique && !change.constraint.using_index)
            tell(one, change.line, named(one, change.name));
    });
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.column.unique) tell(one, change.line, named(one, change.column.name));
    });
}

void check_exclusion(const Script& script, const Scripts&, Hits& hits) {
    each_change(script, Kind::add_constraint, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.constraint.kind == Constraint::Kind::exclusion)
            hits.add(
                one, change.line,
                fmt::format("exclusion {}; its index is built under ACCESS EXCLUSIVE, and can't be built beforehand; "
                            "fill a new table that has the constraint, then swap the names of the two tables",
                            named(one, change.name)));
    });
}

void check_primary_key(const Script& script, const Scripts&, Hits& hits) {
    const auto tell = [&](const Statement& one, int line) {
        hits.add(one, line,
                 fmt::format("primary key of {}; its index is built under ACCESS EXCLUSIVE; CREATE UNIQUE INDEX "
                             "CONCURRENTLY, then ADD PRIMARY KEY USING INDEX",
                             table_of(one)));
    };
    each_change(script, Kind::add_constraint, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.constraint.kind == Constraint::Kind::primary_key && !change.constraint.using_index)
            tell(one, change.line);
    });
    each_change(script, Kind::add_column, [&](const Statement& one, const Change& change, std::size_t) {
        if (change.column.primary_key) tell(one, change.line);
    });
}

void check_domain(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::create_domain, [&](const Statement& one, std::size_t) {
        if (one.has_constraint)
            hits.add(one,
                     fmt::format("domain {}; a constraint of a domain can't be changed without reading all tables that "
                                 "use it; put a CHECK on the columns",
                                 one.name));
    });
    each_statement(script, Verb::constrain_domain, [&](const Statement& one, std::size_t) {
        if (one.has_constraint && !one.not_valid)
            hits.add(one,
                     "alter domain; all tables that use it are read under a lock; add the constraint NOT VALID, and "
                     "VALIDATE it later");
    });
}

struct Key {
    const Statement* statement;
    int line;
    Name table;
    std::vector<std::string> columns;
};

std::vector<Key> foreign_keys(const Script& script) {
    std::vector<Key> keys;
    for (const Statement& one : script.statements) {
        if (one.tables.empty()) continue;
        const Name& table = one.tables.front();
        const auto take = [&](const Constraint& constraint, int line) {
            if (constraint.kind == Constraint::Kind::foreign_key && !constraint.columns.empty())
                keys.push_back({&one, line, table, constraint.columns});
        };
        for (const Column& column : one.columns)
            if (column.references) keys.push_back({&one, column.line, table, {column.name}});
        for (const Constraint& constraint : one.constraints) take(constraint, constraint.line);
        for (const Change& change : one.changes) {
            if (change.kind == Kind::add_constraint) take(change.constraint, change.line);
            if (change.kind == Kind::add_column && change.column.references)
                keys.push_back({&one, change.line, table, {change.name}});
        }
    }
    return keys;
}

bool begins_with(const std::vector<std::string>& indexed, const std::vector<std::string>& columns) {
    return indexed.size() >= columns.size() && std::is_permutation(columns.begin(), columns.end(), indexed.begin());
}

bool is_indexed(const Scripts& scripts, const Key& key) {
    const auto is_key = [&](const Constraint& one) {
        return (one.kind == Constraint::Kind::unique || one.kind == Constraint::Kind::primary_key) &&
               begins_with(one.columns, key.columns);
    };
    const auto is_column_key = [&](const Column& one) {
        return (one.unique || one.primary_key) && key.columns.size() == 1 && one.name == key.columns.front();
    };
    for (const Script& script : scripts.all) {
        if (script.is_down) continue;
        for (const Statement& one : script.statements) {
            if (one.tables.empty() || !is_same(one.tables.front(), key.table)) continue;
            if (one.verb == Verb::create_index && begins_with(one.indexed, key.columns)) return true;
            if (std::any_of(one.constraints.begin(), one.constraints.end(), is_key) ||
                std::any_of(one.columns.begin(), one.columns.end(), is_column_key))
                return true;
            for (const Change& change : one.changes)
                if ((change.kind == Kind::add_constraint && is_key(change.constraint)) ||
                    (change.kind == Kind::add_column && is_column_key(change.column)))
                    return true;
        }
    }
    return false;
}

void check_key_index(const Script& script, const Scripts& scripts, Hits& hits) {
    for (const Key& key : foreign_keys(script)) {
        if (is_indexed(scripts, key)) continue;
        hits.add(
            *key.statement, key.line,
            fmt::format("foreign key of {}.{}; each delete of a row it refers to reads the whole table; add an index",
                        key.table.full(), key.columns.front()));
    }
}

}

std::span<const Rule> constraint_rules() {
    static const std::vector<Rule> rules = {
        {"mig-add-fk",
         "A foreign key is checked under a lock on two tables",
         Level::error,
         check_foreign_key,
         "ADD FOREIGN KEY holds SHARE ROW EXCLUSIVE on both tables while it reads the whole referencing table.",
         "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES u (id) NOT VALID;\n-- in a later "
         "transaction\nALTER "
         "TABLE t VALIDATE CONSTRAINT k;",
         {"adding-foreign-key-constraint"}},
        {"mig-constraint-not-valid",
         "A constraint is checked under ACCESS EXCLUSIVE",
         Level::error,
         check_not_valid,
         "While a CHECK is added, it reads all rows, and other sessions wait. NOT VALID helps only if the CHECK is "
         "validated in a later transaction. A foreign key without NOT VALID is reported by mig-add-fk, and by "
         "mig-constraint-not-valid only if you name mig-constraint-not-valid in --only.",
         "ALTER TABLE t ADD CONSTRAINT k CHECK (…) NOT VALID;\n-- in a later transaction\nALTER TABLE t VALIDATE "
         "CONSTRAINT "
         "k;",
         {"constraint-missing-not-valid"}},
        {"mig-add-unique",
         "A unique constraint builds its index under ACCESS EXCLUSIVE",
         Level::error,
         check_unique,
         "Nobody can read or write the table while the index is built.",
         "CREATE UNIQUE INDEX CONCURRENTLY i ON t (c);\nALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i;",
         {"disallowed-unique-constraint"}},
        {"mig-add-exclusion",
         "An exclusion constraint's index is built under a lock",
         Level::error,
         check_exclusion,
         "Nobody can read or write the table while the index is built.",
         "CREATE TABLE t2 (LIKE t INCLUDING ALL, EXCLUDE USING gist (during WITH &&));",
         {}},
        {"mig-add-primary-key",
         "A primary key builds its index under ACCESS EXCLUSIVE",
         Level::error,
         check_primary_key,
         "Nobody can read or write the table while the index is built. With a serial column, all rows are rewritten as "
         "well.",
         "CREATE UNIQUE INDEX CONCURRENTLY i ON t (id);\nALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;",
         {"adding-serial-primary-key-field"}},
        {"mig-domain-constraint",
         "A domain has a constraint",
         Level::warning,
         check_domain,
         "If you change the constraint, the server reads all tables that use the domain, under a lock.",
         "Use a CHECK on the columns, or NOT VALID.",
         {"ban-create-domain-with-constraint", "ban-alter-domain-with-add-constraint"}},
        {"mig-fk-no-index",
         "A foreign key's column has no index",
         Level::info,
         check_key_index,
         "If somebody deletes a row that the key refers to, the server searches the whole table for references. The "
         "rule knows only the indexes that a judged file makes.",
         "CREATE INDEX CONCURRENTLY i ON t (c);",
         {}},
    };
    return rules;
}

}
