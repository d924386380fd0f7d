#pragma once
#include "backup/engines/redis_parts.h"
#include <string>
#include <vector>

// The databases of a server that a restore fills and then swaps with those that serve. Somebody else may write there at
// any time, so whatever empties or swaps one counts its keys in the same script on the server: keys that last exactly,
// keys with a time to live at most, as they may have expired. A key of somebody else that has a time to live is
// therefore only seen if fewer of ours expired.
namespace fairlead::backup::redis::beside {

struct Expected {
    int index = 0, database = 0; // the set's, and the one that is filled for it
    Keys ours;                   // without the mark
    std::string token;           // of the restore that fills it
};

// Marks an empty database as ours. What an earlier restore filled and did not put in place is emptied first if
// it is exactly that. False: somebody else uses it.
Result<bool> claim(const Client& target, const Expected& wanted);
enum class Left { nothing, all_ours, unclear };
// What an earlier restore left in a database that holds keys. Unclear: a part of its keys, or somebody else's as well.
Result<Left> left_in(const Client& target, int database);
// All keys of a database of the scratch server, which loses them. Error (could_not): one of these names is taken
// (BUSYKEY), or no connection.
Result<void> move(const Client& scratch, int index, const Where& target, int database);
// Takes what is ours. False: there is more, or it is another restore's by now; then the mark goes, and the rest stays.
Result<bool> empty(const Client& target, const Expected& ours);
// All of them at one moment, or none. -1, or the database that holds something else than what is expected.
Result<int> swap(const Client& target, const std::vector<Expected>& all);

}
