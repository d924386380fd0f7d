#include "migrate/steps/harm.h"
#include "migrate/sql/destroys.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

report::Finding finding_of(const lint::Script& script, const sql::Statement& statement,
                           const Functions::Called& called) {
    report::Finding finding{.rule = "migrate/call", .severity = report::Severity::warning, .file = script.path};
    finding.line = finding.end_line = statement.line;
    finding.message =
        called.destroys == sql::Destroys::yes
            ? fmt::format("calls {}(), which takes away what nobody can bring back: {}", called.name, called.why)
            : fmt::format("calls {}(), and nobody can tell what that destroys: {}; look into it before it runs",
                          called.name, called.why);
    finding.fingerprint = report::fingerprint(finding.rule, finding.file, finding.message, 0);
    return finding;
}

// Each row of a table, in columns that held something before the run.
bool overwrites(const lint::Script& script, std::size_t at) {
    const auto& one = script.statements[at];
    if (one.verb == sql::Statement::Verb::create_rule) return false; // later
    return std::any_of(one.updates.begin(), one.updates.end(), [&](const sql::Update& update) {
        return !update.has_where &&
               !std::all_of(update.columns.begin(), update.columns.end(), [&](const std::string& column) {
                   return script.is_column_surely_new(at, update.table, column);
               });
    });
}

// What the same run made is nobody's yet.
bool destroys(const lint::Script& script, std::size_t at) {
    if (overwrites(script, at)) return true;
    const auto& one = script.statements[at];
    const bool is_elsewhere = one.erases_within || one.cascade;
    const auto reach = script.options->asks_engine ? sql::Reach::by_engine : sql::Reach::by_words;
    return sql::destroys(one, script.options->dialect, reach) && (is_elsewhere || !script.is_about_surely_new(at));
}

}

Result<Harm> harm_of(const lint::Script& script, Functions& functions) {
    Harm harm;
    for (std::size_t at = 0; at < script.statements.size(); ++at) {
        harm.destroys = harm.destroys || destroys(script, at);
        for (const auto& called : TRY(functions.called_by(script.statements[at]))) {
            harm.destroys = harm.destroys || called.destroys == sql::Destroys::yes;
            harm.calls.push_back(finding_of(script, script.statements[at], called));
        }
    }
    return harm;
}

void tell(const report::Finding& finding) {
    sys::log_warning(fmt::format("{}:{}: {}", finding.file, finding.line, finding.message));
}

}
