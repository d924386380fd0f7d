#include "deploy/policy/hooks_left.h"
#include "base/printable.h"
#include "ledger/checked.h"
#include "ledger/files.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

Result<HooksLeft> read_hooks_left(const sys::Path& folder) {
    const auto text = TRY(ledger::read_or_empty(folder / "hooks"));
    const auto object = sys::parse_json(text, "hooks");
    if (!object.ok() || !object->is_object()) return HooksLeft{}; // absent or torn: the next deployment runs them
    HooksLeft left{.release = one_line(sys::text_of(object.value(), "release")), .names = {}};
    for (const auto& name : object->value("hooks", sys::Json::array()))
        if (name.is_string()) left.names.push_back(name.get<std::string>());
    return left;
}

Result<void> write_hooks_left(const sys::Path& folder, const HooksLeft& left) {
    if (left.names.empty()) return sys::remove_tree(folder / "hooks");
    const sys::Json object{{"schema", 1}, {"release", left.release}, {"hooks", left.names}};
    return sys::write_file(folder / "hooks", ledger::checked_text(object, ledger::whose(folder)), ledger::file_mode);
}

}
