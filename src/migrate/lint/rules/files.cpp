#include "migrate/lint/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// The way back, and what holds for whole files.
namespace fairlead::migrate::lint {

namespace {

using Kind = Change::Kind;
using Verb = Statement::Verb;

void check_no_down(const Script& script, const Scripts& scripts, Hits& hits) {
    if (script.is_down || script.statements.empty() || !script.marks.irreversible.empty()) return;
    if (scripts.down_of(script) != nullptr) return;
    const auto twin = twin_of(script.path, script.options->layout);
    hits.add_at(1, fmt::format("file; nothing takes it back; write {}, or -- fairlead: irreversible and why",
                               script.options->layout == files::Layout::flyway && !twin.empty()
                                   ? twin.substr(twin.rfind('/') + 1)
                                   : "its .down.sql"));
}

void check_empty(const Script& script, const Scripts&, Hits& hits) {
    if (std::any_of(script.statements.begin(), script.statements.end(),
                    [](const Statement& one) { return one.verb != Verb::set; }))
        return;
    hits.add_at(
        1,
        script.is_down
            ? "way back; it does nothing; write its statements, or delete it and say -- fairlead: irreversible and why"
            : "file; it does nothing; write its statements, or delete it");
}

// Things by which a down script can be told to take back what the up script made: "table t", "column t.c".
std::vector<std::pair<std::string, const Statement*>> made_by(const Script& script) {
    std::vector<std::pair<std::string, const Statement*>> made;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        const Statement& one = script.statements[at];
        const std::string table = one.tables.empty() ? "" : one.tables.front().name;
        if (one.verb == Verb::create_table && !one.temporary && !one.is_view) made.emplace_back("table " + table, &one);
        if (one.verb == Verb::create_view) made.emplace_back("view " + table, &one);
        if (one.verb == Verb::create_index && !one.name.empty() && !script.is_about_new(at))
            made.emplace_back("index " + one.name, &one);
        if (one.verb == Verb::other && one.object == "type") made.emplace_back("type " + one.name, &one);
        if (one.object == "type" || script.is_about_new(at)) continue;
        for (const Change& change : one.changes) {
            if (change.kind == Kind::add_column) made.emplace_back("column " + table + "." + change.name, &one);
            if (change.kind == Kind::add_constraint && !change.name.empty())
                made.emplace_back("constraint " + table + "." + change.name, &one);
        }
    }
    return made;
}

std::set<std::string> taken_by(const Script& script) {
    std::set<std::string> taken;
    for (const Statement& one : script.statements) {
        const std::string table = one.tables.empty() ? "" : one.tables.front().name;
        if (one.verb == Verb::drop)
            for (const Name& each : one.tables) taken.insert(one.object + " " + each.name);
        for (const Change& change : one.changes) {
            if (change.kind == Kind::drop_column) taken.insert("column " + table + "." + change.name);
            if (change.kind == Kind::drop_constraint) taken.insert("constraint " + table + "." + change.name);
        }
    }
    return taken;
}

// A column's index and constraint go with it, a table's with the table.
bool is_taken(const std::string& thing, const Statement& maker, const std::set<std::string>& taken) {
    if (taken.contains(thing)) return true;
    for (const Name& table : maker.tables)
        if (taken.contains("table " + table.name)) return true;
    return std::any_of(maker.indexed.begin(), maker.indexed.end(), [&](const std::string& column) {
        return taken.contains("column " + maker.tables.front().name + "." + column);
    });
}

void check_inverse(const Script& script, const Scripts& scripts, Hits& hits) {
    if (script.is_down) return;
    const Script* down = scripts.down_of(script);
    if (down == nullptr || std::any_of(down->statements.begin(), down->statements.end(), [](const Statement& one) {
            return one.verb == Verb::block || one.verb == Verb::unknown;
        }))
        return;
    const auto taken = taken_by(*down);
    for (const auto& [thing, maker] : made_by(script))
        if (!is_taken(thing, *maker, taken))
            hits.add(*maker, fmt::format("{}; the way back leaves it there; drop it in {}", thing,
                                         script.is_whole ? down->path : "the part after -- fairlead: down"));
}

}

std::span<const Rule> file_rules() {
    static const std::vector<Rule> rules = {
        {"mig-no-down",
         "The migration has no down migration",
         Level::warning,
         check_no_down,
         "When a release goes wrong, nobody has time to write the down migration.",
         "20260101120000_name.down.sql, or in the file:\n-- fairlead: irreversible the old column's data is gone",
         {},
         Engines::all},
        {"mig-empty",
         "The migration does nothing",
         Level::error,
         check_empty,
         "The migration would count as applied, or as undone, although nothing happened. `new` writes two empty files: "
         "fill them in.",
         "Write its statements, or SELECT 1; if it is meant to do nothing.",
         {},
         Engines::all,
         true},
        {"mig-down-not-inverse",
         "The down migration leaves something",
         Level::info,
         check_inverse,
         "The down migration doesn't drop an object that the up migration makes. The next up then fails, because the "
         "object is there already.",
         "DROP it in the down file.",
         {},
         Engines::all},
        {"mig-edit-applied",
         "An applied migration was changed",
         Level::error,
         nullptr,
         "The file no longer shows the statements that ran. The commands status, verify and up report this, because "
         "they read the database.",
         "Restore the file, or add a new migration.",
         {},
         Engines::all},
    };
    return rules;
}

}
