#pragma once
#include "backup/commands.h"
#include "backup/job.h"
#include "backup/status.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <vector>

// Point-in-time recovery: sources of engine pgbackrest. Each command does for one of them what it does for sets.
namespace fairlead::backup {

// Prints the configuration and the server's settings that are missing, or sets them, and asks pgBackRest whether it
// works.
Result<report::Report> pitr_enable(const Place& place, const Request& request);

namespace pgbackrest {

// Which sources are meant, parted: those of pgBackRest, and whether sets are meant, too. An id that is a label of
// pgBackRest's, or --at, is of its sources alone. Error (usage): there is none for what was asked.
struct Parted {
    std::vector<SourceSettings> clusters;
    bool sets = true;
};
Result<Parted> part(const Job& job, const Request& request);
// Of --source, for a command that looks at whole sets. Error (usage): no source has the name, or there is no choice.
Result<void> check_names(const Job& job, const Request& request);

// What a command says of one source, beside what it says of the sets.
struct ClusterReport {
    std::string text, facts, id;
    report::Member json;               // under the source's name
    std::vector<std::string> failures; // it is a no
    Standing standing = {};            // of status; what it points to is gone
};
Result<ClusterReport> run(const Job& job, const SourceSettings& source, const Request& request);
Result<ClusterReport> list(const Job& job, const SourceSettings& source);
Result<ClusterReport> status(const Job& job, const SourceSettings& source, const Request& request,
                             const Wanted& wanted);
Result<ClusterReport> verify(const Job& job, const SourceSettings& source, const Request& request, int level);
Result<ClusterReport> restore(const Job& job, const SourceSettings& source, const Request& request);
Result<ClusterReport> prune(const Job& job, const SourceSettings& source, const Request& request);
Result<std::string> doctor(const Job& job, const SourceSettings& source); // what it is; error: what is wrong

}

// The sets' report and those of the sources, in one. Each is done though another fails; the first error is the answer,
// and the others are told.
Result<report::Report> together(const pgbackrest::Parted& parted, const std::function<Result<report::Report>()>& sets,
                                const std::function<Result<pgbackrest::ClusterReport>(const SourceSettings&)>& cluster);

}
