#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

// Checks by the words of SQL that it only reads. This is not a protection: the session itself must be read-only.
namespace fairlead::read {

// Returns why `sql` is not one query (SELECT, VALUES, TABLE, WITH that changes nothing; SQLite's PRAGMA that sets
// nothing): "COPY", "SELECT ... INTO", "two statements". Empty: it is one query.
std::string not_a_question(std::string_view sql);

// Error (usage), with the way out: it is not one query.
Result<void> check_question(const std::string& sql);

}
