// pitr-restore: a base and its way to a moment, laid out in a new folder for PostgreSQL to go.
#include "backup/pitr/cluster.h"
#include "backup/pitr/commands.h"
#include "backup/pitr/way.h"
#include "backup/scratch.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

struct Asked {
    std::optional<SystemTime> moment; // nothing: all that is there
    std::optional<std::uint32_t> timeline;
    sys::Path folder;
};

struct RestorePlan {
    Store* store = nullptr;
    Base base;
    std::uint32_t timeline = 0;
    Reached reached;
    std::vector<std::string> passed_over; // bases that are damaged, or that nobody trusted signed
};

// As PostgreSQL writes times, too: "2026-01-31 10:15:00+00".
std::optional<SystemTime> asked_moment(std::string text) {
    const auto sign = text.find_last_of("+-");
    if (sign != text.npos && sign > 10 && text.size() - sign == 3) text += ":00";
    return parse_utc(text);
}

Result<Asked> read_request(const Request& request, const Job& job) {
    Asked asked;
    if (request.at.empty())
        return usage(
            "pitr-restore needs a moment; say --at '2026-01-31 10:15:00+00', or --at latest for all that is there");
    if (request.at != "latest") {
        asked.moment = asked_moment(request.at);
        if (!asked.moment)
            return usage(fmt::format("'{}' is no moment; write one with its offset, 2026-01-31 10:15:00+00, or latest",
                                     request.at));
        if (*asked.moment > job.clock.now()) return usage(fmt::format("'{}' has not come yet", request.at));
    }
    if (!request.timeline.empty()) {
        const auto number = parse_integer(request.timeline);
        if (!number.ok() || number.value() < 1 || number.value() > 0x7FFFFFFF)
            return usage(fmt::format("'{}' is no timeline; write its number, such as 2", request.timeline));
        asked.timeline = static_cast<std::uint32_t>(number.value());
    }
    if (request.to.empty()) return usage("pitr-restore needs a folder for the cluster; say --to /srv/restored");
    asked.folder = (job.world.folder / request.to).lexically_normal();
    if (!asked.folder.has_filename()) asked.folder = asked.folder.parent_path();
    return asked;
}

// Nothing is ever written over.
Result<void> check_folder(const sys::Path& folder) {
    if (sys::is_root())
        return usage("PostgreSQL doesn't run as root, and its files have to be its user's; run pitr-restore as that "
                     "user: sudo -u postgres fairlead-backup …");
    const auto type = sys::inspect(folder).type;
    if (type == sys::FileType::absent) return {};
    const auto names =
        type == sys::FileType::folder ? sys::list_folder(folder) : Result<std::vector<std::string>>(usage("no folder"));
    if (names.ok() && names->empty()) return {};
    return usage(fmt::format("'{}' is there and not an empty folder; a cluster is restored into a new one only",
                             folder.string()));
}

// The newest base that was whole before the moment, and on the way to the timeline.
Result<RestorePlan> plan_from(Store& store, const Job& job, const Asked& asked) {
    const auto bases = TRY(list_bases(store, job));
    const auto wal = TRY(list_wal(store, job));
    std::uint32_t newest = 1;
    for (const auto& [name, file] : wal.files) newest = std::max(newest, timeline_of(name));
    const std::uint32_t timeline = asked.timeline.value_or(newest);
    std::string why;
    for (const Base& base : bases.whole) {
        if (asked.moment && base.stopped > *asked.moment) continue;
        const auto way = way_of(base, timeline, wal);
        if (!way.ok()) {
            if (why.empty()) why = way.error().message;
            continue;
        }
        auto reached = check_way(store, job, base, way.value(), wal, asked.moment);
        const auto history = TRY(archived(store, job, history_name(timeline) + "-"));
        if (reached.ok() && timeline > 1 && history.empty())
            return no(fmt::format("{} is not in {}, and without it PostgreSQL does not know timeline {}; it lies in "
                                  "pg_wal of the server: fairlead-backup wal-push …/{}",
                                  history_name(timeline), store.shown(), timeline, history_name(timeline)));
        if (reached.ok()) return RestorePlan{&store, base, timeline, std::move(reached).value(), bases.damaged};
        return reached.error(); // an older one needs the same
    }
    if (!why.empty()) return no(fmt::format("{}; say which one by --timeline", why));
    if (bases.whole.empty() && !bases.damaged.empty()) return no(join(bases.damaged, "; "));
    if (bases.whole.empty()) return no(fmt::format("there is no base in {}; make one by pitr-base", store.shown()));
    return no(fmt::format("the oldest base in {} is of {}; nothing before can be restored", store.shown(),
                          format_utc(bases.whole.back().stopped)));
}

Result<RestorePlan> plan_of(const Job& job, const Asked& asked) {
    std::optional<Error> first;
    for (const auto& store : job.stores) {
        auto plan = plan_from(*store, job, asked);
        if (plan.ok()) return plan;
        if (!first) first = plan.error();
    }
    return *first;
}

std::string settings_of(const RestorePlan& plan, const Asked& asked, const std::string& command) {
    std::string text = "\n# pitr-restore of fairlead-backup\n";
    text += fmt::format("restore_command = {}\n", quoted_setting(command));
    // What an earlier recovery of this cluster left came along in its base, and the last line wins.
    for (const char* target : {"", "_name", "_lsn", "_xid", "_time"})
        text += fmt::format("recovery_target{} = ''\n", target);
    text += "recovery_target_inclusive = 'on'\n";
    // With a number for the zone: PostgreSQL reads this before it knows zones' names, even Z.
    if (asked.moment)
        text += fmt::format("recovery_target_time = '{}'\n", replace_all(format_utc(*asked.moment), "Z", "+00"));
    text += fmt::format("recovery_target_action = 'promote'\nrecovery_target_timeline = '{}'\n", plan.timeline);
    // It shall not write its own timeline among the WAL of what it was made from, unless somebody says so; until then
    // PostgreSQL keeps what it has to archive.
    constexpr int has_libraries = 15;
    if (postgres::major_of(plan.base.part().server_version) >= has_libraries) text += "archive_library = ''\n";
    return text + "archive_command = ''\n";
}

Result<void> lay_out_in(const sys::Path& data, const RestorePlan& plan, const Job& job, const Asked& asked,
                        const std::string& command) {
    TRY_VOID(sys::remove_tree(data)); // what a killed one left
    TRY_VOID(sys::make_folders(data, 0700));
    if (const auto free = sys::free_bytes(data); free.ok() && free.value() < plan.base.part().plain.bytes)
        return could_not(fmt::format("'{}' needs {}, and {} are free on its disk", asked.folder.string(),
                                     shown_bytes(plan.base.part().plain.bytes), shown_bytes(free.value())));
    sys::fault_point("pitr-begun");
    TRY_VOID(unpack(*plan.store, job, plan.base.part(), data));
    sys::fault_point("pitr-unpacked");
    TRY_VOID(verify_unpacked(job, plan.base.part(), data));
    const auto before = TRY(sys::read_file(data / "postgresql.auto.conf"));
    TRY_VOID(sys::write_file(data / "postgresql.auto.conf", before + settings_of(plan, asked, command), 0600));
    TRY_VOID(sys::write_file(data / "recovery.signal", "", 0600));
    sys::fault_point("pitr-ready");
    TRY_VOID(sys::rename_path(data, asked.folder));
    sys::fault_point("pitr-in-place");
    return {};
}

Result<void> lay_out(const RestorePlan& plan, const Job& job, const Asked& asked, const std::string& command) {
    TRY_VOID(may_change_target(asked.folder.string()));
    const auto beside = sys::Path(asked.folder.string() + ".restoring");
    TRY_VOID(sys::make_folders(beside, 0700));
    const auto held =
        TRY(sys::Lock::take(beside / "lock", fmt::format("pitr-restore, process {}", sys::own_pid()), Milliseconds{0}));
    const auto done = lay_out_in(beside / "data", plan, job, asked, command);
    const auto gone = sys::remove_tree(beside);
    return done.ok() ? gone : done;
}

}

Result<report::Report> pitr_restore(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    const auto asked = TRY(read_request(request, job));
    const auto command = TRY(command_line(place, request, "wal-fetch %f %p"));
    TRY_VOID(check_folder(asked.folder));
    const auto plan = TRY(plan_of(job, asked));
    TRY(postgres::find_programs(postgres::major_of(plan.base.part().server_version), job.world));
    report::Report report;
    const auto until = asked.moment ? format_utc(*asked.moment) : std::string("the end of what is archived");
    report.text = fmt::format("base {} of {}, timeline {}, all WAL up to {} is in {}\n", plan.base.id,
                              format_utc(plan.base.stopped), plan.timeline,
                              segment_name(plan.reached.last, plan.base.segment_bytes), plan.store->shown());
    for (const auto& why : plan.passed_over) report.text += fmt::format("passed over: {}\n", why);
    if (plan.reached.last_time)
        report.text +=
            fmt::format("the last transaction that was looked at ended at {}\n", format_utc(*plan.reached.last_time));
    report.members = {report::member("id", plan.base.id), report::member("timeline", plan.timeline),
                      report::member("until", until), report::member("folder", asked.folder.string())};
    if (request.dry_run) {
        report.facts = fmt::format("would restore base {} and its WAL up to {} into '{}'", plan.base.id, until,
                                   asked.folder.string());
        return report;
    }
    sweep_scratch();
    TRY_VOID(lay_out(plan, job, asked, command));
    report.text += fmt::format("start PostgreSQL {} there: it fetches the WAL up to {}, and serves. It archives "
                               "nothing, and keeps its own WAL, "
                               "until it takes over for good by pitr-enable --apply and pitr-base\n",
                               postgres::major_of(plan.base.part().server_version), until);
    report.facts = fmt::format("'{}' is ready to be recovered up to {}", asked.folder.string(), until);
    return report;
}

}
