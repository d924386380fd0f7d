#pragma once
#include "backup/stores/address.h"
#include "backup/stores/store.h"
#include <memory>

// The kinds of store; store.cpp has their table.
namespace fairlead::backup {

// A folder of this machine, made when something is first written. Objects are 0600 in folders of 0700, and synced.
Result<std::unique_ptr<Store>> open_file_store(const StoreAddress& address, const sys::Environment& environment,
                                               const Around& around);

}
