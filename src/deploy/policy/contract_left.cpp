#include "deploy/policy/contract_left.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

namespace {
sys::Path contract_file(const sys::Path& folder) { return folder / "contract"; }
}

Result<std::optional<ContractLeft>> read_contract_left(const sys::Path& folder) {
    const auto text = TRY(ledger::read_or_empty(contract_file(folder)));
    const auto object = sys::parse_json(text, contract_file(folder).string());
    if (!object.ok() || !object->is_object()) return std::optional<ContractLeft>(); // torn: the next deployment asks
    ContractLeft left{one_line(sys::text_of(object.value(), "release")),
                      one_line(sys::text_of(object.value(), "reason"))};
    if (left.release.empty()) return std::optional<ContractLeft>();
    return std::optional(std::move(left));
}

Result<void> write_contract_left(const sys::Path& folder, const ContractLeft& left) {
    const sys::Json object{{"schema", 1}, {"release", left.release}, {"reason", mask(left.reason)}};
    return sys::write_file(contract_file(folder), ledger::checked_text(object, ledger::whose(folder)),
                           ledger::file_mode);
}

Result<void> remove_contract_left(const sys::Path& folder) { return sys::remove_tree(contract_file(folder)); }

}
