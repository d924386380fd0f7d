#include "backup/engines/postgres/postgres_catalog.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/postgres/postgres_script.h"
#include "backup/engines/postgres/postgres_target.h"
#include "backup/scratch.h"
#include "backup/status.h"
#include "base/text.h"
#include "base/words.h"
#include "sys/clock.h"
#include "sys/database/postgres.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

constexpr std::size_t most_globals = 16u << 20;

constexpr const char* begun = "fairlead-backup restores into it";
constexpr std::size_t ending = 8; // digits that tell two such databases apart
// While a restore lives its session holds an advisory lock: this number, and that of the ending.
constexpr int at_work = 1179406931;

// Whom this role may end. A superuser's sessions only a superuser may end; others also who is a member of their role,
// or of pg_signal_backend.
constexpr std::string_view we_may_end =
    "(current_setting('is_superuser') = 'on' OR (usesysid NOT IN (SELECT oid FROM pg_roles WHERE rolsuper) AND "
    "(pg_has_role(usesysid, 'MEMBER') OR pg_has_role('pg_signal_backend', 'MEMBER'))))";

// Without a user, as autovacuum, they make way by themselves.
std::string end_sessions(const std::string& where) {
    return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND " +
           std::string(we_may_end) + " AND datname " + where;
}

// Process numbers of sessions that this role may not end; empty: there are none.
Result<std::string> held_by_others(Server& server, const std::string& database) {
    const auto held =
        TRY(ask(server,
                "SELECT string_agg(pid::text, ', ' ORDER BY pid) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND "
                "NOT " +
                    std::string(we_may_end) + " AND datname =" + quoted_text(database),
                "its sessions can't be listed"));
    return held.rows.empty() ? std::string() : held.rows[0][0].value_or("");
}

// A prepared transaction keeps its database from being renamed, and no session's end ends it.
Result<void> check_prepared(Server& server, const std::string& database) {
    const auto prepared =
        TRY(ask(server,
                "SELECT gid, count(*) OVER () FROM pg_prepared_xacts WHERE database =" + quoted_text(database) +
                    " ORDER BY prepared LIMIT 1",
                "its prepared transactions can't be listed"));
    if (prepared.rows.empty()) return {};
    const auto gid = quoted_text(prepared.rows[0][0].value_or("")), count = prepared.rows[0][1].value_or("");
    return could_not(fmt::format("database '{}' has {}, so it can't be renamed; nothing was changed: in it, say COMMIT "
                                 "PREPARED{} or ROLLBACK PREPARED{}, and run the command again",
                                 database, count == "1" ? "a prepared transaction" : count + " prepared transactions",
                                 gid, gid));
}

class DatabaseRestore : public Restore {
  public:
    enum class There { nothing, empty, full };

    DatabaseRestore(Target target, const Part& part, const World& world, Programs programs, Server server,
                    Owners owners, There there, SystemTime now)
        : target_(std::move(target)), part_(part), world_(world), programs_(std::move(programs)),
          server_(std::move(server)), owners_(owners), there_(there),
          stamp_(stamp(std::chrono::floor<std::chrono::seconds>(now))) {
        beside_ = with_end(target_.database, "_restore_" + sys::random_hex(ending / 2));
        if (there_ == There::full) act = fmt::format("replaces the database {}", target_.database);
    }
    ~DatabaseRestore() override {
        if (made_) (void)server_.session->run("DROP DATABASE IF EXISTS " + quoted_name(beside_) + " WITH (FORCE)");
    }

    Result<void> fill(sys::Source& plain) override {
        TRY_VOID(sweep());
        TRY(ask(
            server_,
            fmt::format("SELECT pg_advisory_lock({}, x'{}'::int)", at_work, beside_.substr(beside_.size() - ending)),
            "the new database of the restore can't be locked"));
        // Closed until it is marked, so that one without a mark is known to hold nothing.
        TRY(ask(server_, creation(beside_, part_) + " ALLOW_CONNECTIONS false",
                "the new database of the restore can't be made"));
        made_ = true;
        TRY(ask(server_, mark(quoted_name(beside_), quoted_text(begun)),
                "the new database of the restore can't be marked"));
        TRY(ask(server_, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", quoted_name(beside_)),
                "the new database of the restore can't be opened"));
        // Until it is counted and scrubbed it is nobody's to read.
        TRY(ask(server_, fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", quoted_name(beside_)),
                "the new database of the restore can't be closed"));
        return load(programs_, part_, target_.address, beside_, owners_, plain, world_);
    }

    // Roles that are there are left as they are, tablespaces are the server's own.
    Result<void> fill_before(const Part& globals, sys::Source& plain) override {
        const auto text = TRY(sys::read_all(plain, most_globals, globals.file));
        const auto named = TRY(ask(server_, "SELECT rolname FROM pg_roles", "its roles can't be listed"));
        RolesThere there;
        for (const auto& row : named.rows) there.names.insert(row[0].value_or(""));
        there.free_settings = TRY(free_settings(server_));
        auto session = TRY(connect_beside(target_, world_));
        const auto missing = missing_roles(text, there, world_.are_sets_signed ? Signed::yes : Signed::no);
        for (const auto& statement : missing.statements)
            TRY(ask(session, statement, "a role of the set can't be made"));
        if (!missing.made.empty())
            sys::log_warning(fmt::format("roles of the set that were missing in {} are made, without passwords: {}",
                                         server_.shown, join(missing.made, ", ")));
        if (const auto& dropped = missing.dropped; !dropped.empty())
            sys::log_warning(fmt::format(
                "{} of {} dropped, as no trusted key signed the set: {}; grant them yourself, or "
                "sign sets (backup.sign)",
                counted(dropped.size(), "thing", "things"), globals.file, to_valid_utf8(join(dropped, ", "))));
        return {};
    }

    Result<std::vector<TableCount>> count() override {
        auto there = TRY(copy());
        return count_tables(there, Counts::of_all);
    }

    // What belongs to the database itself comes when it takes its place.
    Result<std::vector<std::string>> compare(const std::string& catalog) override {
        auto there = TRY(copy());
        return postgres::compare(there, catalog, {.owners = owners_ == Owners::kept, .settings = false});
    }

    Result<std::unique_ptr<sys::Session>> session() override {
        auto there = TRY(copy());
        return std::move(there.session);
    }

    Result<std::string> change_places() override {
        TRY_VOID(check_there(beside_));
        const std::string name = quoted_name(target_.database);
        // As a new one is; what the old one says comes behind.
        const auto opened = fmt::format("GRANT CONNECT ON DATABASE {} TO PUBLIC", quoted_name(beside_));
        if (there_ == There::nothing) {
            TRY_VOID(name_it(name, opened));
            made_ = false;
            // Beside, for somebody to look at, it is whose it is.
            if (target_.database == part_.database && owners_ == Owners::kept)
                TRY_VOID(apply_kept(server_, part_, target_.database, world_));
            return std::string();
        }
        TRY(ask(server_, opened, "it can't be opened"));
        auto settings = TRY(settings_of(server_, target_.database));
        for (const auto& one : settings)
            if (one.kind == "comment") comment_ = quoted_text(one.value);
        std::erase_if(settings, [](const Setting& one) { return one.kind == "comment"; }); // ours stands there
        TRY_VOID(apply(server_, settings, beside_, owners_ == Owners::kept ? Refused::fails : Refused::is_told));
        std::string before = with_end(target_.database, "_before_" + stamp_);
        for (int again = 2; TRY(is_there(before)); ++again)
            before = with_end(target_.database, fmt::format("_before_{}_{}", stamp_, again));
        TRY_VOID(swap(name, quoted_name(before)));
        made_ = false;
        sys::fault_point("swapped");
        if (there_ == There::empty && TRY(dropped_empty(before))) return std::string();
        return "the old database is kept as " + before;
    }

  private:
    Result<bool> is_there(const std::string& database) {
        return has_row(server_, "SELECT 1 FROM pg_database WHERE datname = " + quoted_text(database));
    }

    Result<void> check_there(const std::string& database) {
        if (TRY(is_there(database))) return {};
        return could_not(
            fmt::format("database '{}' is gone: somebody has renamed or dropped it since the restore began; "
                        "nothing was changed: run the command again",
                        database));
    }

    Result<Server> copy() {
        TRY_VOID(check_there(beside_));
        return connect(target_.address, world_, beside_);
    }

    // It was empty when it was asked, and somebody may have filled it since. Once nobody else is or gets in, it is
    // asked again.
    Result<bool> dropped_empty(const std::string& before) {
        {
            auto inside = TRY(connect(target_.address, world_, before));
            const auto own = TRY(ask(inside, "SELECT pg_backend_pid()", "the old database can't be looked at"));
            TRY_VOID(close_to_others(before, own.rows.at(0).at(0).value_or("0")));
            if (!TRY(is_empty(inside))) {
                TRY(ask(server_, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS true", quoted_name(before)),
                        "the old database can't be opened"));
                sys::log_warning("the database was empty at the start, but something was written to it meanwhile; copy "
                                 "what you need from the old database");
                return false;
            }
        }
        TRY(ask(server_, "DROP DATABASE " + quoted_name(before), "the empty database can't be dropped"));
        return true;
    }

    Result<void> close_to_others(const std::string& database, const std::string& own_pid) {
        constexpr int attempts = 50;
        TRY(ask(server_, fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS false", quoted_name(database)),
                "the old database can't be closed"));
        const auto others = end_sessions(fmt::format("={} AND pid <> {}", quoted_text(database), own_pid));
        for (int attempt = 0; attempt < attempts; ++attempt) {
            if (TRY(ask(server_, others, "sessions can't be ended")).rows.empty()) return {};
            if (!sys::real_clock().sleep(Milliseconds{100})) break;
        }
        return could_not(fmt::format("the restored database is in use; sessions of the old database, {}, don't end: "
                                     "look at it, and drop it if it holds nothing",
                                     database));
    }

    static std::string mark(const std::string& name, const std::string& comment) {
        return fmt::format("COMMENT ON DATABASE {} IS {}", name, comment);
    }

    // What killed restores left of this database, unless somebody is at it.
    Result<void> sweep() {
        const auto left = TRY(left_databases(server_));
        for (const auto& name : left) {
            if (name.substr(0, name.size() - ending) != beside_.substr(0, beside_.size() - ending)) continue;
            TRY(server_.session->run("DROP DATABASE " + quoted_name(name)));
            sys::log_info(fmt::format("removed the rest of a killed restore: database {}", name));
        }
        return {};
    }

    // Nobody but its owner gets in before it has the name.
    Result<void> name_it(const std::string& name, const std::string& opened) {
        const auto answer =
            TRY(server_.session->run(fmt::format("BEGIN; {}; ALTER DATABASE {} RENAME TO {}; {}; COMMIT", opened,
                                                 quoted_name(beside_), name, mark(name, "NULL"))));
        if (!answer.refusal) return {};
        TRY_VOID(server_.session->run("ROLLBACK")); // else the copy can't be dropped
        if (!TRY(is_there(target_.database)))
            return could_not(fmt::format("it can't be named: {}", answer.refusal->message));
        return could_not(fmt::format("database '{}' was not there at the start, and somebody has made it meanwhile; "
                                     "nothing was changed: run the command again",
                                     target_.database));
    }

    // Both names change at one moment. Who is connected to the old one has to go.
    Result<void> swap(const std::string& name, const std::string& before) {
        constexpr int attempts = 8; // the server waits five seconds in each for sessions that end
        std::string why;
        TRY_VOID(check_prepared(server_, target_.database));
        for (int attempt = 0; attempt < attempts; ++attempt) {
            // Before the others' sessions are ended for nothing.
            if (const auto held = TRY(held_by_others(server_, target_.database)); !held.empty()) {
                why = fmt::format("other roles have sessions there (process {}), which this role can't end", held);
            } else {
                const auto both = fmt::format("IN ({}, {})", quoted_text(target_.database), quoted_text(beside_));
                TRY(ask(server_, end_sessions(both), "sessions can't be ended"));
                const auto answer = TRY(server_.session->run(fmt::format(
                    "BEGIN; ALTER DATABASE {0} RENAME TO {1}; ALTER DATABASE {2} RENAME TO {0}; {3}; COMMIT", name,
                    before, quoted_name(beside_), mark(name, comment_))));
                if (!answer.refusal) return {};
                why = answer.refusal->message;
                TRY(server_.session->run("ROLLBACK"));
            }
            for (const auto& one : {target_.database, beside_}) TRY_VOID(check_there(one));
            if (!sys::real_clock().sleep(Milliseconds{500}))
                return could_not("interrupted; the old database is still in use");
        }
        return could_not(fmt::format("database '{}' can't be renamed, and stays in use: {}; end them, and run the "
                                     "command again",
                                     target_.database, why));
    }

    Target target_;
    Part part_;
    const World& world_;
    Programs programs_;
    Server server_;
    Owners owners_;
    There there_;
    std::string beside_, stamp_, comment_ = "NULL";
    bool made_ = false;
};

// Functions, triggers and conditions of a dump run while it is read.
Result<void> tell_of_rights(Server& server) {
    constexpr const char* may_run_programs =
        "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR pg_has_role(oid, "
        "'pg_execute_server_program', 'MEMBER'))";
    if (TRY(has_row(server, may_run_programs)))
        sys::log_warning(
            fmt::format("{}: no trusted key signed the set; its functions may run programs on the server, as this role "
                        "may; restore as the database's owner, or sign sets (backup.sign)",
                        server.shown));
    return {};
}

}

Result<std::vector<std::string>> left_databases(Server& server) {
    const auto left =
        TRY(ask(server,
                fmt::format("SELECT datname FROM pg_database d WHERE datname ~ '_restore_[0-9a-f]{{{}}}$' AND "
                            "(shobj_description(oid, 'pg_database') ={} OR (shobj_description(oid, 'pg_database') IS "
                            "NULL AND NOT datallowconn)) AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE "
                            "a.datid = d.oid) AND NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND "
                            "classid = {} AND objid::bigint = ('x' || right(datname, {}))::bit(32)::bigint)",
                            ending, quoted_text(begun), at_work, ending),
                "databases can't be listed"));
    std::vector<std::string> names;
    for (const auto& row : left.rows) names.push_back(row[0].value_or(""));
    return names;
}

Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                         const World& world) {
    using There = DatabaseRestore::There;
    if (!aim.owners && part.format == "plain")
        return usage("a plain dump holds its owners as SQL, so --no-owner can't leave them out; make the roles first");
    const auto target = TRY(target_of(source, aim, world));
    auto server = TRY(connect_beside(target, world));
    const auto via = part.format == "directory" ? std::string() : source.via; // its files lie here
    const auto programs = TRY(find_programs(std::max(server.major, major_of(part.client_version)), world, via));
    TRY_VOID(check_server(server, part, !aim.owners ? Roles::left_out : aim.globals ? Roles::made : Roles::needed));
    There there = There::nothing;
    const std::string named = "SELECT 1 FROM pg_database WHERE datname =" + quoted_text(target.database);
    if (TRY(has_row(server, named + " AND (datistemplate OR NOT datallowconn)")))
        return usage(fmt::format("database '{}' is a template of the server or closed: each new database would be a "
                                 "copy of it; name another database",
                                 target.database));
    if (TRY(has_row(server, named))) {
        auto inside = TRY(connect(target.address, world, target.database));
        there = TRY(is_empty(inside)) ? There::empty : There::full;
        TRY_VOID(check_prepared(server, target.database)); // before hours of work
    }
    if (there == There::full && aim.overwrite == Overwrite::no)
        return usage(fmt::format("database '{}' is not empty; name another database, or say --overwrite: the old "
                                 "database stays in use until the restore is complete, and is kept",
                                 target.database));
    if (!world.are_sets_signed) TRY_VOID(tell_of_rights(server));
    const std::string shown = server.shown;
    auto made = std::make_unique<DatabaseRestore>(target, part, world, programs, std::move(server),
                                                  aim.owners ? Owners::kept : Owners::dropped, there, aim.now);
    made->shown = fmt::format("database {} ({})", target.database, shown);
    return std::unique_ptr<Restore>(std::move(made));
}

Result<std::unique_ptr<Restore>> rehearse_on(const Part& part, const World& world) {
    const auto url = world.variables.get(world.verify_on);
    if (!url)
        return usage(
            fmt::format("variable '{}', which verify.on names, is not set; set it to the URL of a server where "
                        "a database may be made, or leave verify.on out",
                        world.verify_on));
    const Address address = TRY(read_address(*url, world.verify_on, world));
    Target target{address, with_end(part.database, "_verify")};
    if (target.address.kind != Address::Kind::postgres)
        return usage(fmt::format("{}, which verify.on names, is not a URL of PostgreSQL", world.verify_on));
    auto server = TRY(connect_beside(target, world));
    const auto programs = TRY(find_programs(std::max(server.major, major_of(part.client_version)), world));
    const bool owners = part.format == "plain"; // which holds them as SQL
    TRY_VOID(check_server(server, part, owners ? Roles::needed : Roles::left_out));
    auto made = std::make_unique<DatabaseRestore>(target, part, world, programs, std::move(server),
                                                  owners ? Owners::kept : Owners::dropped,
                                                  DatabaseRestore::There::nothing, SystemTime{});
    made->is_scratch = true; // a database of our own, on the server that verify.on names
    return std::unique_ptr<Restore>(std::move(made));
}

}
