#pragma once
#include "migrate/steps/database.h"
#include "migrate/steps/reach.h"
#include "migrate/steps/standing.h"
#include "report/report.h"
#include <string>
#include <vector>

// What the rules of lint say of what is to be applied.
namespace fairlead::migrate {

struct Judged {
    std::vector<report::Finding> findings;
    std::vector<std::string> destructive;      // versions that drop, empty or convert something that was there before
    std::vector<std::vector<Reached>> reached; // of each way up
};
Result<Judged> judge(const std::vector<const Step*>& steps, const Database& database, const Place& place,
                     const std::vector<std::string>& skip);

// Versions whose way back does so. `same`: their ways up are of the same run, and what they made is nobody's yet.
enum class Run { same, earlier };
Result<std::vector<std::string>> destroyed_back(const std::vector<const Step*>& steps, Run run,
                                                const Database& database, const Place& place);

// In development, and where no environment is named, what lint says is told and decides nothing; but for a mark that
// silences nothing.
void soften(std::vector<report::Finding>& findings, const Place& place);

// Whether a file that isn't one of the migrations does.
Result<bool> destroys(const files::Script& script, const Database& database, const Place& place);

// What lies in the folder and nobody runs: migrate/stray; in production it decides.
std::vector<report::Finding> strays(const Database& database, const Place& place);

// That no migration is there is no yes: migrate/nothing, and the verdict.
void refuse_nothing(report::Report& report, const Database& database);

// Statements of a script with their locks, as `plan` tells them.
struct Told {
    int line = 1;
    std::string kind, sql, lock; // lock: "none", or empty where nobody knows
    bool is_transactional = true;
};
Result<std::vector<Told>> told(const files::Script& script, const Database& database);
// The strongest of them, "ACCESS EXCLUSIVE"; "none"; empty: one of them is unknown and none is the strongest.
std::string strongest(const std::vector<Told>& statements);

}
