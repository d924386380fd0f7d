#pragma once
#include "backup/commands.h"
#include "backup/job.h"
#include "backup/status.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <vector>

// Point-in-time recovery, for sources of engine pgbackrest. The functions implement the usual commands for one such
// source.
namespace fairlead::backup {

// Prints the configuration and the server's missing settings, or applies them. Then asks pgBackRest whether archiving
// works.
Result<report::Report> pitr_enable(const Place& place, const Request& request);

namespace pgbackrest {

// Divides the requested sources into pgBackRest's sources and sources in sets. If the id is a label of pgBackRest's, or
// --at is given, only pgBackRest's sources are meant. Error (usage): no source fits the request.
struct Parted {
    std::vector<SourceSettings> clusters;
    bool sets = true;
};
Result<Parted> part(const Job& job, const Request& request);
// Checks --source for a command that works on whole sets. Error (usage): no source has this name, or the command allows
// no choice.
Result<void> check_names(const Job& job, const Request& request);

// A command's result for one source; the result for the sets is separate.
struct ClusterReport {
    std::string text, facts, id;
    report::Member json;               // under the source's name
    std::vector<std::string> failures; // not empty: the command fails with status 1
    Standing standing = {};            // for status; its pointers are no longer valid
};
Result<ClusterReport> run(const Job& job, const SourceSettings& source, const Request& request);
Result<ClusterReport> list(const Job& job, const SourceSettings& source);
Result<ClusterReport> status(const Job& job, const SourceSettings& source, const Request& request,
                             const Wanted& wanted);
Result<ClusterReport> verify(const Job& job, const SourceSettings& source, const Request& request, int level);
Result<ClusterReport> restore(const Job& job, const SourceSettings& source, const Request& request);
Result<ClusterReport> prune(const Job& job, const SourceSettings& source, const Request& request);
// a description of the source; error: the problem
Result<std::string> doctor(const Job& job, const SourceSettings& source);

}

// Returns one report for the sets and all pgBackRest sources. A failure doesn't stop the remaining work. The first
// error is returned; the further errors are logged.
Result<report::Report> together(const pgbackrest::Parted& parted, const std::function<Result<report::Report>()>& sets,
                                const std::function<Result<pgbackrest::ClusterReport>(const SourceSettings&)>& cluster);

}
