// slow: an execution takes ten times as long as one of the others
// A byte of options, a file behind it: findings with a line of that file, and the same statements in a plan.
#include "migrate/lint/lint.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead;
using namespace fairlead::migrate;

extern "C" int fuzz_migrate_lint(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    lint::Options options;
    options.dialect = static_cast<sql::Dialect>(data[0] % 3);
    options.transaction = static_cast<lint::Transaction>(data[0] / 3 % 3);
    options.postgres = data[0] / 9 % 10 == 0 ? 0 : 10 + data[0] / 9 % 10;
    options.today = "2026-01-01";
    if (data[0] >= 128)
        for (const auto& rule : lint::report_rules())
            if (rule.id.starts_with("mig-")) options.only.emplace_back(rule.id); // those that are off as well
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    const std::vector<lint::File> files = {{"1_a.up.sql", text, true}, {"1_a.down.sql", text, true}};
    for (const auto& finding : lint::judge(files, options))
        if (finding.line < 1 || finding.line > lines || finding.message.empty()) std::abort();
    const auto told = lint::statements(files[0], options);
    if (!told.ok()) {
        if (told.error().place.line < 1 || told.error().place.line > lines) std::abort();
        return 0;
    }
    for (const auto& one : told.value())
        if (one.line < 1 || one.line > lines || one.kind.empty()) std::abort();
    return 0;
}
