#include "backup/pgbackrest/commands.h"
#include "backup/pgbackrest/stanza.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

// What is said of sets alone has no meaning where there are none.
Result<void> check_no_set_is_meant(const Request& request) {
    const std::pair<bool, const char*> flags[] = {{!request.dump.empty(), "--dump"},
                                                  {!request.compress.empty(), "--compress"},
                                                  {!request.name_style.empty(), "--name-style"},
                                                  {!request.via.empty(), "--via"},
                                                  {!request.keep_days.empty(), "--keep-days"},
                                                  {request.allow_empty, "--allow-empty"},
                                                  {request.allow_shrink, "--allow-shrink"},
                                                  {request.allow_many, "--allow-many"}};
    for (const auto& [is_given, flag] : flags)
        if (is_given)
            return usage(fmt::format(
                "{} works only with sets, and this command is for sources of engine pgbackrest; leave it out", flag));
    return {};
}

}

// A set is looked at whole: there a name only says whether sets are meant, or a source of pgBackRest's.
Result<void> check_names(const Job& job, const Request& request) {
    if (request.sources.empty()) return {};
    TRY(job.sources(request.sources));
    const auto& all = job.settings.sources;
    if (std::any_of(all.begin(), all.end(), [](const SourceSettings& one) { return one.is_cluster(); })) return {};
    return usage("sets are looked at whole, so --source chooses here only between sets and sources of engine "
                 "pgbackrest, and no source has engine: pgbackrest; leave it out");
}

Result<Parted> part(const Job& job, const Request& request) {
    Parted parted{.clusters = {}, .sets = false};
    const auto is_named = [&](const SourceSettings& one) {
        return request.sources.empty() ||
               std::find(request.sources.begin(), request.sources.end(), one.name) != request.sources.end();
    };
    for (const auto& source : job.settings.sources)
        if (source.is_cluster() && is_named(source)) parted.clusters.push_back(source);
    // A name may be that of a part of a set, which no source has: db.globals.
    parted.sets =
        parted.clusters.size() < (request.sources.empty() ? job.settings.sources.size() : request.sources.size());
    const bool is_of_cluster = is_label(request.id) || !request.at.empty() || !request.timeline.empty();
    if (is_of_cluster && parted.clusters.empty())
        return usage(fmt::format("{} belongs to a backup of pgBackRest, and no source has engine: pgbackrest; write "
                                 "such a source under backup in fairlead.yml (docs/backup-pitr.md)",
                                 is_label(request.id)  ? "'" + request.id + "'"
                                 : !request.at.empty() ? "--at"
                                                       : "--timeline"));
    if (is_of_cluster) parted.sets = false;
    if (!parted.sets) TRY_VOID(check_no_set_is_meant(request));
    if (!request.id.empty() && request.id != "latest" && !is_of_cluster) parted.clusters.clear(); // a set of ours
    return parted;
}

}

namespace fairlead::backup {

Result<report::Report>
together(const pgbackrest::Parted& parted, const std::function<Result<report::Report>()>& sets,
         const std::function<Result<pgbackrest::ClusterReport>(const SourceSettings&)>& cluster) {
    report::Report report;
    std::optional<Error> failed;
    const auto tell = [&](const Error& error) {
        if (failed)
            sys::log_warning(error.message);
        else
            failed = error;
    };
    if (parted.sets) {
        auto done = sets();
        if (done.ok())
            report = std::move(done).value();
        else
            tell(done.error());
    }
    sys::Json clusters = sys::Json::object();
    for (const auto& source : parted.clusters) {
        auto done = cluster(source);
        if (!done.ok()) {
            auto error = done.error();
            if (parted.sets || parted.clusters.size() > 1)
                error.message = fmt::format("source '{}': {}", source.name, error.message);
            tell(error);
            continue;
        }
        report.text += done->text;
        report.facts += (report.facts.empty() ? "" : "; ") + done->facts;
        if (!parted.sets && !done->id.empty()) report.outputs = {{"id", done->id}};
        clusters[source.name] = *done->json.value;
        if (done->failures.empty()) continue;
        for (std::size_t at = 1; at < done->failures.size(); ++at) report.text += done->failures[at] + "\n";
        report.facts = report.stays_no = done->failures.front();
        report.verdict = report::Verdict::fail;
    }
    if (failed) {
        if (!report.facts.empty()) sys::log_warning("done nevertheless: " + report.facts);
        return *failed;
    }
    if (!parted.clusters.empty()) report.members.push_back(report::member("clusters", std::move(clusters)));
    return report;
}

}
