#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>

// A record that has a file of its own: one JSON object that says whose it is, and holds a digest of all else that it
// says. An empty file is a damaged one: nobody writes it so.
namespace fairlead::ledger {

// "app/environment": the last two names of the folder that holds the records; empty: it has no such names.
std::string whose(const sys::Path& folder);

// The object with its members `of` (where there is one) and `check`, and a newline.
std::string checked_text(sys::Json object, const std::string& of, int indent = -1);
// The object without the digest. `of`: whose it has to be; empty: anybody's. What an older version wrote says neither.
// Error (could_not), with its place: it is empty, no object, of a later version, another one's, or was changed.
Result<sys::Json> read_checked(std::string_view text, const std::string& file, const std::string& of,
                               std::string_view tool);
void add_check(sys::Json& object);
bool holds_check(const sys::Json& object); // or has none

// A later version's is whole: it is left to that version.
bool is_later(std::string_view line);
Error later(const std::string& file, int line, std::string_view tool);

}
