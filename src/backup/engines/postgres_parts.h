#pragma once
#include "backup/engines/address.h"
#include "backup/engines/engine.h"
#include "sys/database/session.h"
#include "sys/stream/child.h"
#include <memory>
#include <set>
#include <string>
#include <vector>

// PostgreSQL, in parts: its programs, what a server tells, a dump, a restore, a server of one's own for a moment.
namespace fairlead::backup::postgres {

// pg_dump reads servers of its own major version and older ones, pg_restore files of its own and older ones.
struct Programs {
    sys::Path folder;
    std::string version; // "15.18"
    int major = 0;
    std::string via = {}; // "compose:db": in that container
};
// Of backup.pg_bin, in PATH, in /usr/lib/postgresql/*/bin: that of `major`, else the next newer one. Error (could_not)
// with both versions and the ways out.
Result<Programs> find_programs(int major, const World& world, const std::string& via = {});

// A session, and who answers.
struct Server {
    std::unique_ptr<sys::Session> session;
    std::string version; // "15.18"
    int major = 0;
    std::string database, shown; // "postgresql://app@db:5432/shop"
};
// `database`: another one than the address's.
Result<Server> connect(const Address& address, const World& world, const std::string& database = {});
// Error (could_not) with `what` when it is refused.
Result<sys::Answer> ask(Server& server, const std::string& sql, const std::string& what);
Result<std::unique_ptr<sys::Session>> open_by_psql(const Address& address, const std::string& database,
                                                   const std::string& shown, const World& world);
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

// In the transaction that the session is in; locks are given back. Those that are small enough, or all, are counted.
enum class Counts { of_small_ones, of_all };
Result<std::vector<TableCount>> count_tables(Server& server, Counts counts);
Result<void> add_facts(Server& server,
                       Part& part); // extensions, roles, encoding, locale, and what is there of each kind

// CREATE DATABASE with the encoding, provider and locale that the part's facts tell.
std::string creation(const std::string& name, const Part& part);

// What belongs to a database and is in no dump of it.
struct Setting {
    std::string kind;         // owner, limit, revoke, grant, set, comment
    std::string whose, which; // a role, empty: everybody's; a privilege, a parameter
    std::string value;
};
Result<std::vector<Setting>> settings_of(Server& server, const std::string& database);
std::string write_settings(const std::vector<Setting>& settings); // as a fact of a part
enum class Refused { fails, is_told };
Result<void> apply(Server& server, const std::vector<Setting>& settings, const std::string& database, Refused refused);
// Those of a set, on a database that was lost. What is refused is told.
enum class Custom { left_out, told }; // settings of an application's own, whose values no set has
Result<void> apply_kept(Server& server, const Part& part, const std::string& database, const World& world,
                        Custom custom = Custom::told);

// As argv and environment of a program of PostgreSQL's: no password in argv.
Result<sys::Stage> stage(const Programs& programs, std::vector<std::string> words, const Address& address,
                         const std::string& database, const World& world);

// Whether the last bytes of SQL are those of a whole dump. Since August 2025 a line with \unrestrict follows its mark.
bool has_end(std::string_view tail);
constexpr std::size_t end_size = 2000; // that many of them are enough

int major_of(std::string_view version); // "15.18" -> 15

// What any role may set for itself: SET of another one is left to superusers.
Result<std::set<std::string>> free_settings(Server& server);

// Reads the dump into `database`. Error (could_not) with what the program said; no: it holds what pg_dump doesn't
// write.
enum class Owners { kept, dropped };
Result<void> load(const Programs& programs, const Part& part, const Address& address, const std::string& database,
                  Owners owners, sys::Source& plain, const World& world);

Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                         const World& world);
// Databases that killed restores left on the server, and nobody is in.
Result<std::vector<std::string>> left_databases(Server& server);
Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world);
// In a database that is made for it on the server of verify.on.
Result<std::unique_ptr<Restore>> rehearse_on(const Part& part, const World& world);
Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world);

}
