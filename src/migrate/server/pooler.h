#pragma once
#include "migrate/server/connect.h"

namespace fairlead::migrate::server {

struct Pooler {
    bool between = false;     // somebody answers in the server's place
    bool transaction = false; // and lends a session for one transaction only, as far as anybody can tell
    std::string proof;        // "two sessions at once were given the same process 4711 of the server"
};

// By the numbers of the server's processes: whoever stands between makes them up. Opens a second session where there is
// somebody. Error (could_not).
Result<Pooler> find_pooler(Connection& connection, const Address& address, const Wanted& wanted);

// Error (usage): a transaction pooler, with the way out.
Result<void> refuse_pooler(Connection& connection, const Address& address, const Wanted& wanted);

}
