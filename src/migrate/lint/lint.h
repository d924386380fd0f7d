#pragma once
#include "base/result.h"
#include "config/config.h"
#include "migrate/files/folder.h"
#include "migrate/lint/script.h"
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// Finds unsafe statements in migrations by the rules of docs/migrate-rules.md, without a database.
namespace fairlead::migrate::lint {

// Returns the findings in the judged files, in order, including suppressed findings. A file is reported as
// migrate/unread if it is not text, can't be split, or has marks that `up` refuses. Each of `faults` is reported in the
// same way.
std::vector<report::Finding> judge(const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults = {});
// Does the same for files that were already read: `scripts` is the result of read_scripts() for `files`.
std::vector<report::Finding> judge(const Scripts& scripts, const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults = {});

report::Finding finding_of(const files::Stray& stray, report::Severity severity); // migrate/stray

bool asks_any(const Options& options); // whether any rule remains after only, skip, levels and the engine

// Error (usage): there is no rule with this id; the message names the nearest id.
Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by);

// What a statement of a file does, for plans.
struct Told {
    int line = 1;
    std::string kind; // "alter table"
    sql::Lock lock = sql::Lock::none;
    bool transactional = true;
    std::size_t count = 1; // more than 1: a series of similar statements, too long to list each
    int last_line = 1;     // the line where the last statement begins
};
Result<std::vector<Told>> statements(const File& file, const Options& options);
std::size_t count_of(const std::vector<Told>& statements);
std::string described(const Told& statement); // "alter table; lock: ACCESS EXCLUSIVE"
sys::Json as_json(const Told& statement);     // docs/migrate-reference.md, "plan --file"

std::span<const report::Rule> report_rules(); // the rules that a finding may have
std::string render_rules();                   // docs/migrate-rules.md: a section per rule

}
