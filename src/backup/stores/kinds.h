#pragma once
#include "backup/stores/address.h"
#include "backup/stores/store.h"
#include <memory>

// The kinds of store; store.cpp has their table.
namespace fairlead::backup {

enum class Over { no, yes }; // what is there already

// A folder of this machine, made when something is first written. Objects are 0600 in folders of 0700, and synced.
Result<std::unique_ptr<Store>> open_file_store(const StoreAddress& address, const sys::Environment& environment,
                                               const Around& around);
// A folder of another machine, by the program ssh and its server's SFTP: keys, agents, known hosts and jumps are as ssh
// has them.
Result<std::unique_ptr<Store>> open_ssh_store(const StoreAddress& address, const sys::Environment& environment,
                                              const Around& around);
// A bucket of S3 or of a server that speaks like it, by URLs of path style.
Result<std::unique_ptr<Store>> open_s3_store(const StoreAddress& address, const sys::Environment& environment,
                                             const Around& around);

}
