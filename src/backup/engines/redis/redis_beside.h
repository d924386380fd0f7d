#pragma once
#include "backup/engines/redis/redis_parts.h"
#include <string>
#include <vector>

// A restore fills unused databases of a server, and then swaps them with the databases in use. Other clients may write
// to them at any time. So each script that empties or swaps a database first counts its keys, on the server. The number
// of lasting keys must be exact. The number of keys with a time to live may be smaller, because keys may have expired.
// So such a key of another client may go unnoticed if one of ours expired.
namespace fairlead::backup::redis::beside {

struct Expected {
    int index = 0, database = 0; // the index in the set, and the database that is filled for it
    Keys ours;                   // without the mark
    std::string token;           // of the restore that fills it
};

// Marks an empty database as ours. If the database has exactly the keys of an earlier, unfinished restore, it is
// emptied first. False: another client uses it.
Result<bool> claim(const Client& target, const Expected& wanted);
enum class Left { nothing, all_ours, unclear };
// Returns what an earlier restore left in a database that holds keys. Unclear: some of the restore's keys are missing,
// or there are keys of other clients, too.
Result<Left> left_in(const Client& target, int database);
// Moves all keys of a database out of the scratch server. Error (could_not): a key's name is taken (BUSYKEY), or there
// is no connection.
Result<void> move(const Client& scratch, int index, const Where& target, int database);
// Removes our keys. False: there are other keys, too, or another restore has the database now. Then only the mark is
// removed.
Result<bool> empty(const Client& target, const Expected& ours);
// Swaps all databases in one step, or none of them. Returns -1, or the database with unexpected content.
Result<int> swap(const Client& target, const std::vector<Expected>& all);

}
