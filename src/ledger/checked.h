#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>

// A record in its own file: one JSON object with its owner and a digest of all other members. An empty file is damaged:
// we never write such a file.
namespace fairlead::ledger {

// Returns the owner, "app/environment": the last two names of the folder with the records; empty: there are no such
// names.
std::string whose(const sys::Path& folder);

// Returns the object with the members `of` (if not empty) and `check`, and a newline.
std::string checked_text(sys::Json object, const std::string& of, int indent = -1);
// Returns the object without the digest. `of`: the required owner; empty: any owner. Files of older versions have
// neither owner nor digest. Error (could_not), with its place: the text is empty, is not an object, is from a later
// version, has another owner, or was changed.
Result<sys::Json> read_checked(std::string_view text, const std::string& file, const std::string& of,
                               std::string_view tool);
void add_check(sys::Json& object);
bool holds_check(const sys::Json& object); // the digest is right, or missing

// Whether a later version wrote the line. It counts as undamaged and is left to that version.
bool is_later(std::string_view line);
Error later(const std::string& file, int line, std::string_view tool);

}
