#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>

// A note that contracting migrations of the serving release must still run, because the old release is kept warm or
// because they failed. It is the file `contract` in the ledger's folder.
namespace fairlead::deploy {

struct ContractLeft {
    std::string release; // the release of the migrations
    // why they failed; empty: the old release is kept warm, or other components are deployed first
    std::string reason;
};

Result<std::optional<ContractLeft>> read_contract_left(const sys::Path& folder);
Result<void> write_contract_left(const sys::Path& folder, const ContractLeft& left);
Result<void> remove_contract_left(const sys::Path& folder);

}
