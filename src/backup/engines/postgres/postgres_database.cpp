#include "backup/engines/postgres/postgres_parts.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

// What belongs to a database and is in no dump of it: owner, rights, settings, limit, comment.
namespace fairlead::backup::postgres {
namespace {

// kind, of whom, which, value; in the order in which they are to be applied.
constexpr const char* told_by_catalogue =
    "SELECT 'owner', pg_get_userbyid(datdba), '', '' FROM pg_database WHERE datname = {0} "
    "UNION ALL SELECT 'limit', '', '', datconnlimit::text FROM pg_database WHERE datname = {0} "
    "UNION ALL SELECT 'revoke', '', '', '' FROM pg_database WHERE datname = {0} AND datacl IS NOT NULL "
    "UNION ALL SELECT 'grant', CASE grantee WHEN 0 THEN '' ELSE pg_get_userbyid(grantee) END, privilege_type, "
    "CASE WHEN is_grantable THEN 'WITH GRANT OPTION' ELSE '' END FROM pg_database, aclexplode(datacl) WHERE datname = "
    "{0} "
    "UNION ALL SELECT 'set', CASE setrole WHEN 0 THEN '' ELSE pg_get_userbyid(setrole) END, split_part(setting, '=', "
    "1), substr(setting, strpos(setting, '=') + 1) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = "
    "s.setdatabase, unnest(setconfig) setting WHERE datname = {0} "
    "UNION ALL SELECT 'comment', '', '', text FROM pg_database d, shobj_description(d.oid, 'pg_database') text WHERE "
    "datname = {0} AND text IS NOT NULL";

// Their values are lists of names (GUC_LIST_QUOTE): as one literal they would be one name.
constexpr std::string_view lists_of_names[] = {"local_preload_libraries",   "search_path",
                                               "session_preload_libraries", "shared_preload_libraries",
                                               "temp_tablespaces",          "unix_socket_directories"};

std::string list_of_names(std::string_view value) {
    std::vector<std::string> names(1);
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '"' && quoted && i + 1 < value.size() && value[i + 1] == '"')
            names.back() += value[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            names.emplace_back();
        else if (quoted || c != ' ')
            names.back() += c;
    }
    for (auto& name : names) name = quoted_text(name);
    return join(names, ",");
}

std::string statement(const Setting& one, const std::string& database) {
    const std::string name = quoted_name(database);
    if (one.kind == "owner") return fmt::format("ALTER DATABASE {} OWNER TO {}", name, quoted_name(one.whose));
    if (one.kind == "limit") return fmt::format("ALTER DATABASE {} CONNECTION LIMIT {}", name, one.value);
    if (one.kind == "revoke") return fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC", name);
    if (one.kind == "grant")
        return fmt::format("GRANT {} ON DATABASE {} TO {} {}", one.which, name,
                           one.whose.empty() ? "PUBLIC" : quoted_name(one.whose), one.value);
    if (one.kind == "comment") return fmt::format("COMMENT ON DATABASE {} IS{}", name, quoted_text(one.value));
    const bool is_list =
        std::find(std::begin(lists_of_names), std::end(lists_of_names), one.which) != std::end(lists_of_names);
    const std::string whose =
        one.whose.empty() ? "DATABASE " + name : fmt::format("ROLE {} IN DATABASE {}", quoted_name(one.whose), name);
    // app.theme is two names
    auto parts = split(one.which, '.');
    for (auto& part : parts) part = quoted_name(part);
    return fmt::format("ALTER {} SET {} ={}", whose, join(parts, "."),
                       is_list ? list_of_names(one.value) : quoted_text(one.value));
}

// Of a manifest, which others may write, too: only what the catalogue could have told.
bool is_sound(const Setting& one) {
    if (one.kind == "limit") return parse_integer(one.value).ok();
    if (one.kind == "grant")
        return (one.which == "CREATE" || one.which == "CONNECT" || one.which == "TEMPORARY") &&
               (one.value.empty() || one.value == "WITH GRANT OPTION");
    return one.kind == "owner" || one.kind == "revoke" || one.kind == "set" || one.kind == "comment";
}

bool is_custom(const Setting& one) { return one.kind == "set" && one.which.find('.') != one.which.npos; }

}

std::string creation(const std::string& name, const Part& part) {
    std::string sql = "CREATE DATABASE " + quoted_name(name) + " TEMPLATE template0";
    const auto add = [&](const char* word, const char* fact) {
        const auto found = part.facts.find(fact);
        if (found != part.facts.end() && !found->second.empty())
            sql += fmt::format(" {}{}", word, quoted_text(found->second));
    };
    add("ENCODING", "encoding");
    add("LC_COLLATE", "collate");
    add("LC_CTYPE", "ctype");
    const auto provider = part.facts.find("locale_provider"); // as pg_database has it
    if (provider == part.facts.end()) return sql;
    if (provider->second == "i") {
        sql += " LOCALE_PROVIDER icu";
        add("ICU_LOCALE", "locale");
        add("ICU_RULES", "icu_rules");
    } else if (provider->second == "b") {
        sql += " LOCALE_PROVIDER builtin";
        add("BUILTIN_LOCALE", "locale");
    } else
        sql += " LOCALE_PROVIDER libc";
    return sql;
}

Result<std::vector<Setting>> settings_of(Server& server, const std::string& database) {
    const auto told = TRY(ask(server, fmt::format(told_by_catalogue, quoted_text(database)),
                              "owner, rights and settings of the database can't be read"));
    std::vector<Setting> all;
    for (const auto& row : told.rows)
        all.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), row[3].value_or("")});
    return all;
}

// Settings of an application's own (app.jwt_key) may be secrets, and the manifest is read by many: their names alone.
std::string write_settings(const std::vector<Setting>& settings) {
    sys::Json list = sys::Json::array();
    for (const auto& one : settings) list.push_back({one.kind, one.whose, one.which, is_custom(one) ? "" : one.value});
    return sys::dump_json(list);
}

std::vector<Setting> read_settings_of(const Part& part) {
    std::vector<Setting> all;
    const auto fact = part.facts.find("settings");
    const auto list = sys::parse_json(fact == part.facts.end() ? "[]" : fact->second, "the set's settings");
    if (!list.ok() || !list->is_array()) return all;
    for (const auto& row : list.value()) {
        if (!row.is_array() || row.size() != 4 ||
            !std::all_of(row.begin(), row.end(), [](const sys::Json& text) { return text.is_string(); }))
            continue;
        Setting one{row[0].get<std::string>(), row[1].get<std::string>(), row[2].get<std::string>(),
                    row[3].get<std::string>()};
        if (is_sound(one)) all.push_back(std::move(one));
    }
    return all;
}

Result<void> apply(Server& server, const std::vector<Setting>& settings, const std::string& database, Refused refused) {
    for (const auto& one : settings) {
        const std::string sql = statement(one, database);
        const auto answer = TRY(server.session->run(sql));
        if (!answer.refusal) continue;
        // Its value may be a secret.
        const auto what = one.kind == "set" ? fmt::format("setting {} of the database", one.which) : "`" + sql + "`";
        const auto why = fmt::format("{}: {} is refused: {}", server.shown, what, answer.refusal->message);
        if (refused == Refused::fails)
            return could_not(why +
                             "; nothing was changed: restore as a superuser, or say --no-owner and do it yourself "
                             "afterwards");
        sys::log_warning(why + "; do it yourself, as a superuser");
    }
    return {};
}

Result<std::set<std::string>> free_settings(Server& server) {
    const auto told =
        TRY(ask(server, "SELECT name FROM pg_settings WHERE context = 'user'", "its settings can't be listed"));
    std::set<std::string> names;
    for (const auto& row : told.rows) names.insert(row[0].value_or(""));
    return names;
}

namespace {

// Code that each session loads is named by a setting as well.
Result<void> drop_settings_of_superusers(Server& server, std::vector<Setting>& settings) {
    const auto free = TRY(free_settings(server));
    std::erase_if(settings, [&](const Setting& one) {
        if (one.kind != "set" || free.count(one.which) > 0) return false;
        sys::log_warning(
            fmt::format("setting {} of the database is dropped: only a superuser may change it, and no trusted "
                        "key signed the set; set it yourself",
                        one.which));
        return true;
    });
    return {};
}

}

Result<void> apply_kept(Server& server, const Part& part, const std::string& database, const World& world,
                        Custom custom) {
    auto settings = read_settings_of(part);
    for (const auto& one : settings)
        if (is_custom(one) && custom == Custom::told)
            sys::log_warning(fmt::format("setting {} of the database is not restored, as it may be confidential; set "
                                         "it again: ALTER DATABASE {} SET {} = ...",
                                         one.which, quoted_name(database), one.which));
    std::erase_if(settings, is_custom);
    if (!world.are_sets_signed && custom == Custom::told) TRY_VOID(drop_settings_of_superusers(server, settings));
    return apply(server, settings, database, Refused::is_told);
}

}
