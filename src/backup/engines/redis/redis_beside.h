#pragma once
#include "backup/engines/redis/redis_parts.h"
#include <string>
#include <vector>

// The databases of a server that a restore fills and then swaps with the databases in use. Other clients may write
// there at any time. So each script that empties or swaps a database counts its keys first, on the server. The number
// of lasting keys must be exact. The number of keys with a time to live may be smaller, as keys may have expired. So
// another client's key with a time to live is noticed only if fewer of our keys expired.
namespace fairlead::backup::redis::beside {

struct Expected {
    int index = 0, database = 0; // the index in the set, and the database that is filled for it
    Keys ours;                   // without the mark
    std::string token;           // of the restore that fills it
};

// Marks an empty database as ours. If it holds exactly the keys of an earlier, unfinished restore, empties it first.
// False: another client uses it.
Result<bool> claim(const Client& target, const Expected& wanted);
enum class Left { nothing, all_ours, unclear };
// Returns what an earlier restore left in a database that holds keys. Unclear: only a part of its keys is there, or
// keys of other clients are there, too.
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
