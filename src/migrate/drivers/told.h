#pragma once
#include "migrate/drivers/driver.h"
#include "migrate/settings.h"
#include "report/report.h"

// Reports about another tool's migrations, with the same text and JSON as for our own migrations.
namespace fairlead::migrate::drivers {

struct Printed {
    std::string what; // the migration, or the command that printed it
    std::string file; // the file with the SQL; empty: the SQL is in `sql`
    std::string sql;
};

// Returns a migration's whole file. Error (no): it can't be read.
Result<Printed> printed_from(const Project& project, const Migration& one);

// In development a missing file is only a warning.
report::Report told_status(const Driver& driver, const Standing& standing, const std::string& database,
                           bool is_development);
report::Report told_pending(const Driver& driver, const Standing& standing);
report::Report told_history(const Driver& driver, const Standing& standing);
Result<report::Report> told_plan(const Driver& driver, const Standing& standing, const std::vector<Printed>& printed,
                                 const Settings& settings);
// Reports what would be done. `commands` are as a user would type them.
report::Report told_dry_run(const Driver& driver, const Standing& standing, const std::vector<std::string>& commands);
// Reports the changes between `before` and `after`. `why`: the reason for a failure; else empty.
report::Report told_change(const Driver& driver, const Standing& before, const Standing& after, const std::string& why);

// Returns the reason why a project without migrations doesn't pass. Empty: there is a migration, or there may be one
// among the files that couldn't be read.
std::string why_nothing(const Driver& driver, const Standing& standing);
// adds that a project without migrations doesn't pass
void add_nothing(report::Report& report, const Standing& standing);

}
