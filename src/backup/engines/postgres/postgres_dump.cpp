#include "backup/engines/postgres/postgres_catalog.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/scratch.h"
#include "base/text.h"
#include "sys/database/without_values.h"
#include "sys/files/log.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/tar.h"
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup::postgres {
namespace {

// All of it; the end of what passed.
Result<std::string> pour_and_keep_end(sys::Source& from, sys::Sink& into) {
    std::string tail, piece(sys::stream_piece, '\0');
    while (true) {
        const std::size_t count = TRY(from.read(piece));
        if (count == 0) return tail;
        TRY_VOID(into.write(std::string_view(piece).substr(0, count)));
        tail.append(piece, count - std::min(count, end_size), std::min(count, end_size));
        if (tail.size() > end_size) tail.erase(0, tail.size() - end_size);
    }
}

// What pg_dump's last words mean, with the way out.
struct Advice {
    std::string_view words, way;
};
constexpr Advice advices[] = {
    {"conflict with recovery", "this is a replica: set hot_standby_feedback = on there, or back up its primary"},
    {"row-level security", "back up as a role with BYPASSRLS, or as the tables' owner"},
    {"permission denied", "back up as the database's owner, or grant it pg_read_all_data"},
};

// All that the program prints; its last lines are told where it fails.
Result<std::string> printed(const sys::Stage& stage, sys::Sink& into) {
    const auto child = TRY(sys::ChildSource::start(stage));
    auto tail = pour_and_keep_end(*child, into);
    if (tail.ok()) return tail;
    const auto said = child->said();
    std::string_view way;
    for (const auto& line : said) {
        if (!sys::shows_rows(line)) sys::log_warning(fmt::format("{}: {}", stage.name, sys::without_values(line)));
        for (const Advice& one : advices)
            if (line.find(one.words) != line.npos) way = one.way;
    }
    auto error = std::move(tail).error();
    error.message = sys::without_values(error.message);
    if (!way.empty()) error.message += fmt::format("; {}", way);
    return error;
}

// A dump needs all rows of all tables; told by a look, so that doctor knows it, too.
constexpr const char* unreadable =
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), row_security_active(c.oid), current_user FROM "
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> "
    "'t' "
    "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d "
    "WHERE "
    "d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AND (row_security_active(c.oid) OR NOT "
    "has_schema_privilege(n.oid, 'USAGE') OR NOT has_any_column_privilege(c.oid, 'SELECT')) ORDER BY 2 DESC, 1 LIMIT 1";

Result<void> check_rights(Server& server) {
    const auto told = TRY(ask(server, unreadable, "its rights can't be read"));
    if (told.rows.empty()) return {};
    const auto text = [&](std::size_t column) { return told.rows[0][column].value_or(""); };
    if (text(1) == "t")
        return could_not(fmt::format("{}: rows of {} are hidden from role {} by row-level security; {}", server.shown,
                                     text(0), text(2), advices[1].way));
    return could_not(fmt::format("{}: role {} may not read {}: permission denied; {}", server.shown, text(2), text(0),
                                 advices[2].way));
}

class DatabaseDump : public Dump {
  public:
    DatabaseDump(Address address, Programs programs, const World& world, const SourceSettings& source,
                 std::shared_ptr<std::string> catalog)
        : address_(std::move(address)), programs_(std::move(programs)), world_(world), catalog_(std::move(catalog)),
          is_plain_(source.dump == "plain"), is_directory_(source.dump == "directory"), jobs_(source.jobs) {}

    // Rows are counted, and all is looked at, in the very snapshot that pg_dump reads.
    Result<void> write(sys::Sink& into) override {
        auto server = TRY(connect(address_, world_));
        snapshot_.emplace(std::move(server));
        TRY_VOID(say("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"));
        const auto exported = TRY(ask(*snapshot_, "SELECT pg_export_snapshot()", "no snapshot can be taken"));
        TRY_VOID(add_facts(*snapshot_, part));
        TRY_VOID(say("SAVEPOINT counted"));
        part.tables = TRY(count_tables(*snapshot_, Counts::of_small_ones));
        is_empty = part.tables.empty();
        *catalog_ = TRY(write_catalog(*snapshot_, world_.digests == "all"    ? Digests::all
                                                  : world_.digests == "none" ? Digests::none
                                                                             : Digests::some));
        TRY_VOID(say("ROLLBACK TO SAVEPOINT counted")); // and the locks are free for who waits
        const std::string id = exported.rows[0][0].value_or("");
        std::vector<std::string> words = {"pg_dump",
                                          is_plain_       ? "-Fp"
                                          : is_directory_ ? "-Fd"
                                                          : "-Fc",
                                          "--no-password", "--lock-wait-timeout=30s", "--snapshot=" + id};
        // Bytes of any kind may be in it, which no other encoding takes.
        if (part.facts["encoding"] == "SQL_ASCII") words.insert(words.end(), {"-E", "SQL_ASCII"});
        if (!is_plain_) words.push_back("-Z0"); // what it writes is packed as a whole afterwards
        if (is_directory_) return write_folder(std::move(words), into);
        const auto stage = TRY(postgres::stage(programs_, std::move(words), address_, "", world_));
        const auto tail = TRY(printed(stage, into));
        snapshot_.reset();
        if (!is_plain_ || has_end(tail)) return {};
        return could_not(fmt::format("{}: the dump lacks its end, though pg_dump reported no error", shown));
    }

  private:
    Result<void> say(const std::string& sql) {
        TRY(ask(*snapshot_, sql, "a snapshot can't be held"));
        return {};
    }

    // Several at once write a folder, and the set has one file of it.
    Result<void> write_folder(std::vector<std::string> words, sys::Sink& into) {
        const auto folder = TRY(sys::ScratchFolder::make(scratch_of_dump));
        const auto dump = folder.path() / "dump";
        words.insert(words.end(), {"-j", std::to_string(jobs_), "-f", dump.string()});
        const auto stage = TRY(postgres::stage(programs_, std::move(words), address_, "", world_));
        TRY(printed(stage, into)); // nothing
        snapshot_.reset();
        TRY(sys::write_tar(dump, {.excluded = {}, .attributes = false}, into));
        return {};
    }

    Address address_;
    Programs programs_;
    const World& world_;
    std::shared_ptr<std::string> catalog_;
    bool is_plain_, is_directory_;
    std::int64_t jobs_;
    std::optional<Server> snapshot_;
};

class GlobalsDump : public Dump {
  public:
    GlobalsDump(Address address, Programs programs, const World& world)
        : address_(std::move(address)), programs_(std::move(programs)), world_(world) {}

    Result<void> write(sys::Sink& into) override {
        const auto stage = TRY(postgres::stage(
            programs_, {"pg_dumpall", "--globals-only", "--no-role-passwords", "--no-password", "-l", part.database},
            address_, "", world_));
        const auto tail = TRY(printed(stage, into));
        if (has_end(tail)) return {};
        return could_not(fmt::format("{}: the dump of roles lacks its end", shown));
    }

  private:
    Address address_;
    Programs programs_;
    const World& world_;
};

// What the database was in the snapshot of the dump before it.
class CatalogDump : public Dump {
  public:
    explicit CatalogDump(std::shared_ptr<std::string> text) : text_(std::move(text)) {}
    Result<void> write(sys::Sink& into) override { return into.write(*text_); }

  private:
    std::shared_ptr<std::string> text_;
};

}

bool has_end(std::string_view tail) {
    const auto lines = split(tail, '\n');
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (line->starts_with("-- PostgreSQL database") && line->ends_with(" dump complete")) return true;
        if (!line->empty() && !line->starts_with("--") && !line->starts_with("\\unrestrict ")) return false;
    }
    return false;
}

Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) {
    const auto address = TRY(find_address(source, world));
    if (address.kind != Address::Kind::postgres)
        return usage(fmt::format("source '{}' is of engine postgres, and {} names a file of SQLite", source.name,
                                 address.variable),
                     source.place);
    auto server = TRY(connect(address, world));
    TRY_VOID(check_rights(server));
    const auto programs = TRY(find_programs(server.major, world, source.via));
    const auto text = std::make_shared<std::string>();
    auto database = std::make_unique<DatabaseDump>(address, programs, world, source, text);
    database->ending = source.dump == "plain" ? "sql" : source.dump == "directory" ? "tar" : "dump";
    if (source.dump == "directory") database->part.facts["jobs"] = std::to_string(source.jobs);
    auto globals = std::make_unique<GlobalsDump>(address, programs, world);
    globals->ending = "sql";
    auto catalog = std::make_unique<CatalogDump>(text);
    catalog->ending = "txt";
    std::vector<std::unique_ptr<Dump>> all;
    for (Dump* dump :
         {static_cast<Dump*>(database.get()), static_cast<Dump*>(globals.get()), static_cast<Dump*>(catalog.get())}) {
        dump->shown = server.shown;
        dump->part.engine = "postgres";
        dump->part.name = source.name;
        dump->part.database = server.database;
        dump->part.server_version = server.version;
        dump->part.client_version = programs.version;
    }
    database->part.format = source.dump;
    database->part.consistency = "snapshot";
    globals->part.name += ".globals";
    globals->part.format = "globals";
    all.push_back(std::move(database));
    all.push_back(std::move(globals));
    catalog->part.name += ".catalog";
    catalog->part.format = "catalog";
    catalog->part.consistency = "snapshot";
    all.push_back(std::move(catalog));
    return all;
}

}
