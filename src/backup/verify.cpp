// Proves a set, level by level: it is there; it is what was stored; it is what was dumped; it restores.
#include "backup/job.h"
#include "backup/pgbackrest/commands.h"
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
                return no(
                    fmt::format("'{}' does not restore to its original state: {}", part.file, join(differ, "; ")));
            auto otherwise = TRY(differences_of(job, manifest, part, *place));
            if (const auto count = otherwise.size(); count > most_told) {
                otherwise.resize(most_told);
                otherwise.push_back(fmt::format("{} more", count - most_told));
            }
            if (!otherwise.empty())
                return no(
                    fmt::format("'{}' does not restore to its original state: {}", part.file, join(otherwise, "; ")));
            if (are_asked || (part.engine != "postgres" && part.engine != "sqlite")) continue;
            TRY_VOID(ask_queries(*place, part, job.settings.verify.queries));
            are_asked = true;
        }
        if (are_asked) return {};
        return usage("verify.queries run in the set's first database, and the set has no database; leave them out");
    }
};

// Error: what could not be asked; it says nothing of the set.
Result<Verdict> prove_set(const Job& job, const Set& set, int wanted) {
    Proof proof{job, set};
    const auto step = [&](Result<void> (Proof::*prove)()) {
        return [&proof, prove](std::uint64_t& read) {
            proof.read = 0;
            auto done = (proof.*prove)();
            read = proof.read;
            return done;
        };
    };
    auto verdict = TRY(prove(set.id,
                             {{"manifest and sizes", step(&Proof::is_there)},
                              {"stored bytes", step(&Proof::is_as_stored)},
                              {"unpacked bytes and format", step(&Proof::is_as_dumped)},
                              {"restored and compared", step(&Proof::restores)}},
                             wanted, job.clock));
    verdict.manifest = std::move(proof.manifest);
    return verdict;
}

Result<int> level_of(const Request& request, const Job& job) {
    if (request.level.empty()) return static_cast<int>(job.settings.verify.level);
    const auto level = parse_integer(request.level);
    if (level.ok() && level.value() >= 1 && level.value() <= highest) return static_cast<int>(level.value());
    return usage(fmt::format("--level '{}' is unknown; expected 1, 2, 3 or 4", request.level));
}

Result<report::Report> verify_set(const Job& job, const Request& request, int level) {
    auto found = TRY(list_first(job));
    const std::string id = request.id.empty() ? "latest" : request.id;
    if (id == "latest") order_by_chain(job, job.store(), found);
    const Set* set = TRY(choose(found, id, job.clock.now()));
    const auto verdict = TRY(prove_set(job, *set, level));
    auto report = report_of(verdict);
    if (request.dry_run) return report;
    if (const auto kept = keep_verdict(job, verdict); !kept.ok()) {
        if (verdict.passed() && job.store().may_write().ok()) return kept.error();
        sys::log_warning("the verification can't be kept: " + kept.error().message);
        return report;
    }
    if (const auto why = job.signing.unbelieved(); verdict.passed() && !why.empty())
        sys::log_warning("no trusted key signed the result, so status, prune and recover use the earlier results: " +
                         why);
    return report;
}

}

Result<report::Report> verify(const Place& place, const Request& request) {
    const Job job = TRY(begin(place, request, Stores::of_sets));
    const int level = TRY(level_of(request, job));
    TRY_VOID(pgbackrest::check_names(job, request));
    const auto parted = TRY(pgbackrest::part(job, request));
    if (!request.dry_run) sweep_scratch();
    return together(
        parted, [&] { return verify_set(job, request, level); },
        [&](const SourceSettings& source) { return pgbackrest::verify(job, source, request, level); });
}

}
