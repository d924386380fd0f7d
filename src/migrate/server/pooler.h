#pragma once
#include "migrate/server/connect.h"

namespace fairlead::migrate::server {

struct Pooler {
    bool between = false;     // a pooler answers in place of the server
    bool transaction = false; // a session is only lent for one transaction, as far as we can tell
    std::string proof;        // "two sessions at once were given the same process 4711 of the server"
};

// Looks for a pooler by the process numbers of the server's sessions, because poolers make these numbers up. Opens a
// second session if there is a pooler. Error: could_not.
Result<Pooler> find_pooler(Connection& connection, const Address& address, const Wanted& wanted);

// Error (usage), with the way out: there is a transaction pooler.
Result<void> refuse_pooler(Connection& connection, const Address& address, const Wanted& wanted);

}
