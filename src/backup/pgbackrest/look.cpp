#include "backup/pgbackrest/look.h"
#include "backup/pgbackrest/configuration.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::backup::pgbackrest {
namespace {

constexpr std::string_view annotation = "fairlead-verify-"; // and "4-passed"

std::string annotation_of(int level, bool passed) {
    return fmt::format("{}{}-{}", annotation, level, passed ? "passed" : "failed");
}

struct Record {
    Verification verification;
    std::optional<Milliseconds> restored_in;
};

// What an annotation says. Nothing: it isn't ours, or doesn't say what its name says.
std::optional<Record> record_in(const Job& job, const Stanza& stanza, const BackupInfo& backup, const std::string& key,
                                const std::string& text) {
    const bool passed = key.ends_with("passed");
    // Whoever says that it failed needs no key for that.
    const auto found = passed ? job.signing.found_in(text, key, manifest_of(stanza, backup), job.clock.now())
                              : Result<std::string>(text);
    if (!found.ok()) return {};
    const auto json = sys::parse_json(found.value(), key);
    if (!json.ok() || !json->is_object() || sys::text_of(json.value(), "id") != backup.label) return {};
    const auto at = parse_utc(sys::text_of(json.value(), "at"));
    const auto* level = sys::json_pointer(json.value(), "/level");
    if (!at || *at > job.clock.now() + clocks_differ || level == nullptr || !level->is_number_integer()) return {};
    Record record{.verification = {*at, level->get<int>(), passed}, .restored_in = {}};
    if (key != annotation_of(record.verification.level, passed)) return {};
    if (const auto* took = sys::json_pointer(json.value(), "/restored_in_ms"); took && took->is_number_unsigned())
        record.restored_in = Milliseconds{took->get<std::int64_t>()};
    return record;
}

Set set_of(const Job& job, const Stanza& stanza, const BackupInfo& backup, Look& look,
           std::optional<SystemTime>& measured) {
    Set set;
    set.id = backup.label;
    set.time = std::chrono::floor<std::chrono::seconds>(backup.stopped);
    set.data = {{.name = backup.label, .bytes = backup.stored, .written = backup.stopped}};
    for (const auto& [key, text] : backup.annotations) {
        if (!key.starts_with(annotation)) continue;
        const auto record = record_in(job, stanza, backup, key, text);
        if (!record) {
            set.has_unsigned = true;
            continue;
        }
        set.count(record->verification);
        constexpr int by_restore = 4;
        const bool counts =
            record->verification.level == by_restore && record->verification.passed && record->restored_in;
        if (!counts || (measured && *measured > record->verification.at)) continue;
        measured = record->verification.at;
        constexpr std::int64_t percent = 110, whole = 100;
        look.rto = *record->restored_in * percent / whole;
    }
    return set;
}

Result<Wal> wal_of(const Program& program, const Stanza& stanza, int repository) {
    const auto repo = fmt::format("--repo={}", repository);
    const auto folder = fmt::format("archive/{}/{}", program.stanza, stanza.archive);
    Wal wal{.repository = repository, .listing = {}, .standing = {}, .problems = {}};
    const auto json = TRY(ask(program, {repo, "repo-ls", folder, "--recurse", "--output=json"},
                              fmt::format("the WAL of repository {} can't be listed", repository)));
    wal.listing = TRY(read_listing(json));
    const auto size = wal.listing.segment_bytes;
    std::vector<Fork> forks;
    for (const auto& name : wal.listing.histories) {
        const auto text =
            TRY(ask(program, {repo, "repo-get", folder + "/" + name}, fmt::format("'{}' can't be read", name)));
        const auto turns = read_history(text, name);
        if (!turns.ok()) {
            wal.problems.push_back(turns.error().message);
            continue;
        }
        forks.push_back({timeline_of(name), turns->back().timeline, turns->back().lsn / size});
    }
    std::set<std::uint32_t> timelines;
    for (const auto& segment : wal.listing.segments) timelines.insert(segment.timeline);
    for (const auto timeline : timelines)
        if (const auto name = history_name(timeline);
            timeline > 1 &&
            std::find(wal.listing.histories.begin(), wal.listing.histories.end(), name) == wal.listing.histories.end())
            wal.lost_histories.push_back(
                fmt::format("{} is missing in repository {}, and recovery finds nothing of timeline {} without it; run "
                            "fairlead-backup pitr-enable --apply on the server of that timeline, which has the file",
                            name, repository, timeline));
    wal.problems.insert(wal.problems.end(), wal.lost_histories.begin(), wal.lost_histories.end());
    std::optional<Segment> from;
    for (const auto& backup : stanza.backups) // the oldest comes last
        if (backup.repository == repository) from = parse_segment(backup.first, size);
    if (!from) return wal;
    wal.standing = standing_of(wal.listing.segments, from, forks);
    for (const auto& gap : wal.standing.gaps)
        wal.problems.push_back(fmt::format("WAL {} is missing in repository {}: no moment after it can be restored "
                                           "from a backup before it; make a new backup: fairlead-backup run",
                                           shown(gap, size), repository));
    for (const auto& name : wal.listing.twice)
        wal.problems.push_back(
            fmt::format("WAL {} is in repository {} with two contents: two servers archive there", name, repository));
    return wal;
}

}

std::string shown(const Range& range, std::uint64_t segment_bytes) {
    const auto first = segment_name(range.first, segment_bytes);
    return range.first == range.last ? first : fmt::format("{} to {}", first, segment_name(range.last, segment_bytes));
}

const BackupInfo& Look::backup(const std::string& label) const {
    return *std::find_if(stanza.backups.begin(), stanza.backups.end(),
                         [&](const BackupInfo& one) { return one.label == label; });
}

std::vector<std::string> Look::unread() const {
    std::vector<std::string> told;
    for (const auto& [repository, why] : stanza.unread)
        told.push_back(fmt::format("repository {} can't be read: pgBackRest says: {}", repository, read_error(why, 0)));
    return told;
}

Manifest manifest_of(const Stanza& stanza, const BackupInfo& backup) {
    Part part;
    part.name = "cluster";
    part.plain.bytes = backup.bytes;
    part.plain.sha256 =
        sys::sha256(fmt::format("{}\n{}\n{}\n{}\n", stanza.system, backup.label, backup.start_lsn, backup.stop_lsn));
    Manifest manifest;
    manifest.id = backup.label;
    manifest.parts = {std::move(part)};
    return manifest;
}

Result<Look> look(const Job& job, const SourceSettings& given) {
    const auto source = with_defaults(given, job);
    auto program = TRY(find(source, source.stanza, job.world));
    Look seen{.program = std::move(program), .stanza = {}, .found = {}, .wal = {}, .rto = {}};
    if (sys::inspect(source.config).type == sys::FileType::absent)
        return could_not(fmt::format("pgBackRest's configuration of source '{}' is not there ('{}'); run "
                                     "fairlead-backup pitr-enable --apply, or name the file by `config`",
                                     source.name, source.config));
    // It waits four times that long for a store that is away: 40 s, and 200 s by its own default.
    const auto json =
        TRY(ask(seen.program, {"info", "--output=json", "--io-timeout=10"}, "its backups can't be listed"));
    seen.stanza = TRY(read_info(json, source.stanza));
    const auto& unread = seen.stanza.unread;
    if (!unread.empty() && unread.size() == seen.stanza.repositories.size())
        return could_not(join(seen.unread(), "; "));
    constexpr int no_backup = 2, no_stanza = 1;
    const int status = seen.stanza.status;
    if (status == no_stanza)
        return could_not(
            fmt::format("stanza '{}' is not in its repository ({}): nobody made it yet, or its disk is not "
                        "mounted; look at {}, or run fairlead-backup pitr-enable --apply",
                        source.stanza, seen.stanza.message, source.config));
    if (status != 0 && status != no_backup && unread.empty())
        sys::log_warning(fmt::format("pgBackRest says of stanza '{}': {}", source.stanza, seen.stanza.message));
    std::optional<SystemTime> measured;
    for (const auto& backup : seen.stanza.backups)
        seen.found.sets.push_back(set_of(job, seen.stanza, backup, seen, measured));
    for (const int repository : seen.stanza.repositories) {
        if (unread.contains(repository)) continue;
        auto wal = TRY(wal_of(seen.program, seen.stanza, repository));
        seen.wal.push_back(std::move(wal));
    }
    return seen;
}

Result<Look> look_and_warn(const Job& job, const SourceSettings& source) {
    auto seen = TRY(look(job, source));
    for (const auto& one : seen.unread()) sys::log_warning(one);
    return seen;
}

Result<void> keep_verdict(const Job& job, const Look& look, const BackupInfo& backup, const Verdict& verdict) {
    if (const auto why = lacks(look.program.version, Feature::annotations); !why.empty()) return could_not(why);
    auto of = verdict;
    of.manifest = manifest_of(look.stanza, backup);
    const auto record = TRY(sys::parse_json(record_of(job, of), verdict.id)); // in one line
    const auto text =
        fmt::format("--annotation={}={}", annotation_of(verdict.level(), verdict.passed()), sys::dump_json(record));
    TRY(change(look.program, {fmt::format("--repo={}", backup.repository), "--set=" + backup.label, text, "annotate"},
               "the verification can't be kept"));
    return {};
}

}
