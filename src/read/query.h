#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

// SQL that only asks, by its words. It is no wall: the session that asks it has to be one that may only read.
namespace fairlead::read {

// Why `sql` is not one question (SELECT, VALUES, TABLE, WITH that changes nothing; SQLite's PRAGMA that sets nothing):
// "COPY", "SELECT ... INTO", "two statements". Empty: it is one.
std::string not_a_question(std::string_view sql);

// Error (usage): it is none, with the way out.
Result<void> check_question(const std::string& sql);

}
