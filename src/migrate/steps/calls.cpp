#include "migrate/steps/calls.h"
#include "base/text.h"
#include "migrate/server/connect.h"
#include "migrate/steps/database.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

using sql::Destroys;
using Verb = sql::Statement::Verb;

// What runs functions when it runs, rather than to keep them for later.
bool runs(const sql::Statement& statement) {
    constexpr Verb verbs[] = {Verb::select, Verb::insert, Verb::update, Verb::copy, Verb::block, Verb::perform};
    return std::find(std::begin(verbs), std::end(verbs), statement.verb) != std::end(verbs) ||
           statement.kind.starts_with("create table");
}

// What runs its function wherever a query uses it, and no query names that.
bool hides_calls(const sql::Statement& statement) {
    constexpr std::string_view kinds[] = {"create operator", "create aggregate", "create cast"};
    return std::find(std::begin(kinds), std::end(kinds), statement.kind) != std::end(kinds);
}

std::vector<sql::Name> calls_of(const sql::Statement& statement) {
    if (hides_calls(statement)) return sql::names_in(statement.text);
    if (!runs(statement)) return {};
    return sql::called_in(statement.verb == Verb::block ? sql::quoted_body(statement.text) : statement.text);
}

// Names of functions without effect, or of none, aren't looked up: what stands before a parenthesis in most statements.
bool is_word_of_sql(const sql::Name& name) {
    constexpr std::string_view words[] = {"values", "in",      "as",     "and",     "or",    "not",
                                          "exists", "any",     "all",    "with",    "from",  "using",
                                          "on",     "over",    "filter", "key",     "check", "unique",
                                          "now",    "numeric", "char",   "varchar", "count", "coalesce"};
    return name.schema.empty() && std::find(std::begin(words), std::end(words), name.name) != std::end(words);
}

}

Functions::Functions(const std::vector<lint::Script>& scripts, sys::Session* session) : session_(session) {
    for (const auto& script : scripts)
        for (const auto& one : script.statements) {
            if (one.verb != Verb::create_function || script.is_down || !one.kind.starts_with("create")) continue;
            const auto dot = one.name.find('.');
            const auto body = sql::quoted_body(one.text);
            bodies_.insert({one.name.substr(dot == one.name.npos ? 0 : dot + 1),
                            {dot == one.name.npos ? "" : one.name.substr(0, dot), one.text, sql::called_in(body)}});
        }
}

Result<void> Functions::learn(const std::vector<sql::Name>& names) {
    std::vector<std::string> wanted;
    for (const auto& name : names)
        if (!is_word_of_sql(name) && !bodies_.contains(name.name) && asked_.try_emplace(name.name, true).second)
            wanted.push_back(server::quoted_text(name.name));
    if (wanted.empty() || session_ == nullptr) return {};
    const auto sql = fmt::format(
        "SELECT n.nspname, p.proname, CASE WHEN l.lanname IN ('c', 'internal') THEN '' WHEN p.prosrc = '' THEN "
        "pg_catalog.pg_get_functiondef(p.oid) ELSE p.prosrc END FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace "
        "n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.provolatile = 'v' AND "
        "p.prokind IN ('f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.proname IN ({})",
        join(wanted, ", "));
    const auto answer = TRY(asked(*session_, sql, "the called functions can't be read"));
    for (const auto& row : answer.rows) {
        auto text = row[2].value_or("");
        auto calls = sql::called_in(text);
        bodies_.insert({row[1].value_or(""), {row[0].value_or(""), std::move(text), std::move(calls)}});
    }
    return {};
}

Result<void> Functions::learn(const std::vector<lint::Script>& scripts) {
    std::vector<sql::Name> names;
    for (const auto& script : scripts)
        for (const auto& one : script.statements)
            for (auto& name : calls_of(one)) names.push_back(std::move(name));
    return learn(names);
}

Result<Functions::Called> Functions::judge(const sql::Name& name, int depth) {
    constexpr int deepest = 8;
    Called worst{name.full(), Destroys::no, ""};
    const auto note = [&](Destroys destroys, std::string why) {
        if (destroys <= worst.destroys) return;
        worst.destroys = destroys;
        worst.why = std::move(why);
    };
    if (depth > deepest) return worst;
    const std::vector<sql::Name> names{name};
    TRY_VOID(learn(names));
    std::vector<sql::Name> below;
    const auto [first, last] = bodies_.equal_range(name.name);
    for (auto at = first; at != last; ++at) {
        const Body& body = at->second;
        if (!name.schema.empty() && !body.schema.empty() && name.schema != body.schema) continue;
        if (body.text.empty()) note(Destroys::unknown, "it is not written in SQL");
        const auto destroys = sql::body_destroys(body.text);
        note(destroys,
             destroys == Destroys::yes ? "it drops, deletes or truncates" : "it puts its statements together");
        below.insert(below.end(), body.calls.begin(), body.calls.end());
    }
    TRY_VOID(learn(below));
    for (const auto& each : below)
        if (const auto* known = sql::server_function(each.name))
            note(known->destroys, fmt::format("it calls {}(), and {}", each.full(), known->why));
    for (const auto& each : below) {
        if (worst.destroys == Destroys::yes || each == name || !bodies_.contains(each.name)) continue;
        const auto called = TRY(judge(each, depth + 1));
        if (called.why != "it is not written in SQL") // what our own functions use of others
            note(called.destroys, fmt::format("it calls {}(), and {}", called.name, called.why));
    }
    return worst;
}

Result<std::vector<Functions::Called>> Functions::called_by(const sql::Statement& statement) {
    std::vector<Called> all;
    const auto names = calls_of(statement);
    TRY_VOID(learn(names));
    const bool is_for_it = statement.verb == Verb::select || statement.verb == Verb::perform;
    for (const auto& name : names) {
        const auto* known = sql::server_function(name.name);
        if (known) all.push_back({name.full(), known->destroys, std::string(known->why)});
        if (known || !bodies_.contains(name.name)) continue;
        auto called = TRY(judge(name, 0));
        const bool is_value = !is_for_it && called.why == "it is not written in SQL"; // uuid_generate_v4()
        if (called.destroys != Destroys::no && !is_value) all.push_back(std::move(called));
    }
    return all;
}

}
