// Proves a set, level by level: it is there; it is what was stored; it is what was dumped; it restores.
#include "backup/job.h"
#include "backup/scratch.h"
#include "backup/scrub.h"
#include "backup/status.h"
#include "backup/verified.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/stream/digest.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr int highest = 4;
constexpr std::size_t most_told = 10; // differences

struct Proof {
    const Job& job;
    const Set& set;
    Manifest manifest = {};
    std::uint64_t read = 0; // bytes, of the level that runs

    Result<void> is_there() {
        manifest = TRY(open_trusted(job, job.store(), set));
        return {};
    }

    Result<void> is_as_stored() {
        for (const Part& part : manifest.parts) {
            auto stored = TRY(job.store().open(part.file));
            auto digest = sys::digesting(std::move(stored));
            std::string piece(sys::stream_piece, '\0');
            while (TRY(digest->read(piece)) > 0) continue;
            read += digest->figures().bytes;
            if (digest->figures().sha256 != part.stored.sha256)
                return no(fmt::format("'{}' is damaged: its bytes are not those of the manifest; take another set",
                                      part.file));
        }
        return {};
    }

    Result<void> is_as_dumped() {
        for (const Part& part : manifest.parts) {
            const Engine* engine = TRY(engine_named(part.engine));
            auto plain = TRY(open_part(job, part));
            TRY_VOID(engine->look_at(part, *plain, job.world));
            read += part.plain.bytes;
        }
        return {};
    }

    Result<void> restores() {
        bool are_asked = job.settings.verify.queries.empty();
        for (const Part& part : manifest.parts) {
            if (part.is_beside()) continue;
            tell_other_format(job, part);
            const Engine* engine = TRY(engine_named(part.engine));
            const auto place = TRY(engine->rehearse(part, job.world));
            const Part* globals = manifest.find(part.name + ".globals");
            if (globals != nullptr && job.world.verify_on.empty()) { // another server's roles stay as they are
                auto before = TRY(open_part(job, *globals));
                TRY_VOID(place->take_before(*globals, *before));
            }
            auto plain = TRY(open_part(job, part));
            TRY_VOID(place->take(*plain));
            read += part.plain.bytes;
            const auto counted = TRY(place->count());
            const auto differ = differences(part.tables, counted);
            if (!differ.empty())
                return no(fmt::format("'{}' does not restore to what it was: {}", part.file, join(differ, "; ")));
            auto otherwise = TRY(differences_of(job, manifest, part, *place));
            if (const auto count = otherwise.size(); count > most_told) {
                otherwise.resize(most_told);
                otherwise.push_back(fmt::format("{} more", count - most_told));
            }
            if (!otherwise.empty())
                return no(fmt::format("'{}' does not restore to what it was: {}", part.file, join(otherwise, "; ")));
            if (are_asked || (part.engine != "postgres" && part.engine != "sqlite")) continue;
            TRY_VOID(ask_queries(*place, part, job.settings.verify.queries));
            are_asked = true;
        }
        if (are_asked) return {};
        return usage("verify.queries are asked of the set's first database, and it has none; leave them out");
    }
};

using Step = Result<void> (Proof::*)();
constexpr Step steps[] = {&Proof::is_there, &Proof::is_as_stored, &Proof::is_as_dumped, &Proof::restores};
constexpr const char* what[] = {"manifest and sizes", "stored bytes", "unpacked bytes and format",
                                "restored and compared"};

// Error: what could not be asked; it says nothing of the set.
Result<Verdict> prove(const Job& job, const Set& set, int wanted) {
    Verdict verdict{.id = set.id, .host = sys::host_name(), .at = job.clock.now(), .levels = {}, .manifest = {}};
    Proof proof{job, set};
    for (int level = 1; level <= wanted; ++level) {
        proof.read = 0;
        const auto begin = job.clock.steady();
        auto done = (proof.*steps[level - 1])();
        const auto took = std::chrono::duration_cast<Milliseconds>(job.clock.steady() - begin);
        if (!done.ok() && done.error().kind != Kind::no) return std::move(done).error();
        verdict.levels.push_back({level, done.ok(), done.ok() ? "" : done.error().message, took, proof.read});
        if (level == highest) verdict.restored_in = took;
        if (!done.ok()) break;
    }
    verdict.manifest = std::move(proof.manifest);
    return verdict;
}

Result<int> level_of(const Request& request, const Job& job) {
    if (request.level.empty()) return static_cast<int>(job.settings.verify.level);
    const auto level = parse_integer(request.level);
    if (level.ok() && level.value() >= 1 && level.value() <= highest) return static_cast<int>(level.value());
    return usage(fmt::format("--level '{}' is unknown; expected 1, 2, 3 or 4", request.level));
}

report::Report say(const Verdict& verdict) {
    constexpr double milliseconds = 1000;
    report::Report report;
    sys::Json levels = sys::Json::array();
    for (const Level& one : verdict.levels) {
        const double seconds = static_cast<double>(one.took.count()) / milliseconds;
        report.text +=
            fmt::format("level {}: {} ({}, {:.1f} s{})\n", one.level, one.passed ? "passed" : "failed: " + one.failure,
                        what[one.level - 1], seconds, one.bytes > 0 ? fmt::format(", {}", shown_bytes(one.bytes)) : "");
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

}

Result<report::Report> verify(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request));
    const int level = TRY(level_of(request, job));
    if (!request.dry_run) sweep_scratch();
    auto found = TRY(list_first(job));
    const std::string id = request.id.empty() ? "latest" : request.id;
    if (id == "latest") order_by_chain(job, job.store(), found);
    const Set* set = TRY(choose(found, id, job.clock.now()));
    const auto verdict = TRY(prove(job, *set, level));
    auto report = say(verdict);
    if (request.dry_run) return report;
    if (const auto kept = keep_verdict(job, verdict); !kept.ok()) {
        if (verdict.passed() && job.store().may_write().ok()) return kept.error();
        sys::log_warning("the verification can't be kept: " + kept.error().message);
        return report;
    }
    if (const auto why = job.signing.unbelieved(); verdict.passed() && !why.empty())
        sys::log_warning(
            "the result has no signature that counts, so status, prune and recover go by the ones before: " + why);
    return report;
}

}
