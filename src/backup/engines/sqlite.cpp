#include "sys/database/sqlite.h"
#include "backup/engines/address.h"
#include "backup/engines/beside.h"
#include "backup/engines/kinds.h"
#include "backup/scratch.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/database/sqlite_copy.h"
#include "sys/fault.h"
#include "sys/files/alike.h"
#include "sys/files/exchange.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/files.h"
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup {
namespace {

using sys::FileType;
using sys::Path;

Error refused(const std::string& path, const sys::Refusal& refusal) {
    return could_not(fmt::format("SQLite's file '{}': {}", path, refusal.message));
}

std::string quoted_name(std::string_view name) { return "\"" + replace_all(name, "\"", "\"\"") + "\""; }

// Tables of users, without SQLite's own and what lies behind virtual ones.
Result<std::vector<TableCount>> count_tables(const std::string& path) {
    const auto session = TRY(sys::open_sqlite({.path = path, .writable = false}));
    const auto names =
        TRY(session->run("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', "
                         "'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"));
    if (names.refusal) return refused(path, *names.refusal);
    std::vector<TableCount> tables;
    for (const auto& row : names.rows) {
        const std::string name = row.at(0).value_or("");
        const auto counted = TRY(session->run("SELECT count(*) FROM " + quoted_name(name)));
        if (counted.refusal) continue; // a virtual table whose module is not here
        tables.push_back(
            {name, static_cast<std::uint64_t>(parse_integer(counted.rows[0][0].value_or("0")).value_or(0)), true});
    }
    return tables;
}

Result<std::string> version_of_library(const std::string& path) {
    // A change that a killed program began is taken back by the first who may write.
    const bool is_left = sys::inspect(path + "-journal").size > 0;
    const auto opened = sys::open_sqlite({.path = path, .writable = is_left, .own_copy = true});
    const bool is_held =
        !opened.ok() && opened.error().message.find("another program holds its lock") != std::string::npos;
    if (!opened.ok() && is_left && !is_held)
        return could_not(fmt::format("{}; a killed program left it in the middle of a change: open it once as its "
                                     "owner (sqlite3 FILE .tables), which repairs it",
                                     opened.error().message));
    if (!opened.ok()) return opened.error();
    const auto read = TRY(opened.value()->run("SELECT count(*) FROM sqlite_master"));
    for (const std::string_view sign : {"malformed", "not a database", "unsupported file format"})
        if (read.refusal && read.refusal->message.find(sign) != std::string::npos)
            return could_not(fmt::format("SQLite's file '{}' is damaged: {}; bring it back from a set: restore latest",
                                         path, read.refusal->message));
    const auto answer = TRY(opened.value()->run("SELECT sqlite_version()"));
    return answer.refusal ? std::string() : answer.rows[0][0].value_or("");
}

Result<void> check_whole(const std::string& path) {
    const auto session = TRY(sys::open_sqlite({.path = path, .own_copy = true}));
    const auto answer = TRY(session->run("PRAGMA integrity_check(1)"));
    if (answer.refusal) return no(fmt::format("the database in it is damaged: {}", answer.refusal->message));
    const auto said = answer.rows.empty() ? std::string() : answer.rows[0][0].value_or("");
    if (said != "ok") return no(fmt::format("the database in it is damaged: {}", said));
    return {};
}

class SqliteDump : public Dump {
  public:
    SqliteDump(std::string path, sys::ScratchFolder folder) : path_(std::move(path)), folder_(std::move(folder)) {}

    // The copy is made here, so that what reads it finds one state.
    Result<void> write(sys::Sink& into) override {
        const auto copy = (folder_.path() / "copy").string();
        TRY_VOID(sys::copy_sqlite(path_, copy));
        part.tables = TRY(count_tables(copy));
        is_empty = part.tables.empty();
        const auto source = TRY(sys::file_source(copy));
        TRY(sys::pour(*source, into));
        return {};
    }

  private:
    std::string path_;
    sys::ScratchFolder folder_;
};

Result<void> store_file(sys::Source& plain, const Path& path) {
    const auto sink = TRY(sys::file_sink(path));
    TRY(sys::pour(plain, *sink));
    return sink->close();
}

Error is_there(const Path& target) {
    return usage(
        fmt::format("'{}' is there already; name another path, or say --overwrite: the old file is kept next to it",
                    target.string()));
}

// Written beside the target, so that a rename can put it there where nothing is.
class SqliteRestore : public Restore {
  public:
    SqliteRestore(Path target, const Aim& aim) : target_(std::move(target)), overwrite_(aim.overwrite), now_(aim.now) {
        shown = "sqlite:" + target_.string();
    }

    Result<void> fill(sys::Source& plain) override {
        auto scratch = TRY(scratch_beside(target_));
        scratch_.emplace(std::move(scratch));
        beside_ = scratch_->scratch.path() / "made"; // SQLite goes by names
        TRY_VOID(with_names(store_file(plain, scratch_->made()), *scratch_));
        return check_whole(beside_.string());
    }
    Result<std::vector<TableCount>> count() override { return count_tables(beside_.string()); }
    Result<std::unique_ptr<sys::Session>> session() override {
        return sys::open_sqlite({.path = beside_.string(), .own_copy = true});
    }
    // A program may write to the target until the moment of the lock, and may have made it since it was looked for.
    Result<std::string> change_places() override {
        if (sys::inspect(target_).type == FileType::absent) {
            TRY_VOID(check_nothing_beside());
            sys::fault_point("target-absent");
            if (TRY(with_names(sys::place_path(scratch_->made(), scratch_->target()), *scratch_))) return std::string();
        }
        const Path before = before_of(target_, now_);
        switch (TRY(sys::replace_sqlite({.from = beside_.string(),
                                         .into = target_.string(),
                                         .kept = before.string(),
                                         .may_replace = overwrite_ == Overwrite::yes}))) {
        case sys::Replaced::nothing: return std::string();
        case sys::Replaced::refused: return is_there(target_);
        case sys::Replaced::foreign: return put_aside(before);
        case sys::Replaced::content: break;
        }
        TRY_VOID(sys::look_like(before, target_));
        return "the old file is kept as " + before.string();
    }

  private:
    // The next one to open the new file would take them for its own.
    Result<void> check_nothing_beside() const {
        for (const char* end : {"-wal", "-journal"})
            if (const auto part = target_.string() + end; sys::inspect(part).size > 0)
                return could_not(fmt::format("'{}' belongs to another file, but would be taken for a part of '{}'; "
                                             "move it away, and run the command again",
                                             part, target_.string()));
        return {};
    }
    // What SQLite can't read is kept as it is, with what lies beside it. Between the renames nothing has the name.
    Result<std::string> put_aside(const Path& before) {
        if (overwrite_ == Overwrite::no) return is_there(target_);
        for (const char* end : {"-wal", "-journal", "-shm"})
            if (const Path part = target_.string() + end; sys::inspect(part).type != FileType::absent)
                TRY_VOID(sys::rename_path(part, before.string() + end));
        const auto kept = TRY(replace_file(beside_, target_, now_));
        return kept.empty() ? kept : kept + "; restart the programs that have it open, which go on writing there";
    }
    Path target_, beside_;
    std::optional<Beside> scratch_;
    Overwrite overwrite_;
    SystemTime now_;
};

// What is in work lies beside the name by which the file was opened (https://sqlite.org/howtocorrupt.html, 2.5).
Result<void> check_names(const Path& file) {
    std::error_code error;
    if (const auto names = std::filesystem::hard_link_count(file, error); error || names < 2) return {};
    return could_not(fmt::format("SQLite's file '{}' has a second name (a hard link), and changes made under one name "
                                 "can't be seen under the other; keep only one name: find / -samefile {} lists all",
                                 file.string(), shell_word(file.string())));
}

Result<void> check_target(const Path& target, Overwrite overwrite) {
    const auto there = sys::inspect(target);
    if (there.type != FileType::absent && there.type != FileType::file)
        return usage(fmt::format("'{}' is there and is not a file; name another path", target.string()));
    if (there.size > 0 && overwrite == Overwrite::no) return is_there(target);
    return check_names(target);
}

// What a link names is where the application's data are, even if the file itself is lost.
Path where_data_are(const Path& path) {
    constexpr int most_links = 40;
    std::error_code failed;
    if (auto real = std::filesystem::canonical(path, failed); !failed) return real;
    Path lost = path;
    for (int link = 0; link < most_links && std::filesystem::is_symlink(lost, failed); ++link)
        lost = lost.parent_path() / std::filesystem::read_symlink(lost, failed);
    return lost;
}

Result<Path> target_of(const SourceSettings& source, const Aim& aim, const World& world) {
    if (aim.to == "original") {
        const auto address = TRY(find_address(source, world));
        if (address.kind != Address::Kind::sqlite)
            return usage(fmt::format("the set holds a file of SQLite, and {} names a server; say --to and a path, or "
                                     "name the variable with the file's URL by --url-env",
                                     address.variable));
        return where_data_are(address.path);
    }
    constexpr std::string_view by_variable = "env:";
    std::string path = aim.to;
    if (path.starts_with(by_variable)) {
        const std::string variable = path.substr(by_variable.size());
        path = world.variables.get_or(variable, "");
        if (path.empty()) return usage(fmt::format("variable '{}', which --to names, is not set", variable));
    }
    if (path.starts_with("sqlite:")) {
        const auto address = TRY(read_address(path, "--to", world));
        return Path(address.path);
    }
    if (path.find("://") != path.npos)
        return usage("the set holds a file of SQLite, and --to names a server; write a path");
    return (world.folder / path).lexically_normal();
}

class SqliteScratch : public Restore {
  public:
    explicit SqliteScratch(sys::ScratchFolder folder) : folder_(std::move(folder)), path_(folder_.path() / "scratch") {
        shown = "a temporary file";
        is_scratch = true;
    }
    Result<void> fill(sys::Source& plain) override {
        TRY_VOID(store_file(plain, path_));
        return check_whole(path_.string());
    }
    Result<std::vector<TableCount>> count() override { return count_tables(path_.string()); }
    Result<std::unique_ptr<sys::Session>> session() override {
        return sys::open_sqlite({.path = path_.string(), .own_copy = true});
    }
    Result<std::string> change_places() override { return std::string(); }

  private:
    sys::ScratchFolder folder_;
    Path path_;
};

class Sqlite : public Engine {
  public:
    std::string_view name() const override { return "sqlite"; }

    Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) const override {
        const auto address = TRY(find_address(source, world));
        if (address.kind != Address::Kind::sqlite)
            return usage(fmt::format("source '{}' is of engine sqlite, and {} names a server; expected "
                                     "sqlite:data/app.db",
                                     source.name, address.variable),
                         source.place);
        if (sys::inspect(address.path).type == FileType::absent)
            return could_not(fmt::format("SQLite's file '{}' of {} is not there; nothing can be backed up",
                                         address.path, address.variable));
        if (!sys::check_is_file(address.path).ok())
            return usage(
                fmt::format("'{}' of {} is not a file; name the file of SQLite", address.path, address.variable),
                source.place);
        TRY_VOID(check_names(address.path));
        auto folder = TRY(sys::ScratchFolder::make(scratch_of_files));
        auto dump = std::make_unique<SqliteDump>(address.path, std::move(folder));
        dump->shown = "sqlite:" + address.path;
        dump->ending = "sqlite";
        dump->part.name = source.name;
        dump->part.engine = name();
        dump->part.format = "file";
        dump->part.database = address.path;
        dump->part.server_version = dump->part.client_version = TRY(version_of_library(address.path));
        dump->part.consistency = "snapshot";
        std::vector<std::unique_ptr<Dump>> all;
        all.push_back(std::move(dump));
        return all;
    }

    Result<std::vector<std::string>> left_behind(const SourceSettings& source, const World& world) const override {
        const auto address = TRY(find_address(source, world));
        return left_beside(address.path);
    }

    Result<void> look_at(const Part&, sys::Source& plain, const World&) const override {
        auto folder = TRY(sys::ScratchFolder::make(scratch_of_files));
        SqliteScratch scratch(std::move(folder));
        return scratch.take(plain);
    }

    Result<std::unique_ptr<Restore>> restore(const Part&, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        const Path target = TRY(target_of(source, aim, world));
        auto restore = std::make_unique<SqliteRestore>(target, aim);
        if (sys::inspect(target.parent_path()).type == FileType::absent)
            return usage(
                fmt::format("folder '{}' is not there; make it, or name another path", target.parent_path().string()));
        TRY_VOID(check_target(target, aim.overwrite));
        restore->replaces = target;
        if (sys::inspect(target).size > 0) restore->act = "replaces the database in " + target.string();
        return std::unique_ptr<Restore>(std::move(restore));
    }

    Result<std::unique_ptr<Restore>> rehearse(const Part&, const World&) const override {
        auto folder = TRY(sys::ScratchFolder::make(scratch_of_files));
        return std::unique_ptr<Restore>(std::make_unique<SqliteScratch>(std::move(folder)));
    }
};

}

const Engine& sqlite_engine() {
    static const Sqlite engine;
    return engine;
}

}
