#pragma once
#include "migrate/sql/tokens.h"
#include <string>
#include <string_view>

namespace fairlead::migrate::sql {

// The head of a statement on one line for messages: string constants, which may be passwords, as '…', comments left
// out. The text may be cut anywhere.
std::string shown(std::string_view text, Dialect dialect = Dialect::postgres);

// What a database said, without the string constant that it quotes from the statement: `near "'…'"`.
std::string shown_message(std::string_view message);

}
