#pragma once
#include "migrate/drivers/driver.h"
#include "migrate/settings.h"
#include "report/report.h"

// What is told of another tool's migrations, in the words and the JSON of our own.
namespace fairlead::migrate::drivers {

struct Printed {
    std::string what; // the migration, or the command that printed it
    std::string file; // where the SQL stands; empty: in `sql`
    std::string sql;
};

// The file of a migration, whole. Error (no): it can't be read.
Result<Printed> printed_from(const Project& project, const Migration& one);

// In development a file that isn't there is a warning.
report::Report told_status(const Driver& driver, const Standing& standing, const std::string& database,
                           bool is_development);
report::Report told_pending(const Driver& driver, const Standing& standing);
report::Report told_history(const Driver& driver, const Standing& standing);
Result<report::Report> told_plan(const Driver& driver, const Standing& standing, const std::vector<Printed>& printed,
                                 const Settings& settings);
// What would be done: commands, as people write them.
report::Report told_dry_run(const Driver& driver, const Standing& standing, const std::vector<std::string>& commands);
// Of what changed between both; `why` it is a no, or empty.
report::Report told_change(const Driver& driver, const Standing& before, const Standing& after, const std::string& why);

// Why that no migration is there is no yes; empty: some is, or may be among what couldn't be read.
std::string why_nothing(const Driver& driver, const Standing& standing);
void add_nothing(report::Report& report, const Standing& standing); // that nothing is there is no yes

std::string counted(std::size_t count, std::string_view one, std::string_view many); // "2 migrations"

}
