#pragma once
#include "migrate/steps/database.h"
#include "migrate/steps/reach.h"
#include "migrate/steps/standing.h"
#include "report/report.h"
#include <string>
#include <vector>

// Applies the rules of lint to the migrations that are about to run.
namespace fairlead::migrate {

struct Judged {
    std::vector<report::Finding> findings;
    std::vector<std::string> destructive;      // versions that drop, empty or convert something that existed before
    std::vector<std::vector<Reached>> reached; // for each migration that is applied
};
Result<Judged> judge(const std::vector<const Step*>& steps, const Database& database, const Place& place,
                     const std::vector<std::string>& skip);

// Returns the versions that destroy something when they are reverted. `same`: they are applied in the same run, so
// nobody uses their objects yet.
enum class Run { same, earlier };
Result<std::vector<std::string>> destroyed_back(const std::vector<const Step*>& steps, Run run,
                                                const Database& database, const Place& place);

// In development, and if no environment is named, lowers the findings to warnings, except migrate/unread, which reports
// a comment without effect.
void soften(std::vector<report::Finding>& findings, const Place& place);

// Whether a file that is not a migration destroys data.
Result<bool> destroys(const files::Script& script, const Database& database, const Place& place);

// Reports files in the folder that are never run: migrate/stray. In production they make the verdict fail.
std::vector<report::Finding> strays(const Database& database, const Place& place);

// Adds migrate/nothing and makes the verdict fail, because a project without migrations doesn't pass.
void refuse_nothing(report::Report& report, const Database& database);

// The statements of a script with their locks, as `plan` shows them.
struct Told {
    int line = 1;
    std::string kind, sql, lock; // lock: "none", or empty if it is not known
    bool is_transactional = true;
};
Result<std::vector<Told>> told(const files::Script& script, const Database& database);
// Returns the strongest lock, "ACCESS EXCLUSIVE"; "none"; empty: not known, because the lock of a statement is unknown.
std::string strongest(const std::vector<Told>& statements);

}
