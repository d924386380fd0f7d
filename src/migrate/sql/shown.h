#pragma once
#include "migrate/sql/tokens.h"
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// Returns the beginning of a statement on one line for messages, without comments. String constants, which may be
// passwords, become '…'. The text may be cut anywhere.
std::string shown(std::string_view text, Dialect dialect = Dialect::postgres);

// Returns a database's message without the string constants that it quotes from the statement: `near "'…'"`.
std::string shown_message(std::string_view message);

}
