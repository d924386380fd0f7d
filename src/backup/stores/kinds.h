#pragma once
#include "backup/stores/address.h"
#include "backup/stores/store.h"
#include <memory>

// One function for each kind of store; store.cpp has the table of kinds.
namespace fairlead::backup {

enum class Over { no, yes }; // whether an existing object may be overwritten

// Opens a folder of this machine, which is created at the first write. Objects have mode 0600 in folders of mode 0700,
// and are synced to disk.
Result<std::unique_ptr<Store>> open_file_store(const StoreAddress& address, const sys::Environment& environment,
                                               const Around& around);
// Opens a folder of another machine, by the program ssh and the SFTP of its server. Keys, agents, known hosts and jumps
// come from ssh's own configuration.
Result<std::unique_ptr<Store>> open_ssh_store(const StoreAddress& address, const sys::Environment& environment,
                                              const Around& around);
// Opens a bucket of S3 or of a compatible server, with path-style URLs.
Result<std::unique_ptr<Store>> open_s3_store(const StoreAddress& address, const sys::Environment& environment,
                                             const Around& around);

}
