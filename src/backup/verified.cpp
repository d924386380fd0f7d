#include "backup/verified.h"
#include "backup/job.h"
#include "backup/status.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr std::size_t longest_record = 1u << 20;
constexpr int most_looks = 32; // at claims of one set that don't count

// What a record says. Error (no): it does not count.
Result<sys::Json> read_record(const Job& job, const Manifest& manifest, Store& store, const std::string& name) {
    const std::string text = TRY(store.read(name, longest_record));
    const auto found = TRY(job.signing.found_in(text, name, manifest, job.clock.now()));
    const auto json = sys::parse_json(found, name);
    if (json.ok() && json->is_object()) return json;
    return no("'" + name + "' is not the record of a verification");
}

// Its name was given by whoever wrote it; what was signed has to say the same.
bool says(const sys::Json& record, const Manifest& manifest, const std::string& name) {
    const auto at = parse_utc(sys::text_of(record, "at"));
    const auto level = record.find("level"), passed = record.find("passed");
    return at && level != record.end() && level->is_number_integer() && passed != record.end() && *passed == true &&
           sys::text_of(record, "id") == manifest.id &&
           name == verification_name(manifest.id, {*at, level->get<int>(), true});
}

}

bool Verdict::passed() const {
    return std::all_of(levels.begin(), levels.end(), [](const Level& one) { return one.passed; });
}

int Verdict::level() const { return levels.empty() ? 0 : levels.back().level; }

Result<Verdict> prove(const std::string& id, const std::vector<Step>& steps, int wanted, sys::Clock& clock) {
    Verdict verdict{.id = id, .host = sys::host_name(), .at = clock.now(), .levels = {}, .manifest = {}};
    for (int level = 1; level <= wanted; ++level) {
        const Step& step = steps.at(static_cast<std::size_t>(level) - 1);
        std::uint64_t read = 0;
        const auto begin = clock.steady();
        auto done = step.prove(read);
        const auto took = std::chrono::duration_cast<Milliseconds>(clock.steady() - begin);
        if (!done.ok() && done.error().kind != Kind::no) return std::move(done).error();
        verdict.levels.push_back({level, done.ok(), done.ok() ? "" : done.error().message, took, read, step.what});
        if (level == static_cast<int>(steps.size())) verdict.restored_in = took;
        if (!done.ok()) break;
    }
    return verdict;
}

report::Report report_of(const Verdict& verdict) {
    constexpr double milliseconds = 1000;
    report::Report report;
    sys::Json levels = sys::Json::array();
    for (const Level& one : verdict.levels) {
        const double seconds = static_cast<double>(one.took.count()) / milliseconds;
        report.text +=
            fmt::format("level {}: {} ({}, {:.1f} s{})\n", one.level, one.passed ? "passed" : "failed: " + one.failure,
                        one.what, seconds, one.bytes > 0 ? fmt::format(", {}", shown_bytes(one.bytes)) : "");
        levels.push_back({{"level", one.level},
                          {"passed", one.passed},
                          {"failure", one.failure},
                          {"seconds", seconds},
                          {"bytes", one.bytes}});
    }
    report.facts =
        fmt::format("set {} {} level {}", verdict.id, verdict.passed() ? "passed" : "failed", verdict.level());
    report.members = {report::member("id", verdict.id), report::member("level", verdict.level()),
                      report::member("levels", std::move(levels))};
    report.outputs = {{"id", verdict.id}};
    if (verdict.passed()) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = verdict.levels.back().failure;
    return report;
}

std::string record_of(const Job& job, const Verdict& verdict) {
    sys::Json levels = sys::Json::array();
    for (const Level& one : verdict.levels)
        levels.push_back({{"level", one.level},
                          {"passed", one.passed},
                          {"failure", one.failure},
                          {"took_ms", one.took.count()},
                          {"bytes", one.bytes}});
    const sys::Json json = {{"schema", 1},
                            {"id", verdict.id},
                            {"host", verdict.host},
                            {"at", format_utc(verdict.at)},
                            {"level", verdict.level()},
                            {"passed", verdict.passed()},
                            {"restored_in_ms", verdict.restored_in.count()},
                            {"levels", std::move(levels)}};
    const std::string text = sys::dump_json(json, 1) + "\n";
    return job.signing.verification(verdict.manifest, text).value_or(text);
}

Result<void> keep_verdict(const Job& job, const Verdict& verdict) {
    const std::string name = verification_name(verdict.id, {verdict.at, verdict.level(), verdict.passed()});
    (void)job.store().remove(name); // of the same second; where nothing can be removed, write() says why
    return job.store().write(name, record_of(job, verdict));
}

void keep_damage(const Job& job, const Manifest& manifest, const Error& damage) {
    constexpr int as_stored = 2;
    if (damage.kind != Kind::no) return;
    Verdict verdict{.id = manifest.id, .host = sys::host_name(), .at = job.clock.now(), .levels = {}};
    verdict.levels.push_back({as_stored, false, damage.message});
    verdict.manifest = manifest;
    if (const auto kept = keep_verdict(job, verdict); !kept.ok())
        sys::log_warning(
            fmt::format("the damage of set {} can't be recorded, so status and prune don't know about it: {}",
                        manifest.id, kept.error().message));
}

// An older one of no higher level tells nothing that the newer one doesn't.
Result<void> judge(const Job& job, Store& store, Set& set) {
    if (set.claims.empty()) return {};
    const auto opened = open_trusted(job, store, set);
    if (!opened.ok() && opened.error().kind != Kind::no) return opened.error();
    if (!opened.ok()) { // what was proven is not what is there now
        set.fault = opened.error().message;
        return {};
    }
    const Manifest& manifest = opened.value();
    int highest = 0, looks = 0;
    for (auto claim = set.claims.rbegin(); claim != set.claims.rend() && looks < most_looks; ++claim) {
        if (claim->level <= highest) continue;
        const std::string name = verification_name(set.id, *claim);
        const auto record = read_record(job, manifest, store, name);
        if (!record.ok() && record.error().kind != Kind::no) return record.error();
        const bool is_early = claim->at > job.clock.now() + clocks_differ;
        if (!record.ok() || is_early || !says(record.value(), manifest, name)) {
            if (job.signing.asks())
                set.has_unsigned = true;
            else
                sys::log_warning(fmt::format("'{}' of {} is damaged or from the future, so it doesn't count; run: "
                                             "fairlead-backup verify {}",
                                             name, store.shown(), set.id));
            ++looks;
            continue;
        }
        set.count(*claim);
        highest = claim->level;
    }
    return {};
}

Result<Found> list_judged(const Job& job, Store& store) {
    auto found = TRY(list_sets(store, job.owner()));
    for (Set& set : found.sets) TRY_VOID(judge(job, store, set));
    return found;
}

Result<std::optional<Milliseconds>> last_restore_time(const Job& job, const Found& found) {
    constexpr int by_restore = 4;
    const Set* of = nullptr;
    Verification newest;
    for (const Set& set : found.sets)
        for (const Verification& one : set.verifications)
            if (one.level == by_restore && one.passed && (of == nullptr || one.at > newest.at)) of = &set, newest = one;
    if (of == nullptr) return std::optional<Milliseconds>();
    const std::string name = verification_name(of->id, newest);
    const auto none = [](const Error& error) -> Result<std::optional<Milliseconds>> {
        if (error.kind == Kind::no) return std::optional<Milliseconds>();
        return error;
    };
    const auto manifest = open_trusted(job, job.store(), *of);
    if (!manifest.ok()) return none(manifest.error());
    const auto record = read_record(job, manifest.value(), job.store(), name);
    if (!record.ok()) return none(record.error());
    const auto took = record->find("restored_in_ms");
    if (took == record->end() || !took->is_number_unsigned()) return std::optional<Milliseconds>();
    constexpr std::int64_t percent = 110, whole = 100, longest_ms = 1LL << 50;
    return std::optional(Milliseconds{std::min(took->get<std::int64_t>(), longest_ms) * percent / whole});
}

}
