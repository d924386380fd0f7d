// One set of all that is asked for: whole, read back, and only then there.
#include "backup/job.h"
#include "backup/left.h"
#include "backup/pgbackrest/commands.h"
#include "backup/scratch.h"
#include "backup/sets/sizes.h"
#include "backup/status.h"
#include "base/text.h"
#include "base/version.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include "sys/stream/compress.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <set>

namespace fairlead::backup {
namespace {

// Behind all of that second, in whatever store: what was pruned in one leaves its id to the copy in another.
std::string stem_of(const Found& found, const Job& job, Seconds now) {
    std::set<std::string> taken;
    const auto take = [&](const Found& of) {
        for (const auto* sets : {&of.sets, &of.unfinished, &of.foreign})
            for (const Set& set : *sets)
                if (set.time == now) taken.insert(set.id);
    };
    take(found);
    for (std::size_t at = 1; at < job.stores.size(); ++at)
        if (const auto other = list_sets(*job.stores[at], job.owner()); other.ok()) take(other.value());
    constexpr int gap = 100; // of ids that were pruned
    int newest = 0;
    for (int again = 1; again <= newest + gap; ++again)
        if (taken.count(stem(job.settings.style(), job.app, now, again)) > 0) newest = again;
    return stem(job.settings.style(), job.app, now, newest + 1);
}

std::string ending_of(const Dump& dump, const Job& job, const sys::Compression& compression) {
    // pg_dump's own format inside of gzip is called .sql.gz by everybody whose names these are.
    const bool is_compat = job.settings.style() == Style::compat && dump.ending == "dump";
    return (is_compat ? "sql" : dump.ending) + std::string(sys::suffix_of(compression.kind)) +
           (job.keys.encrypts() ? ".age" : "");
}

// The last set's, for what this one is expected to be like; nothing: there is none, or it can't be read.
std::optional<Manifest> last_manifest(const Job& job, const Found& found) {
    if (found.sets.empty()) return {};
    auto manifest = open_trusted(job, job.store(), found.sets.front());
    if (!manifest.ok()) return {};
    return std::move(manifest).value();
}

// Sets that can't be read, or that nobody trusted signed, are passed over.
std::vector<Part> last_parts(const Job& job, const Found& found, const std::string& part) {
    constexpr std::size_t enough = 5, most_looks = 100;
    std::vector<Part> parts;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < found.sets.size() && at < most_looks && seen < enough; ++at) {
        const auto manifest = open_trusted(job, job.store(), found.sets[at]);
        if (!manifest.ok()) continue;
        ++seen;
        if (const Part* its = manifest->find(part)) parts.push_back(*its);
    }
    return parts;
}

constexpr Milliseconds before_another_try{3000};

// Knows whether it was the way to the store that failed.
class Watched : public sys::Sink {
  public:
    explicit Watched(sys::Sink& into) : into_(into) {}
    Result<void> write(std::string_view bytes) override {
        auto written = into_.write(bytes);
        failed_ = failed_ || !written.ok();
        return written;
    }
    Result<void> close() override { return into_.close(); }
    bool failed() const { return failed_; }

  private:
    sys::Sink& into_;
    bool failed_ = false;
};

class Run {
  public:
    Run(const Job& job, const Request& request, const Found& found)
        : job_(job), request_(request), found_(found), last_(last_manifest(job, found)) {
        manifest_.started = job.clock.now();
        manifest_.id = stem_of(found, job, std::chrono::floor<std::chrono::seconds>(manifest_.started));
        manifest_.app = job.app;
        manifest_.environment = job.environment;
        manifest_.after = there_before(found, manifest_.started);
        manifest_.host = sys::host_name();
        manifest_.tool_version = version();
        for (const char* name : {"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"})
            if (manifest_.commit.empty()) manifest_.commit = job.world.variables.get_or(name, "");
    }

    // What was written of it is removed; nobody sees a set.
    void undo() {
        for (auto name = written_.rbegin(); name != written_.rend(); ++name) (void)job_.store().remove(*name);
    }

    // Says whose the files are that come before the manifest.
    Result<void> begin() {
        const std::string name = begun_name(manifest_.id);
        written_.push_back(name);
        return job_.store().write(name, format_utc(manifest_.started) + "\n");
    }

    // All of one source; nothing of it is left where that fails.
    Result<void> add(std::vector<std::unique_ptr<Dump>>& dumps) {
        const std::size_t parts = manifest_.parts.size(), files = written_.size();
        for (auto& dump : dumps) {
            auto added = add(*dump);
            if (added.ok()) continue;
            for (; written_.size() > files; written_.pop_back()) (void)job_.store().remove(written_.back());
            manifest_.parts.resize(parts);
            return added;
        }
        return {};
    }

    bool store_failed() const { return store_failed_; }

    Result<void> add(Dump& dump) {
        const auto compression = job_.settings.compression();
        Part& part = dump.part;
        part.file = data_name(job_.settings.style(), manifest_.id, manifest_.parts.empty(), part.name,
                              ending_of(dump, job_, compression));
        part.compression = sys::shown(compression);
        part.recipients = job_.keys.recipients();
        sys::log_debug(fmt::format("dumps {} of {}", part.name, dump.shown));
        sys::fault_point("dump");
        TRY_VOID(write(dump, compression));
        TRY_VOID(judge(dump));
        manifest_.parts.push_back(part);
        return {};
    }

    // Read back as a restore would: what was stored is what was dumped.
    Result<void> read_back() {
        for (const Part& part : manifest_.parts) {
            sys::log_debug(fmt::format("reads '{}' back", part.file));
            sys::fault_point("read-back");
            const auto engine = TRY(engine_named(part.engine));
            auto plain = TRY(open_part(job_, part));
            TRY_VOID(engine->look_at(part, *plain, job_.world));
        }
        return {};
    }

    Result<void> seal() {
        manifest_.finished = job_.clock.now();
        sys::log_debug(fmt::format("writes the manifest of {}", manifest_.id));
        sys::fault_point("manifest");
        const std::string name = object_of(manifest_), text = write_manifest(manifest_);
        if (const auto statement = job_.signing.statement(name, text)) {
            TRY_VOID(job_.store().write(signature_name(name), *statement));
            written_.push_back(signature_name(name));
            sys::fault_point("signed");
        }
        written_.push_back(name); // though it fails it may be there: undo() takes it first
        TRY_VOID(job_.store().write(name, text));
        sys::fault_point("sealed");
        return job_.store().remove(begun_name(manifest_.id));
    }

    const Manifest& manifest() const { return manifest_; }

  private:
    // Digested, packed, encrypted.
    Result<std::unique_ptr<sys::DigestSink>> packing(const sys::Compression& compression,
                                                     std::unique_ptr<sys::Sink> stored) const {
        if (!job_.keys.encrypts()) return sys::digesting(sys::compressing(compression, std::move(stored)));
        auto hidden = TRY(job_.keys.encrypting(std::move(stored)));
        return sys::digesting(sys::compressing(compression, std::move(hidden)));
    }

    Result<void> write(Dump& dump, const sys::Compression& compression) {
        Part& part = dump.part;
        std::optional<std::uint64_t> expected;
        if (const Part* before = last_ ? last_->find(part.name) : nullptr) expected = before->stored.bytes / 5 * 6;
        auto object = TRY(job_.store().create(part.file, expected));
        written_.push_back(part.file);
        auto stored = sys::digesting(std::move(object));
        const auto* stored_figures = stored.get();
        auto plain = TRY(packing(compression, std::move(stored)));
        Watched into(*plain);
        const auto written = dump.write(into);
        store_failed_ = into.failed();
        TRY_VOID(written);
        sys::fault_point("dumped");
        TRY_VOID(plain->close());
        sys::fault_point("stored");
        part.plain = {plain->figures().bytes, plain->figures().sha256};
        part.stored = {stored_figures->figures().bytes, stored_figures->figures().sha256};
        return {};
    }

    Result<void> judge(const Dump& dump) const {
        const Part& part = dump.part;
        const Part* before = last_ ? last_->find(part.name) : nullptr;
        const bool was_empty = before != nullptr && before->tables.empty() && !has_files(*before);
        if (dump.is_empty && !request_.allow_empty && !was_empty)
            return no(fmt::format(
                "{} has no {}, so a backup of it would be empty; if it is the right source, say --allow-empty",
                dump.shown, dump.unit));
        if (request_.allow_shrink) return {};
        const auto parts = last_parts(job_, found_, part.name);
        for (const Size& size : all_sizes()) {
            const auto usual = size.usual(parts, part), now = size.of(part, part);
            if (!usual || *usual < size.least || now.value_or(0) >= *usual / 2) continue;
            return no(fmt::format(
                "{} gave {} {}, less than half of the {} in the last sets; find out why, or say --allow-shrink",
                dump.shown, now.value_or(0), size.what, *usual));
        }
        return {};
    }

    const Job& job_;
    const Request& request_;
    const Found& found_;
    std::optional<Manifest> last_;
    Manifest manifest_;
    std::vector<std::string> written_;
    bool store_failed_ = false;
};

// What one source gives.
struct Taken {
    SourceSettings source;
    const Engine* engine = nullptr;
    std::vector<std::unique_ptr<Dump>> dumps;
};

// A server that restarts or a connection that breaks is asked once more, for all of the source.
Result<void> add(Run& run, Taken& taken, const Job& job) {
    auto added = run.add(taken.dumps);
    if (added.ok() || added.error().kind != Kind::could_not || run.store_failed() || sys::stop_requested() ||
        taken.dumps.front()->is_final)
        return added;
    sys::log_warning(fmt::format("source '{}' is tried once more: {}", taken.source.name, added.error().message));
    if (!job.clock.sleep(before_another_try)) return added;
    auto again = taken.engine->dumps(taken.source, job.world);
    if (!again.ok()) return added;
    taken.dumps = std::move(again).value();
    return run.add(taken.dumps);
}

Result<void> make_set(Run& run, std::vector<Taken>& all, const Job& job) {
    TRY_VOID(run.begin());
    for (auto& taken : all) TRY_VOID(add(run, taken, job));
    TRY_VOID(run.read_back());
    return run.seal();
}

// We hold the lock, so none is at work.
Result<void> sweep(const Job& job, const Found& found) {
    auto swept = TRY(job.store().sweep(std::chrono::seconds(0)));
    const auto sets = TRY(sweep_left(job, job.store(), found));
    swept.insert(swept.end(), sets.begin(), sets.end());
    for (const auto& name : swept) sys::log_info(fmt::format("removed the rest of a killed run: {}", name));
    return {};
}

// How many stores have it has to be enough; one that has none of it is told in any case.
Result<void> copy_to_others(const Job& job, const Manifest& manifest, const Request& request) {
    if (job.stores.size() == 1) return {};
    const auto found = TRY(list_sets(job.store(), job.owner()));
    const Set* set = TRY(choose(found, manifest.id, job.clock.now()));
    const auto failed = copy_to_others(job, *set, manifest, "run", request.wait_lock).failed;
    if (failed.empty()) return {};
    const std::string told = join(failed, "; ");
    const std::size_t have = job.stores.size() - failed.size();
    if (have < job.settings.least_copies(job.stores.size()))
        return could_not(fmt::format("set {} is complete in {}, but could not be copied everywhere: {}", manifest.id,
                                     job.store().shown(), told));
    sys::log_warning(fmt::format("set {} has {} of {} copies, which min_copies allows: {}", manifest.id, have,
                                 job.stores.size(), told));
    return {};
}

// Where a disk isn't mounted its mount point is an empty folder, which would be filled.
void tell_of_new_stores(const Job& job) {
    if (job.stores.size() < 2) return;
    std::vector<std::string> empty;
    for (const auto& store : job.stores) {
        const auto there = store->is_there();
        if (!there.ok()) continue;
        const auto found = there.value() ? list_sets(*store, job.owner()) : Result<Found>(Found());
        if (found.ok() && found->sets.empty()) empty.push_back(store->shown());
    }
    if (empty.empty() || empty.size() == job.stores.size()) return;
    for (const auto& shown : empty)
        sys::log_warning(fmt::format("{} has no set of '{}', and other stores have; if it should have sets, its disk "
                                     "is not mounted, or its address is wrong",
                                     shown, job.app));
}

std::string facts_of(const Manifest& manifest, const Job& job) {
    std::uint64_t plain = 0, stored = 0;
    for (const Part& part : manifest.parts) plain += part.plain.bytes, stored += part.stored.bytes;
    return fmt::format("set {} of {} ({} unpacked) in {}, read back", manifest.id, shown_bytes(stored),
                       shown_bytes(plain), job.store().shown());
}

Result<report::Report> say(const Manifest& manifest, const Job& job) {
    report::Report report;
    sys::Json parts = sys::Json::array();
    for (const Part& part : manifest.parts) {
        report.text += fmt::format("{}: {} {} {}, {} in {}\n", part.name, part.engine, part.server_version, part.format,
                                   shown_bytes(part.stored.bytes), part.file);
        parts.push_back(shown(part));
    }
    report.facts = facts_of(manifest, job);
    report.members = {report::member("id", manifest.id), report::member("store", job.store().shown()),
                      report::member("sources", std::move(parts))};
    report.outputs = {{"id", manifest.id}};
    report.is_done = true;
    return report;
}

Result<report::Report> run_set(const Job& job, const Request& request) {
    TRY_VOID(job.signing.check_signs());
    tell_of_new_stores(job);
    const auto sources = TRY(job.sources(request.sources));
    std::vector<Taken> all;
    for (const auto& source : sources) {
        if (source.is_cluster()) continue;
        const Engine* engine = TRY(engine_of(source, job.world));
        auto dumps = TRY(engine->dumps(source, job.world));
        all.push_back({source, engine, std::move(dumps)});
    }
    if (request.dry_run) {
        report::Report report;
        for (const auto& taken : all)
            for (const auto& dump : taken.dumps)
                report.text += fmt::format("would back up {} as {}\n", dump->shown, dump->part.name);
        report.facts = fmt::format("would write one set to {}", job.store().shown());
        return report;
    }
    sweep_scratch();
    const auto held = TRY(lock(job.store(), "run", request.wait_lock));
    const auto found = TRY(list_sets(job.store(), job.owner()));
    TRY_VOID(sweep(job, found));
    Run work(job, request, found);
    if (auto made = make_set(work, all, job); !made.ok()) {
        work.undo();
        return std::move(made).error();
    }
    TRY_VOID(copy_to_others(job, work.manifest(), request));
    return say(work.manifest(), job);
}

}

Result<report::Report> run(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets));
    TRY_VOID(check_encrypts(place, job));
    const auto parted = TRY(pgbackrest::part(job, request));
    if (!request.type.empty() && parted.clusters.empty())
        return usage("--type is for backups of pgBackRest, and no source has engine: pgbackrest; leave it out");
    return together(
        parted, [&] { return run_set(job, request); },
        [&](const SourceSettings& source) { return pgbackrest::run(job, source, request); });
}

}
