// A part's dump into a database.
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/postgres/postgres_script.h"
#include "backup/scratch.h"
#include "sys/database/without_values.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/tar.h"
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

// pg_restore's own jobs need files.
Result<void> load_folder(const Programs& programs, const Part& part, const Address& address,
                         const std::string& database, Owners owners, sys::Source& plain, const World& world) {
    const auto folder = TRY(sys::ScratchFolder::make(scratch_of_dump));
    TRY(sys::extract_tar(plain, part.file, folder.path()));
    const auto jobs = part.facts.find("jobs");
    std::vector<std::string> words = {"pg_restore", "--exit-on-error", "--no-password", "-j",
                                      jobs == part.facts.end() ? "1" : jobs->second};
    if (owners == Owners::dropped) words.insert(words.end(), {"--no-owner", "--no-acl"});
    words.insert(words.end(), {"-d", database, folder.path().string()});
    const auto stage = TRY(postgres::stage(programs, std::move(words), address, database, world));
    const auto child = TRY(sys::ChildSource::start(stage));
    std::string piece(sys::stream_piece, '\0');
    while (TRY(child->read(piece)) > 0) continue;
    return {};
}

// SQL is a program of psql's, too: what only pg_dump's own lines may ask of it.
Result<void> load_script(const Programs& programs, const Part& part, const Address& address,
                         const std::string& database, sys::Source& plain, const World& world) {
    const bool is_restricted = knows_restrict(programs.version);
    if (!is_restricted && !world.are_sets_signed)
        return could_not(
            fmt::format("'{}' is SQL that no trusted key signed, and psql {} would obey its backslash commands; "
                        "install psql 13.22, 14.19, 15.14, 16.10, 17.6 or newer, or sign sets (backup.sign)",
                        part.file, programs.version));
    const std::vector<std::string> words = {
        "psql", "-X", "-q", "--no-password", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", database};
    const auto stage = TRY(postgres::stage(programs, words, address, database, world));
    const auto child = TRY(sys::ChildSink::start(stage));
    if (is_restricted) TRY_VOID(child->write(restrict_line()));
    Script script(part.file, world.are_sets_signed ? Signed::yes : Signed::no, *child);
    TRY(sys::pour(plain, script));
    TRY_VOID(script.close());
    return child->close();
}

// One stream, or SQL.
Result<void> load_any(const Programs& programs, const Part& part, const Address& address, const std::string& database,
                      Owners owners, sys::Source& plain, const World& world) {
    if (part.format == "directory") return load_folder(programs, part, address, database, owners, plain, world);
    if (part.format == "plain") return load_script(programs, part, address, database, plain, world);
    std::vector<std::string> words = {"pg_restore", "--exit-on-error", "--single-transaction", "--no-password"};
    if (owners == Owners::dropped) words.insert(words.end(), {"--no-owner", "--no-acl"});
    words.insert(words.end(), {"-d", database});
    const auto stage = TRY(postgres::stage(programs, std::move(words), address, database, world));
    const auto child = TRY(sys::ChildSink::start(stage));
    TRY(sys::pour(plain, *child));
    return child->close();
}

}

Result<void> load(const Programs& programs, const Part& part, const Address& address, const std::string& database,
                  Owners owners, sys::Source& plain, const World& world) {
    auto loaded = load_any(programs, part, address, database, owners, plain, world);
    if (loaded.ok()) return loaded;
    auto error = std::move(loaded).error();
    error.message = sys::without_values(error.message);
    return error;
}

}
