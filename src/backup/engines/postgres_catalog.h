#pragma once
#include "backup/engines/postgres_parts.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a database is beyond its rows' number: what its catalogue tells, and sums of the rows themselves. Written beside
// a dump from the dump's own snapshot, and held against a copy at level 4.
namespace fairlead::backup::postgres {

enum class Roles_of { database, server };
// Each gives rows of a name and a value.
std::vector<std::string> questions(int major, Roles_of roles);

// Which tables' rows are summed up: the smallest, together up to 64 MiB or a tenth of all.
enum class Digests { none, some, all };
// In the transaction that the session is in; its settings and locks are given back. A catalogue that can't be told is a
// warning, and an empty text.
Result<std::string> write_catalog(Server& server, Digests digests);

// What of a copy can't be as it was, so that nobody holds it against the original.
struct Copied {
    bool owners = true;   // owners, rights and roles came along
    bool sorting = true;  // it has the original's order of letters
    bool settings = true; // and what belongs to the database itself
};
// What of `catalog`, written by write_catalog(), is not so in the copy: "trigger audit on public.items is missing".
// What another machine may have otherwise is a warning.
Result<std::vector<std::string>> compare(Server& copy, const std::string& catalog, const Copied& copied);

bool is_whole_catalog(std::string_view text);

// Of two catalogues' lines.
struct Differences {
    std::vector<std::string> found, told; // told: a copy on another machine may be so
};
Differences differences_of(std::string_view was, std::string_view is, const Copied& copied);
// As the server writes a condition again that was restored: it moves the casts of a list of varchar into the list.
std::string settled(std::string_view definition);

}
