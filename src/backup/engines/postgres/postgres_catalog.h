#pragma once
#include "backup/engines/postgres/postgres_parts.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Describes a database beyond its numbers of rows: by the server's catalogue, and by checksums of the rows. The text is
// made from the dump's own snapshot and stored next to the dump. Level 4 compares a restored copy with it.
namespace fairlead::backup::postgres {

enum class Roles_of { database, server };
// Returns SQL queries; each gives rows of a name and a value.
std::vector<std::string> questions(int major, Roles_of roles);

// The tables whose rows get a checksum. some: the smallest tables, together up to 64 MiB or a tenth of all data,
// whichever is more.
enum class Digests { none, some, all };
// Runs in the session's current transaction, and restores its settings and locks afterwards. If the catalogue can't be
// read, warns and returns an empty text.
Result<std::string> write_catalog(Server& server, Digests digests);

// Properties that a copy has from the original. If a property is false, it is not compared.
struct Copied {
    bool owners = true;   // owners, rights and roles were copied
    bool sorting = true;  // it has the original's sort order of letters
    bool settings = true; // the settings of the database itself were copied
};
// Returns the differences between the copy and `catalog`, written by write_catalog(): "trigger audit on public.items is
// missing". Warns about differences that another machine may cause.
Result<std::vector<std::string>> compare(Server& copy, const std::string& catalog, const Copied& copied);

bool is_whole_catalog(std::string_view text);

// The differences between the lines of two catalogues.
struct Differences {
    std::vector<std::string> found, told; // told: differences that are normal on another machine
};
Differences differences_of(std::string_view was, std::string_view is, const Copied& copied);
// Returns a definition as the server writes it after a restore: it moves the casts of a list of varchar into the list.
std::string settled(std::string_view definition);

}
