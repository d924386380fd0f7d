#include "base/text.h"
#include "migrate/server/commands.h"
#include "migrate/server/lock.h"
#include "sys/data/json.h"
#include "sys/database/postgres.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"
#include <fmt/format.h>

namespace fairlead::migrate::server {
namespace {

Result<sys::Answer> done(sys::Session& session, const std::string& sql, const std::string& what) {
    sys::Answer answer = TRY(session.run(sql));
    if (answer.refusal)
        return could_not(fmt::format("{}: {}{}", what, answer.refusal->message,
                                     answer.refusal->hint.empty() ? "" : "; " + answer.refusal->hint));
    return answer;
}

// A database that is always there, on the same server.
Result<Connection> beside(const Address& address, const Ask& ask) {
    Wanted wanted;
    wanted.application = application(ask.variables);
    wanted.database = "postgres";
    auto connection = connect(address, wanted);
    if (connection.ok() || connection.error().message.find("does not exist") == std::string::npos) return connection;
    wanted.database = "template1";
    return connect(address, wanted);
}

Result<bool> is_there(sys::Session& session, const char* question, const std::string& name) {
    const sys::Answer answer = TRY(session.ask(question, {name}));
    return !answer.rows.empty();
}
constexpr const char* database_named = "SELECT 1 FROM pg_database WHERE datname = $1";
constexpr const char* role_named = "SELECT 1 FROM pg_roles WHERE rolname = $1";

std::string create_database(const std::string& name) {
    return "CREATE DATABASE " + quoted_name(name) + " ENCODING 'UTF8' TEMPLATE template0";
}

// What an application needs and no more: it neither makes nor drops anything.
std::string grants(const Role& role, const std::string& database) {
    const std::string name = quoted_name(role.name), in = " IN SCHEMA public ";
    const bool reads = role.rights == "read";
    const std::string tables = reads ? "SELECT" : "SELECT, INSERT, UPDATE, DELETE",
                      sequences = reads ? "SELECT" : "USAGE, SELECT";
    return fmt::format("GRANT CONNECT ON DATABASE {0} TO {1}; GRANT USAGE ON SCHEMA public TO {1}; "
                       "GRANT {2} ON ALL TABLES{4}TO {1}; GRANT {3} ON ALL SEQUENCES{4}TO {1}; "
                       "ALTER DEFAULT PRIVILEGES{4}GRANT {2} ON TABLES TO {1}; "
                       "ALTER DEFAULT PRIVILEGES{4}GRANT {3} ON SEQUENCES TO {1}",
                       quoted_name(database), name, tables, sequences, in);
}

Result<std::string> create_role(const Role& role, sys::Session& session, const sys::Environment& variables) {
    std::string sql = "CREATE ROLE " + quoted_name(role.name) + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE";
    if (role.password_env.empty()) return sql;
    const auto password = variables.get(role.password_env);
    if (!password)
        return usage(fmt::format("variable '{}', which migrate.roles names for the password of '{}', is not set",
                                 role.password_env, role.name));
    const std::string verifier = TRY(sys::password_verifier(session, role.name, Secret(*password)));
    return sql + " PASSWORD " + quoted_text(verifier);
}

struct Made {
    std::vector<std::string> made, there;
    void add(bool was_there, std::string what) { (was_there ? there : made).push_back(std::move(what)); }
};

report::Report told(const Made& made, bool dry_run) {
    report::Report report;
    for (const auto& one : made.made) report.text += (dry_run ? "would make " : "made       ") + one + "\n";
    for (const auto& one : made.there) report.text += "was there  " + one + "\n";
    report.members = {report::member("made", made.made), report::member("was_there", made.there)};
    report.facts =
        made.made.empty() ? "all of it was there" : (dry_run ? "would make " : "made ") + join(made.made, ", ");
    return report;
}

Result<report::Report> create_file(const Address& address, const Ask& ask) {
    Made made;
    const auto there = sys::inspect(address.path);
    made.add(there.type != sys::FileType::absent && (there.type != sys::FileType::file || there.size > 0),
             address.shown);
    if (!made.made.empty() && !ask.dry_run) {
        Wanted wanted;
        wanted.create = true;
        const auto connection = TRY(connect(address, wanted));
        TRY_VOID(done(*connection.session, "PRAGMA user_version = 0", "SQLite's file can't be made"));
    }
    return told(made, ask.dry_run);
}

Result<void> create_roles(const Address& address, const Ask& ask, Connection& server, const std::string& database,
                          bool has_database, Made& made) {
    for (const auto& role : ask.settings.roles) {
        const bool has_role = TRY(is_there(*server.session, role_named, role.name));
        made.add(has_role, fmt::format("role '{}'", role.name));
        if (has_role || ask.dry_run) continue;
        const std::string sql = TRY(create_role(role, *server.session, ask.variables));
        TRY_VOID(done(*server.session, sql, fmt::format("role '{}' can't be made", role.name)));
    }
    if (ask.dry_run || ask.settings.roles.empty() || (!has_database && ask.dry_run)) return {};
    Wanted wanted;
    wanted.application = application(ask.variables);
    const auto inside = TRY(connect(address, wanted));
    for (const auto& role : ask.settings.roles)
        TRY_VOID(done(*inside.session, grants(role, database),
                      fmt::format("role '{}' can't be given its rights", role.name)));
    return {};
}

std::string database_of(const Address& address, const Ask& ask) {
    const auto asked = sys::who_is_asked({.url = address.url}, ask.variables);
    return asked.ok() ? asked->database : "";
}

}

Result<report::Report> create(const Ask& ask) {
    const Address address = TRY(find_database(ask.settings, ask.variables));
    if (address.engine == Engine::sqlite) return create_file(address, ask);
    const std::string name = database_of(address, ask);
    Connection server = TRY(beside(address, ask));
    Made made;
    const bool has_database = TRY(is_there(*server.session, database_named, name));
    made.add(has_database, fmt::format("database '{}'", name));
    if (!has_database && !ask.dry_run) {
        const sys::Answer answer = TRY(server.session->run(create_database(name)));
        // Another one was faster (42P04, or 23505 in the middle of it).
        if (answer.refusal && answer.refusal->code != "42P04" && answer.refusal->code != "23505")
            return could_not(fmt::format("database '{}' can't be made: {}", name, answer.refusal->message));
    }
    TRY_VOID(create_roles(address, ask, server, name, has_database, made));
    return told(made, ask.dry_run);
}

namespace {

Result<void> check_is_sqlite(const Address& address) {
    if (sys::inspect(address.path).type == sys::FileType::absent) return {};
    const auto connection = connect(address, {});
    if (connection.ok()) {
        const auto answer = connection->session->run("SELECT count(*) FROM sqlite_master");
        if (answer.ok() && !answer->refusal) return {};
    }
    return usage(fmt::format("{} is not a readable database of SQLite, and would be lost; correct {}, or remove it "
                             "yourself; nothing was touched",
                             address.shown, address.source));
}

}

Result<report::Report> reset(const Ask& ask) {
    if (!ask.is_development)
        return usage("reset drops the database and everything in it, so it runs only in development: name such an "
                     "environment by --env (profile: development in fairlead.yml); nothing was touched");
    const Address address = TRY(find_database(ask.settings, ask.variables));
    const std::string name = address.engine == Engine::sqlite ? "" : database_of(address, ask);
    if (name == "postgres" || name == "template0" || name == "template1")
        return usage(fmt::format("database '{}' is the server's own and is not dropped; name another database", name));
    if (address.engine == Engine::sqlite) TRY_VOID(check_is_sqlite(address));
    report::Report report;
    report.facts = (ask.dry_run ? "would drop and make again " : "dropped and made again ") + address.shown;
    if (ask.dry_run) return report;
    Request request;
    request.table = ask.table;
    request.application = application(ask.variables);
    if (address.engine == Engine::sqlite) {
        const Lock lock = TRY(take_lock(address, request));
        for (const char* end : {"", "-wal", "-shm", "-journal"}) TRY_VOID(sys::remove_tree(address.path + end));
        TRY_VOID(create_file(address, ask));
        return report;
    }
    Connection server = TRY(beside(address, ask));
    if (server.identity.database == name)
        return usage(fmt::format("database '{}' is the server's own and is not dropped; name another database", name));
    const bool has_database = TRY(is_there(*server.session, database_named, name));
    if (has_database) {
        { const Lock lock = TRY(take_lock(address, request)); } // nobody migrates it
        TRY_VOID(done(*server.session, "DROP DATABASE " + quoted_name(name),
                      fmt::format("database '{}' can't be dropped", name)));
    }
    TRY_VOID(done(*server.session, create_database(name), fmt::format("database '{}' can't be made", name)));
    return report;
}

}
