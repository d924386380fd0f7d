#pragma once
#include "base/result.h"
#include "sys/storage/storage.h"
#include <memory>
#include <string_view>

// The kinds of storage; storage.cpp has their table.
namespace fairlead::sys {

// A folder of this machine, made when it is missing. Objects are 0600 in folders of 0700, and synced.
Result<std::unique_ptr<Storage>> open_file_storage(std::string_view address);

}
