#pragma once
#include "backup/engines/address.h"
#include "backup/engines/engine.h"
#include "sys/database/session.h"
#include "sys/stream/child.h"
#include <memory>
#include <set>
#include <string>
#include <vector>

// The parts of the PostgreSQL engine: its programs, questions to a server, dump, restore, and temporary servers.
namespace fairlead::backup::postgres {

// pg_dump reads from servers of its own major version and older versions. pg_restore reads files of its own version and
// older versions.
struct Programs {
    sys::Path folder;
    std::string version; // "15.18"
    int major = 0;
    std::string via = {}; // "compose:db": the programs run in that container
};
// Looks in backup.pg_bin, in PATH and in /usr/lib/postgresql/*/bin for programs of version `major`, or else the next
// newer version. Error (could_not) names both versions and the ways out.
Result<Programs> find_programs(int major, const World& world, const std::string& via = {});

// A session with a server, and the server's version and name.
struct Server {
    std::unique_ptr<sys::Session> session;
    std::string version; // "15.18"
    int major = 0;
    std::string database, shown; // "postgresql://app@db:5432/shop"
};
// `database` replaces the address's database.
Result<Server> connect(const Address& address, const World& world, const std::string& database = {});
// Error (could_not): the server refuses the SQL; the message begins with `what`.
Result<sys::Answer> ask(Server& server, const std::string& sql, const std::string& what);
Result<std::unique_ptr<sys::Session>> open_by_psql(const Address& address, const std::string& database,
                                                   const std::string& shown, const World& world);
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

// Counts the rows of all tables, or only of small tables. Runs in the session's current transaction, and
// releases its locks afterwards.
enum class Counts { of_small_ones, of_all };
Result<std::vector<TableCount>> count_tables(Server& server, Counts counts);
Result<void> add_facts(Server& server,
                       Part& part); // extensions, roles, encoding, locale, and numbers of objects by kind

// Returns CREATE DATABASE with the encoding, provider and locale from the part's facts.
std::string creation(const std::string& name, const Part& part);

// A setting that belongs to a database, but is not in a dump of it.
struct Setting {
    std::string kind;         // owner, limit, revoke, grant, set, comment
    std::string whose, which; // a role (empty: all roles); a privilege or a parameter
    std::string value;
};
Result<std::vector<Setting>> settings_of(Server& server, const std::string& database);
std::string write_settings(const std::vector<Setting>& settings); // as a fact of a part
enum class Refused { fails, is_told };
Result<void> apply(Server& server, const std::vector<Setting>& settings, const std::string& database, Refused refused);
// Applies the settings of a set to a database that was lost. Warns about settings that the server refuses.
enum class Custom { left_out, told }; // settings that an application defined itself; no set has their values
Result<void> apply_kept(Server& server, const Part& part, const std::string& database, const World& world,
                        Custom custom = Custom::told);

// Returns argv and environment for a program of PostgreSQL. argv contains no password.
Result<sys::Stage> stage(const Programs& programs, std::vector<std::string> words, const Address& address,
                         const std::string& database, const World& world);

// Whether `tail` is the end of a complete SQL dump. Since August 2025 a line with \unrestrict follows the end mark.
bool has_end(std::string_view tail);
constexpr std::size_t end_size = 2000; // has_end() needs this many bytes

int major_of(std::string_view version); // "15.18" -> 15

// Returns the settings that any role may change for itself. Only superusers may SET any other setting.
Result<std::set<std::string>> free_settings(Server& server);

// Reads the dump into `database`. Error (could_not), with the program's message: it failed. Error (no): the dump
// contains something that pg_dump doesn't write.
enum class Owners { kept, dropped };
Result<void> load(const Programs& programs, const Part& part, const Address& address, const std::string& database,
                  Owners owners, sys::Source& plain, const World& world);

Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                         const World& world);
// Returns the databases that killed restores left on the server and that have no sessions.
Result<std::vector<std::string>> left_databases(Server& server);
Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world);
// Restores into a new database on the server of verify.on.
Result<std::unique_ptr<Restore>> rehearse_on(const Part& part, const World& world);
Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world);

}
