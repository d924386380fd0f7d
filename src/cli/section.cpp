#include "cli/section.h"
#include "cli/inputs.h"
#include <algorithm>

namespace fairlead::cli {

Section::Section(const Spec& spec) {
    const auto rows = spec.section.get();
    fields_.assign(rows.begin(), rows.end());
    for (const Input& input : spec.inputs) {
        if (!input.key.empty()) insert(fields_, input.key, input);
    }
}

void Section::insert(std::vector<Field>& table, std::string_view key, const Input& input) {
    const std::size_t dot = key.find('.');
    const std::string_view name = key.substr(0, dot);
    auto row = std::find_if(table.begin(), table.end(), [&](const Field& field) { return field.name == name; });
    if (dot != std::string_view::npos) {
        if (row == table.end()) row = table.insert(row, Field{names_.emplace_back(name), Type::map, ""});
        if (row->type != Type::map) return; // the domain knows better
        auto& children = nested_.emplace_back(row->children.begin(), row->children.end());
        insert(children, key.substr(dot + 1), input);
        row->children = children;
    } else if (row == table.end()) {
        // The file names a secret's variable, never the secret.
        const Type type = input.target.type == Type::secret ? Type::text : input.target.type;
        table.push_back({names_.emplace_back(name), type, input.help, {input.allowed.begin(), input.allowed.end()}});
    }
}

}
