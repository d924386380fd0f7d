#pragma once
#include "migrate/sql/statement.h"
#include <string_view>

namespace fairlead::migrate::sql {

// Modes of a table's lock in PostgreSQL, from the weakest on; their order is who waits for whom.
enum class Lock {
    none,
    access_share,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
    unknown // of a statement that isn't understood, or that runs what nobody sees here
};
std::string_view name_of(Lock lock); // "ACCESS EXCLUSIVE"; empty for none and unknown

// The strongest one that it takes on a table, index, view or sequence that was there before, by a server of that major
// version (13 to 18).
Lock lock_of(const Statement& statement, int postgres);

// Whether the server runs it within a transaction.
bool is_transactional(const Statement& statement, int postgres);

}
