#include "preflight/rows/row.h"
#include "preflight/rows/form.h"
#include "preflight/rows/tables.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace fairlead::preflight {

namespace {

Levels levels_of(const RuleRow& row) {
    const auto level = report::level_named(row.level).value_or(Level::warning);
    return row.applies == "deployed" ? deployed(level) : row.applies == "on_request" ? by_request : always(level);
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

Rule rule_of(const RuleRow& row) {
    return {.id = row.id,
            .title = row.title,
            .levels = levels_of(row),
            .check = &row,
            .why = row.why,
            .way_out = row.way_out,
            .peers = views(row.peers),
            .refs = views(row.refs)};
}

}

Result<std::shared_ptr<const RuleRows>> to_rules(std::vector<RuleRow> rows) {
    auto all = std::make_shared<RuleRows>();
    std::set<std::string_view> ids;
    for (auto& row : rows) all->rows.push_back(std::move(row));
    for (const RuleRow& row : all->rows) {
        if (!ids.insert(row.id).second)
            return usage(fmt::format("two rules have the id {}; give one of the two another id", row.id), row.place);
        all->rules.push_back(rule_of(row));
    }
    return std::shared_ptr<const RuleRows>(std::move(all));
}

Result<std::shared_ptr<const RuleRows>> read_rows(std::string_view text, const std::string& file) {
    auto rows = TRY(rows_in(text, file));
    return to_rules(std::move(rows));
}

std::span<const Rule> rules_of_rows(std::string_view file) {
    static const auto all = [] {
        std::map<std::string_view, std::shared_ptr<const RuleRows>> files;
        for (const RowTable& one : row_tables) {
            auto rules = to_rules(one.rows());
            if (!rules.ok()) throw std::logic_error(std::string(one.file) + ": " + rules.error().message);
            files.emplace(one.file, std::move(rules).value());
        }
        return files;
    }();
    return all.at(file)->rules;
}

}
