#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <optional>
#include <string>

// That contracting migrations of what serves are still to run: the old release stays warm, or they failed. The file
// `contract` in the ledger's folder.
namespace fairlead::deploy {

struct ContractLeft {
    std::string release; // whose they are
    std::string reason; // why they did not run; empty: the old release stays warm, or others are deployed with it first
};

Result<std::optional<ContractLeft>> read_contract_left(const sys::Path& folder);
Result<void> write_contract_left(const sys::Path& folder, const ContractLeft& left);
Result<void> remove_contract_left(const sys::Path& folder);

}
