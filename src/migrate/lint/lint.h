#pragma once
#include "base/result.h"
#include "config/config.h"
#include "migrate/files/folder.h"
#include "migrate/lint/script.h"
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// What is unsafe in migrations, by the rules of docs/migrate-rules.md, from the files alone.
namespace fairlead::migrate::lint {

// Findings in the files that are judged, in order; suppressed ones are among them. A file that is no text or can't be
// split, or that `up` refuses for its marks, is one of migrate/unread; so is each of `faults`.
std::vector<report::Finding> judge(const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults = {});
// The same of files that were read before: `scripts` is what read_scripts() made of them.
std::vector<report::Finding> judge(const Scripts& scripts, const std::vector<File>& files, const Options& options,
                                   const std::vector<Error>& faults = {});

report::Finding finding_of(const files::Stray& stray, report::Severity severity); // migrate/stray

// Error (usage): an id is no rule's; the nearest one is named.
Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by);

// What each statement of a file does, for plans.
struct Told {
    int line = 1;
    std::string kind; // "alter table"
    sql::Lock lock = sql::Lock::none;
    bool transactional = true;
    std::size_t count = 1; // more than one: a row of like statements, too long to be listed one by one
    int last_line = 1;     // where the last of them begins
};
Result<std::vector<Told>> statements(const File& file, const Options& options);
std::size_t count_of(const std::vector<Told>& statements);
std::string described(const Told& statement); // "alter table; lock: ACCESS EXCLUSIVE"
sys::Json as_json(const Told& statement);     // docs/migrate-reference.md, "plan --file"

std::span<const report::Rule> report_rules(); // what a finding may be of
std::string render_rules();                   // docs/migrate-rules.md: a section per rule

}
