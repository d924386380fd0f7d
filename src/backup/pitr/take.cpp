// pitr-base: a copy of the whole cluster while it works, as one tar, from which recovery begins.
#include "backup/copy.h"
#include "backup/pitr/archive.h"
#include "backup/pitr/bases.h"
#include "backup/pitr/cluster.h"
#include "backup/pitr/commands.h"
#include "backup/scratch.h"
#include "backup/status.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/files/scratch.h"
#include "sys/process/process.h"
#include "sys/stream/compress.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using namespace pitr;

constexpr Milliseconds usual_wait = std::chrono::minutes(15);

Result<void> check_cluster(Cluster& cluster) {
    const std::string& shown = cluster.server.shown;
    if (cluster.is_standby)
        return usage(
            fmt::format("{} is a standby; a base needs the WAL that its primary archives: take it there", shown));
    if (const auto why = hindrance(cluster); !why.empty())
        return no(fmt::format("{}: {}, so nothing would be archived after a base; see fairlead-backup pitr-enable",
                              shown, why));
    if (const auto why = of_tablespaces(cluster); !why.empty()) return no(why);
    const auto archiver = TRY(ask_archiver(cluster));
    if (archiver.fails)
        return no(fmt::format("{} fails to archive {} since {}, so a base would never become whole; its log tells why",
                              shown, archiver.last_failed, archiver.last_failed_at));
    return {};
}

// What killed ones left; we hold the lock, so none is at work.
Result<void> sweep(Store& store, const Job& job) {
    TRY(store.sweep(std::chrono::seconds(0)));
    const auto bases = TRY(list_bases(store, job));
    for (const Object& object : bases.unfinished) TRY_VOID(store.remove(object.name));
    return {};
}

std::string free_id(const Bases& bases, Seconds now) {
    const auto is_taken = [&](const std::string& id) {
        return std::any_of(bases.whole.begin(), bases.whole.end(), [&](const Base& one) { return one.id == id; });
    };
    std::string id = stamp(now);
    for (int again = 2; is_taken(id); ++again) id = fmt::format("{}_{}", stamp(now), again);
    return id;
}

// pg_basebackup ends when the server has archived the WAL of the copy, and a server whose archive fails waits for ever.
class Patience {
  public:
    Patience(Cluster& cluster, Milliseconds longest) : cluster_(cluster), longest_(longest) {}

    Milliseconds step() const { return std::min(longest_, Milliseconds(std::chrono::seconds(10))); }

    // After so long without a byte. What is archived meanwhile is waited for anew.
    Result<void> ask(Milliseconds quiet) {
        if (quiet < since_) since_ = Milliseconds{0};
        const auto archiver = ask_archiver(cluster_);
        if (archiver.ok() && archiver->last_archived != last_) {
            last_ = archiver->last_archived;
            since_ = quiet;
        }
        if (quiet - since_ < longest_) return {};
        const std::string& shown = cluster_.server.shown;
        const std::string why = !archiver.ok() ? archiver.error().message
                                : archiver->fails
                                    ? fmt::format("{} fails to archive {} since {}, whose reason its log tells", shown,
                                                  archiver->last_failed, archiver->last_failed_at)
                                    : fmt::format("{} archived nothing and sent nothing", shown);
        return no(
            fmt::format("{}; a base is of no use without the WAL of its copy, which was waited for {}, and nothing "
                        "of it is kept: mend the archive (fairlead-backup pitr-status), then run pitr-base again; "
                        "--max-lag waits longer",
                        why, format_duration(longest_)));
    }

  private:
    Cluster& cluster_;
    const Milliseconds longest_;
    std::string last_;
    Milliseconds since_{0};
};

class Taking {
  public:
    Taking(const Job& job, Cluster& cluster, postgres::Programs programs, std::string id, Milliseconds longest_wait)
        : job_(job), cluster_(cluster), programs_(std::move(programs)), patience_(cluster, longest_wait) {
        manifest_.id = std::move(id);
        manifest_.app = job.app;
        manifest_.environment = job.environment;
        manifest_.host = sys::host_name();
        manifest_.tool_version = version();
        manifest_.started = job.clock.now();
        part_.name = "base";
        part_.engine = "postgres";
        part_.format = "base";
        part_.consistency = "with its WAL";
        part_.server_version = cluster.server.version;
        part_.client_version = programs_.version;
        part_.compression = sys::shown(job.settings.compression());
        part_.recipients = job.keys.recipients();
        part_.file = base_file(job, manifest_.id,
                               "base.tar" + std::string(sys::suffix_of(job.settings.compression().kind)) +
                                   (job.keys.encrypts() ? ".age" : ""));
    }

    Result<void> write() {
        auto object = TRY(job_.store().create(part_.file, std::nullopt));
        auto stored = sys::digesting(std::move(object));
        const auto* stored_figures = stored.get();
        std::unique_ptr<sys::Sink> hidden = std::move(stored);
        if (job_.keys.encrypts()) hidden = TRY(job_.keys.encrypting(std::move(hidden)));
        const auto plain = sys::digesting(sys::compressing(job_.settings.compression(), std::move(hidden)));
        sys::fault_point("base-begun");
        auto stage = TRY(postgres::stage(programs_,
                                         {"pg_basebackup", "-D", "-", "-Ft", "-X", "none", "--checkpoint=fast",
                                          "--manifest-checksums=SHA256", "--no-password", "--label",
                                          "fairlead-backup " + manifest_.id},
                                         cluster_.address, "", job_.world));
        stage.environment->push_back("PGAPPNAME=" + session_name());
        sys::ChildLimits limits;
        limits.quiet = patience_.step();
        limits.while_quiet = [this](Milliseconds quiet) { return patience_.ask(quiet); };
        const auto child = TRY(sys::ChildSource::start(stage, limits));
        if (const auto poured = sys::pour(*child, *plain); !poured.ok()) {
            end_session();
            return poured.error();
        }
        sys::fault_point("base-copied");
        TRY_VOID(plain->close());
        sys::fault_point("base-stored");
        part_.plain = {plain->figures().bytes, plain->figures().sha256};
        part_.stored = {stored_figures->figures().bytes, stored_figures->figures().sha256};
        return {};
    }

    // As a restore would: unpacked, each file with the checksum that the server gave for it.
    Result<void> look_at_it() {
        const auto folder = TRY(sys::ScratchFolder::make(scratch_of_base));
        if (const auto free = sys::free_bytes(folder.path()); free.ok() && free.value() < part_.plain.bytes)
            return could_not(fmt::format(
                "the base has {} and is unpacked to be verified, and {} are free in '{}'; name "
                "another folder by TMPDIR",
                shown_bytes(part_.plain.bytes), shown_bytes(free.value()), folder.path().parent_path().string()));
        TRY_VOID(unpack(job_.store(), job_, part_, folder.path()));
        sys::fault_point("base-unpacked");
        TRY_VOID(verify_unpacked(job_, part_, folder.path()));
        const auto text = TRY(sys::read_file(folder.path() / "backup_manifest"));
        const auto facts = TRY(read_backup_manifest(text, "backup_manifest"));
        part_.facts = {{"timeline", std::to_string(facts.timeline)},
                       {"start_lsn", shown_lsn(facts.start_lsn)},
                       {"stop_lsn", shown_lsn(facts.stop_lsn)},
                       {"segment_bytes", std::to_string(cluster_.segment_bytes)},
                       {"system", cluster_.system},
                       {"stopped", stopped_}};
        return {};
    }

    // By the server's clock, for what can be restored from it.
    Result<void> ask_time() {
        const auto told = TRY(
            postgres::ask(cluster_.server,
                          "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
                          "its clock can't be read"));
        stopped_ = told.rows.at(0).at(0).value_or("");
        return {};
    }

    Result<void> seal(Store& store) {
        manifest_.parts = {part_};
        manifest_.finished = job_.clock.now();
        const auto name = base_file(job_, manifest_.id, base_manifest), text = write_manifest(manifest_);
        if (const auto statement = job_.signing.statement(name, text))
            TRY_VOID(store.write(signature_name(name), *statement));
        sys::fault_point("base-signed");
        return store.write(name, text);
    }

    // Whether the WAL without which it is of no use is there.
    Result<void> check_wal(Store& store) const {
        const std::uint64_t size = cluster_.segment_bytes;
        const auto timeline = static_cast<std::uint32_t>(parse_integer(part_.facts.at("timeline")).value_or(0));
        const std::uint64_t first = parse_lsn(part_.facts.at("start_lsn")).value_or(0) / size;
        const std::uint64_t last = (parse_lsn(part_.facts.at("stop_lsn")).value_or(1) - 1) / size;
        for (std::uint64_t number = first; number <= last; ++number) {
            const std::string name = segment_name({timeline, number}, size);
            const auto found = TRY(archived(store, job_, name + "-"));
            if (found.empty())
                return no(fmt::format("{} was archived, but not to {}: archive_command of the server is '{}'; see "
                                      "fairlead-backup pitr-enable",
                                      name, store.shown(), cluster_.archive_command));
        }
        return {};
    }

    // A server archives it once, when it is promoted: perhaps to another store, or before it archived at all.
    Result<void> keep_history(Store& store) {
        const auto timeline = static_cast<std::uint32_t>(parse_integer(part_.facts.at("timeline")).value_or(0));
        const std::string name = history_name(timeline);
        if (timeline < 2 || !TRY(archived(store, job_, name + "-")).empty()) return {};
        const auto told = TRY(postgres::ask(cluster_.server, fmt::format("SELECT pg_read_file('pg_wal/{}')", name),
                                            name + " is not in " + store.shown() + ", and can't be read"));
        return archive_text(store, job_, name, told.rows.at(0).at(0).value_or(""));
    }

    void undo(Store& store) {
        (void)store.remove(part_.file);
        (void)store.remove(signature_name(base_file(job_, manifest_.id, base_manifest)));
    }
    const Part& part() const { return part_; }
    const Manifest& manifest() const { return manifest_; }

  private:
    std::string session_name() const { return "fairlead-backup " + manifest_.id; }
    // It would wait for its archive long after pg_basebackup is gone.
    void end_session() {
        (void)postgres::ask(cluster_.server,
                            fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                        "application_name = '{}' AND backend_type = 'walsender'",
                                        session_name()),
                            "");
    }

    const Job& job_;
    Cluster& cluster_;
    postgres::Programs programs_;
    Patience patience_;
    Manifest manifest_;
    Part part_;
    std::string stopped_;
};

Result<void> take(Taking& taking, const Job& job) {
    TRY_VOID(taking.write());
    TRY_VOID(taking.ask_time());
    TRY_VOID(taking.look_at_it());
    TRY_VOID(taking.check_wal(job.store()));
    TRY_VOID(taking.keep_history(job.store()));
    sys::fault_point("base-verified");
    TRY_VOID(taking.seal(job.store()));
    sys::fault_point("base-sealed");
    return {};
}

Result<void> copy_to_others(const Job& job, Taking& taking, const Request& request) {
    std::vector<std::string> failed;
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        Store& store = *job.stores[at];
        const auto held = lock(store, "pitr-base", request.wait_lock);
        auto copied = held.ok() ? sweep(store, job) : Result<void>(held.error());
        if (copied.ok()) copied = copy_part(job.store(), taking.part(), store);
        if (copied.ok()) copied = taking.keep_history(store);
        if (copied.ok()) copied = taking.seal(store);
        if (!copied.ok()) failed.push_back(fmt::format("{}: {}", store.shown(), copied.error().message));
    }
    if (failed.empty()) return {};
    const std::size_t have = job.stores.size() - failed.size();
    const std::string told = join(failed, "; ");
    if (have < job.settings.least_copies(job.stores.size()))
        return could_not(fmt::format("base {} is whole in {}, but not where its copies belong: {}",
                                     taking.manifest().id, job.store().shown(), told));
    sys::log_warning(fmt::format("base {} has {} of {} copies, which min_copies lets be: {}", taking.manifest().id,
                                 have, job.stores.size(), told));
    return {};
}

}

Result<report::Report> pitr_base(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    TRY_VOID(check_encrypts(place, job));
    TRY_VOID(job.signing.check_signs());
    auto cluster = TRY(connect_cluster(job, request));
    TRY_VOID(check_cluster(cluster));
    auto programs = TRY(postgres::find_programs(cluster.server.major, job.world));
    report::Report report;
    if (request.dry_run) {
        report.facts = fmt::format("would copy {} to {}", cluster.server.shown, job.store().shown());
        return report;
    }
    sweep_scratch();
    TRY_VOID(make_stores(job));
    const auto held = TRY(lock(job.store(), "pitr-base", request.wait_lock));
    TRY_VOID(sweep(job.store(), job));
    const auto bases = TRY(list_bases(job.store(), job));
    Taking taking(job, cluster, std::move(programs),
                  free_id(bases, std::chrono::floor<std::chrono::seconds>(job.clock.now())),
                  request.max_lag.count() > 0 ? request.max_lag : usual_wait);
    if (auto taken = take(taking, job); !taken.ok()) {
        taking.undo(job.store());
        return std::move(taken).error();
    }
    TRY_VOID(copy_to_others(job, taking, request));
    const auto& part = taking.part();
    report.facts = fmt::format("base {} of {} ({} unpacked) in {}, unpacked and verified", taking.manifest().id,
                               shown_bytes(part.stored.bytes), shown_bytes(part.plain.bytes), job.store().shown());
    report.members = {report::member("id", taking.manifest().id),
                      report::member("store", job.store().shown()),
                      report::member("start_lsn", part.facts.at("start_lsn")),
                      report::member("stop_lsn", part.facts.at("stop_lsn")),
                      report::member("stopped", part.facts.at("stopped")),
                      report::member("stored_bytes", part.stored.bytes)};
    report.outputs = {{"id", taking.manifest().id}};
    return report;
}

}
