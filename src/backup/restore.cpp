// From a set to a target: all is checked before the first byte, what comes stands beside what is there, and takes its
// place when its rows are those of the manifest.
#include "backup/job.h"
#include "backup/pgbackrest/commands.h"
#include "backup/scratch.h"
#include "backup/scrub.h"
#include "backup/status.h"
#include "backup/verified.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "report/dropped.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/new_file.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

bool is_asked(const Part& part, const Request& request) {
    const auto& names = request.sources;
    if (part.is_beside() && names.empty()) return false; // roles stay the server's own matter
    return names.empty() || std::find(names.begin(), names.end(), part.name) != names.end();
}

Result<std::vector<const Part*>> parts_of(const Manifest& manifest, const Request& request) {
    std::vector<const Part*> parts;
    std::vector<std::string> names;
    for (const Part& part : manifest.parts) {
        names.push_back(part.name);
        if (is_asked(part, request)) parts.push_back(&part);
    }
    for (const auto& name : request.sources)
        if (std::find(names.begin(), names.end(), name) == names.end())
            return usage(fmt::format("set {} has no source '{}'; expected {}", manifest.id, name, one_of(names)));
    const auto roles = std::count_if(parts.begin(), parts.end(), [](const Part* one) { return one->is_beside(); });
    if (parts.size() > 1 && (request.to != "original" || roles > 0))
        return usage(
            fmt::format("set {} has {} sources, and they can't all go to one place; say --source and one of {}",
                        manifest.id, parts.size(), one_of(names)));
    return parts;
}

// Both checksums, before anything is touched.
Result<void> check_bytes(const Job& job, const Part& part) {
    const Engine* engine = TRY(engine_named(part.engine));
    auto plain = TRY(open_part(job, part));
    return engine->look_at(part, *plain, job.world);
}

bool is_within(const sys::Path& path, const sys::Path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// What stands where a file or a folder is to come moves away with all that it holds.
Result<void> check_not_around(const sys::Path& target, const Job& job, const sys::Path& configuration) {
    if (target.empty()) return {};
    if (!configuration.empty() && target == configuration)
        return usage(fmt::format("'{}' is the configuration that this run reads; name another path", target.string()));
    auto inside = job.world.stores;
    inside.push_back(job.world.folder);
    inside.push_back(std::filesystem::current_path());
    for (const auto& path : inside)
        if (is_within(path, target))
            return usage(fmt::format("'{}' holds '{}', which the restore needs where it is; name another path",
                                     target.string(), path.string()));
    return {};
}

// Says at the store that the set is read, so that nobody prunes it. A lock would keep the emergency waiting for whoever
// holds it; of a store that can only be read nobody deletes.
class Mark {
  public:
    Mark(Store& store, const std::string& id) : store_(store), name_(restoring_name(id, sys::random_hex(8))) {}
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
    ~Mark() {
        if (is_set_) (void)store_.remove(name_);
    }
    void set() {
        auto done = store_.may_write();
        if (done.ok()) done = store_.write(name_, sys::host_name() + "\n");
        is_set_ = done.ok();
        if (!is_set_)
            sys::log_warning(fmt::format("the set can't be marked as being read, so a prune could delete it: {}",
                                         done.error().message));
    }

  private:
    Store& store_;
    const std::string name_;
    bool is_set_ = false;
};

// Nobody gets data that the file was to change.
struct Scrubbing {
    std::string file, sql; // an empty file: as it is
};

Result<Scrubbing> scrubbing_of(const Request& request, const Manifest& manifest,
                               const std::vector<const Part*>& parts) {
    constexpr std::uint64_t longest = 16u << 20;
    if (request.scrub.empty()) return Scrubbing();
    if (parts.size() != 1)
        return usage(
            fmt::format("--scrub works on one source, and set {} has {}: say --source", manifest.id, parts.size()));
    const auto sql = sys::read_file(request.scrub, longest);
    if (!sql.ok()) return usage(sql.error().message);
    return Scrubbing{request.scrub, sql.value()};
}

// What one store has damaged another may have whole.
Error damaged(const Job& job, const std::string& id, Error error) {
    return error.kind == Kind::no ? or_elsewhere(job, id, std::move(error)) : error;
}

Result<void> check_none(const std::vector<std::string>& differ) {
    if (differ.empty()) return {};
    return no(fmt::format("the restored data is not as it was dumped, and was not put in place: {}; if somebody wrote "
                          "to it meanwhile, run the command again",
                          join(differ, "; ")));
}

// Other rows are not what was asked for. A definition that is otherwise may be the newer server's way to write it: it
// is told, and nobody waits for his data.
Result<void> check_same(const Job& job, const Manifest& manifest, const Part& part, Restore& restore) {
    auto differ = TRY(differences_of(job, manifest, part, restore));
    const auto others = std::stable_partition(differ.begin(), differ.end(), [](const std::string& one) {
        return one.starts_with("rows of ") || one.starts_with("large object ");
    });
    for (auto one = others; one != differ.end(); ++one) sys::log_warning("the restored data: " + *one);
    differ.erase(others, differ.end());
    return check_none(differ);
}

Result<void> check_stored_bytes(const Job& job, const Manifest& manifest, const Part& part) {
    const auto whole = check_bytes(job, part);
    if (whole.ok()) return {};
    keep_damage(job, manifest, whole.error());
    return damaged(job, manifest.id, whole.error());
}

// Before the first of them is written: its bytes, and of a database that nobody signed each statement.
Result<void> check_whole(const Job& job, const Manifest& manifest, const Part& part) {
    TRY_VOID(check_stored_bytes(job, manifest, part));
    if (part.engine != "postgres" || job.world.are_sets_signed) return {};
    const Engine* engine = TRY(engine_named(part.engine));
    auto plain = TRY(open_part(job, part));
    if (const auto whole = engine->look_at(part, *plain, job.world); !whole.ok())
        return damaged(job, manifest.id, whole.error());
    return {};
}

Result<std::string> restore_part(const Job& job, const Manifest& manifest, const Part& part, const Part* globals,
                                 Restore& restore, const Scrubbing& scrubbing) {
    if (globals != nullptr) {
        auto roles = TRY(open_part(job, *globals));
        TRY_VOID(restore.take_before(*globals, *roles));
    }
    auto plain = TRY(open_part(job, part));
    sys::fault_point("restore");
    TRY_VOID(restore.take(*plain));
    sys::fault_point("restored");
    const auto counted = TRY(restore.count());
    TRY_VOID(check_none(differences(part.tables, counted)));
    TRY_VOID(check_same(job, manifest, part, restore));
    sys::fault_point("counted");
    if (!scrubbing.file.empty()) {
        TRY_VOID(scrub(restore, part, scrubbing.sql, scrubbing.file));
        TRY_VOID(ask_queries(restore, part, job.settings.verify.queries));
        sys::fault_point("scrubbed");
    }
    auto became = TRY(restore.put_in_place());
    sys::fault_point("in-place");
    return became;
}

// The SQL of the roles as it is, into a new file: which of them a server gets is for its owner to say. A catalog is to
// be read as well.
Result<report::Report> write_beside(const Job& job, const Manifest& manifest, const Part& part,
                                    const Request& request) {
    const bool is_path =
        request.to != "original" && !request.to.starts_with("env:") && request.to.find("://") == request.to.npos;
    if (!is_path || !request.scrub.empty())
        return usage(
            part.format == "catalog"
                ? fmt::format("'{}' is the catalogue of a database, which goes into a file: --to ./catalog.txt",
                              part.name)
                : fmt::format("'{}' is the SQL of roles, which goes into a file: --to ./roles.sql; restore --globals "
                              "makes the roles that a server lacks",
                              part.name));
    const auto path = std::filesystem::absolute(request.to);
    if (sys::inspect(path).type != sys::FileType::absent)
        return usage(fmt::format("'{}' is there already; name another file", path.string()));
    report::Report report;
    report.members = {report::member("id", manifest.id)};
    report.facts = fmt::format("{} {} to '{}'", request.dry_run ? "would write" : "wrote",
                               part.format == "catalog" ? "the catalog" : "roles", path.string());
    if (request.dry_run) return report;
    TRY_VOID(may_change_target(path.string()));
    TRY_VOID(check_stored_bytes(job, manifest, part));
    const auto plain = TRY(open_part(job, part));
    auto file = TRY(sys::NewFile::create(path));
    std::string piece(sys::stream_piece, '\0');
    for (;;) {
        const auto count = TRY(plain->read(piece));
        if (count == 0) break;
        TRY_VOID(file.write({piece.data(), count}));
    }
    TRY_VOID(file.publish());
    return report;
}

}

namespace {

constexpr std::string_view keeps = "--keep-privileges";

// Of folders and volumes alone, and of what a trusted key signed.
Result<sys::TarReading::Privileges> privileges_of(const Job& job, const Request& request,
                                                  const std::vector<const Part*>& parts) {
    if (!request.keep_privileges) return sys::TarReading::Privileges::dropped;
    TRY_VOID(job.signing.check_asks(keeps));
    const bool has_files = std::any_of(
        parts.begin(), parts.end(), [](const Part* one) { return one->engine == "path" || one->engine == "volume"; });
    if (has_files) return sys::TarReading::Privileges::kept;
    return usage(
        fmt::format("{} is for folders, files and volumes, and this restores a database; leave it out", keeps));
}

std::string text_of(const Dropped& dropped, const std::string& target) {
    if (dropped.paths == 0) return "";
    std::string text = fmt::format("dropped from {} of {}: {}\n{}", counted(dropped.paths, "path", "paths"), target,
                                   dropped.counts(), dropped.lines());
    return text +
           fmt::format(
               "  to bring them back, restore as root a set that a trusted key signed, with {}; to give files to "
               "another owner, run: chown -R USER:GROUP\n",
               keeps);
}

// Which of several came back before one failed, and what became of the old ones: they stay so.
Error with_done(Error error, const std::vector<const Part*>& parts, std::size_t done, const std::string& text) {
    if (done == 0) return error;
    std::vector<std::string> names;
    for (std::size_t at = 0; at < done; ++at) names.push_back(parts[at]->name);
    error.message +=
        fmt::format("; {} {} restored before it and {} so: {}", join(names, ", "), done == 1 ? "was" : "were",
                    done == 1 ? "stays" : "stay", one_line(replace_all(trim(text), "\n", "; ")));
    return error;
}

Result<report::Report> restore_set(const Place& place, const Job& job, const Request& request) {
    if (request.delta) return usage("--delta is for a pgBackRest cluster, and this restores a set; leave it out");
    if (request.to.empty())
        return usage(
            "restore needs a target; say --to and a database's name, a path, env:VARIABLE with its URL, or original");
    if (request.id.empty()) return usage("restore needs a set; name its id, or latest");
    const auto listed = list_for(job, job.store(), request.id);
    if (!listed.ok()) return or_elsewhere(job, request.id, listed.error());
    const Found& found = listed.value();
    const auto chosen = choose(found, request.id, job.clock.now());
    if (!chosen.ok()) return or_elsewhere(job, request.id, chosen.error());
    const Set* set = chosen.value();
    const auto opened = open_trusted(job, job.store(), *set);
    if (!opened.ok()) return damaged(job, set->id, opened.error());
    const Manifest& manifest = opened.value();
    TRY_VOID(check_profiles(place, manifest, request));
    const auto parts = TRY(parts_of(manifest, request));
    if (!parts.empty() && parts.front()->is_beside()) return write_beside(job, manifest, *parts.front(), request);
    const auto scrubbing = TRY(scrubbing_of(request, manifest, parts));
    const auto privileges = TRY(privileges_of(job, request, parts));
    const auto configuration =
        place.config.present() ? std::filesystem::absolute(place.config.file()).lexically_normal() : sys::Path();
    const auto begin = job.clock.steady();
    std::vector<std::unique_ptr<Restore>> restores;
    for (const Part* part : parts) {
        const Engine* engine = TRY(engine_named(part->engine));
        auto made = TRY(engine->restore(*part, job.source_of(*part),
                                        {.to = request.to,
                                         .overwrite = request.overwrite ? Overwrite::yes : Overwrite::no,
                                         .owners = !request.no_owner,
                                         .globals = request.globals,
                                         .privileges = privileges,
                                         .now = job.clock.now()},
                                        job.world));
        restores.push_back(std::move(made));
    }
    report::Report report;
    for (std::size_t at = 0; at < parts.size(); ++at)
        report.text += fmt::format("{} {} of set {} {} {}\n", request.dry_run ? "would restore" : "restores",
                                   parts[at]->name, manifest.id, "into", restores[at]->shown);
    for (const Part* part : parts) tell_other_format(job, *part);
    report.members = {report::member("id", manifest.id)};
    for (const auto& one : restores) TRY_VOID(check_not_around(one->replaces, job, configuration));
    for (const auto& one : restores)
        if (!one->misfit.empty()) return usage(one->misfit);
    if (request.dry_run) {
        report.facts = fmt::format("would restore set {}", manifest.id);
        return report;
    }
    for (const auto& one : restores)
        if (!one->act.empty()) TRY_VOID(request.confirm(one->act));
    sweep_scratch();
    Mark mark(job.store(), manifest.id);
    mark.set();
    for (const Part* part : parts) TRY_VOID(check_whole(job, manifest, *part));
    Dropped dropped;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto became = restore_part(job, manifest, *parts[at],
                                         request.globals ? manifest.find(parts[at]->name + ".globals") : nullptr,
                                         *restores[at], scrubbing);
        if (!became.ok()) return with_done(became.error(), parts, at, report.text);
        if (!became.value().empty()) report.text += became.value() + "\n";
        report.text += text_of(restores[at]->dropped(), restores[at]->shown);
        dropped.add(restores[at]->dropped());
    }
    const auto took = std::chrono::duration_cast<Milliseconds>(job.clock.steady() - begin);
    report.facts = fmt::format("set {} restored in {}", manifest.id, shown_age(took));
    if (dropped.paths > 0)
        report.facts += fmt::format("; rights of {} dropped", counted(dropped.paths, "path", "paths"));
    report.members.push_back(report::member_of(dropped));
    report.is_done = true;
    return report;
}

}

namespace {

// A slip would go into a file or a database of that name, and the application's data would stay as they are.
Result<void> check_word(const std::string& to) {
    const std::vector<std::string> words = {"original"};
    const auto small = lower(to);
    const bool is_path = to.find_first_of("/.:") != to.npos;
    const bool is_another = is_path || (words.front().starts_with(small) && small != words.front()); // origin
    if (to == words.front() || is_another || nearest(small, words).empty()) return {};
    return usage(fmt::format("--to {0} is not a word of restore; did you mean original? for a file of that name write "
                             "./{0}, for a database env:VARIABLE and its URL in the variable",
                             to));
}

}

Result<report::Report> restore(const Place& place, const Request& request) {
    TRY_VOID(check_word(request.to));
    const Job job = TRY(begin(place, request, Stores::of_sets));
    auto parted = TRY(pgbackrest::part(job, request));
    if (parted.clusters.size() > 1 && !parted.sets)
        return usage("several sources have engine: pgbackrest; name one source with --source");
    if (parted.sets) parted.clusters.clear(); // a cluster is meant by its label, its source or a moment
    return together(
        parted, [&] { return restore_set(place, job, request); },
        [&](const SourceSettings& source) { return pgbackrest::restore(job, source, request); });
}

}
