#pragma once
#include "migrate/sql/statement.h"
#include <string_view>

namespace fairlead::migrate::sql {

std::string_view name_of(Lock lock); // "ACCESS EXCLUSIVE"; empty for none and unknown

// Returns the strongest lock that a statement takes on an existing table, index, view or sequence, on a server of that
// major version (13 to 18). (DETACH PARTITION … CONCURRENTLY takes ACCESS EXCLUSIVE on the partition once its readers
// are gone.)
Lock lock_of(const Statement& statement, int postgres);

// Whether the server can run it within a transaction.
bool is_transactional(const Statement& statement, int postgres);

}
