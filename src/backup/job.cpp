#include "backup/job.h"
#include "backup/copy.h"
#include "backup/stores/address.h"
#include "backup/verified.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/stream/compress.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using PackedBy = sys::Compression::Kind;

PackedBy kind_of(const std::string& compression) {
    const auto parsed = sys::read_compression(compression);
    return parsed.ok() ? parsed->kind : PackedBy::none;
}

// Passes on what comes, and judges it at the end.
class Checked : public sys::Source {
  public:
    Checked(const sys::DigestSource& stored, std::unique_ptr<sys::Source> packed, const Part& part)
        : part_(part), stored_(&stored) {
        auto plain = sys::digesting(sys::decompressing(kind_of(part.compression), std::move(packed), part.file));
        plain_ = plain.get();
        from_ = std::move(plain);
    }
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = TRY(from_->read(into));
        if (count > 0) return count;
        TRY_VOID(compare("stored", stored_->figures(), part_.stored));
        TRY_VOID(compare("unpacked", plain_->figures(), part_.plain));
        return std::size_t{0};
    }

  private:
    Result<void> compare(const char* which, const sys::Figures& found, const Digested& wanted) const {
        if (found.bytes == wanted.bytes && found.sha256 == wanted.sha256) return {};
        return no(fmt::format("'{}' is damaged: its {} bytes are not those of the manifest; take another set",
                              part_.file, which));
    }
    Part part_;
    const sys::DigestSource* stored_;
    sys::DigestSource* plain_ = nullptr;
    std::unique_ptr<sys::Source> from_;
};

// As asked, or fairlead.yml says; else the folder's name, in letters that a file's name may have.
Result<std::string> app_of(const Place& place, const Request& request) {
    if (!request.app.empty()) {
        TRY_VOID(check_app(request.app));
        return request.app;
    }
    std::string app = place.config.app();
    if (app.empty()) app = std::filesystem::current_path().filename().string();
    if (!place.config.root()["app"].present())
        for (char& c : app)
            if (!check_app("a" + std::string(1, c)).ok()) c = '-';
    TRY_VOID(check_app(app));
    return app;
}

}

Result<Settings> settings_of(const Place& place, const Request& request) {
    Settings settings = TRY(read_settings(place.section));
    if (place.config.present())
        for (auto& url : settings.stores) url = from_folder(url, place.config.folder());
    if (!request.stores.empty()) settings.stores = request.stores;
    if (!request.name_style.empty()) settings.name_style = request.name_style;
    if (!request.compress.empty()) settings.compress = TRY(sys::read_compression(request.compress));
    if (!request.keep_days.empty()) {
        const auto days = parse_integer(request.keep_days);
        if (!days.ok() || days.value() < 1)
            return usage(fmt::format("--keep-days '{}' is not a number of days; write 30", request.keep_days));
        settings.keep = {.days = days.value()};
    }
    // Flags tell of one source; without any, and without fairlead.yml's, it is the database that the variables name.
    if (!request.path.empty() && !request.volume.empty())
        return usage("--path and --volume are two sources; write them as backup.sources in fairlead.yml");
    if (!request.path.empty())
        settings.sources = {{.name = "files", .path = request.path}};
    else if (!request.volume.empty())
        settings.sources = {{.name = "volume", .volume = request.volume, .stop = request.stop}};
    else if (!request.engine.empty() || !request.url_env.empty() || settings.sources.empty())
        settings.sources = {{.name = "db", .engine = request.engine, .url_env = request.url_env}};
    if (!request.stop.empty() && request.volume.empty())
        return usage("--stop goes with --volume; say both, or write stop at the source in fairlead.yml");
    if (!request.via.empty())
        for (auto& source : settings.sources)
            if (source.path.empty() && source.volume.empty() && !source.is_cluster()) source.via = request.via;
    if (!request.dump.empty())
        for (auto& source : settings.sources) source.dump = request.dump;
    if (settings.style() == Style::plain)
        for (auto& source : settings.sources) source.dump = "plain";
    return settings;
}

Result<void> check(const Place& place, const Request& request) {
    const auto settings = TRY(settings_of(place, request));
    TRY(app_of(place, request));
    for (const auto& url : settings.stores) TRY(store_of(url, place.variables));
    return {};
}

Result<Job> begin(const Place& place, const Request& request, Stores stores, Content content) {
    const auto settings = TRY(settings_of(place, request));
    const auto app = TRY(app_of(place, request));
    Job job{.app = app,
            .environment = place.environment,
            .settings = settings,
            .world = {place.variables, place.config.present() ? sys::Path(place.config.folder()) : sys::Path("."), ""},
            .stores = {},
            .keys = {},
            .signing = {},
            .clock = place.clock};
    job.world.folder = std::filesystem::absolute(job.world.folder).lexically_normal();
    if (content == Content::opened) job.keys = TRY(read_keys(job.settings.encrypt, job.world));
    job.signing = TRY(read_signing(job.settings.sign, place.config, job.world));
    job.world.are_sets_signed = job.signing.asks();
    job.world.pg_bin = job.settings.pg_bin;
    job.world.verify_on = job.settings.verify.on;
    job.world.digests = job.settings.digests;
    for (const auto& source : job.settings.sources)
        if (!source.via.empty()) job.world.via[source.name] = source.via;
    const auto& sources = job.settings.sources;
    const bool has_sets =
        std::any_of(sources.begin(), sources.end(), [](const SourceSettings& one) { return !one.is_cluster(); });
    if (job.settings.stores.empty() && (has_sets || stores == Stores::needed))
        return usage("no store is named; say --store file:/var/backups/" + job.app +
                     ", or write it as stores under backup in fairlead.yml");
    if (request.stores.empty() && !job.settings.stores.empty() &&
        static_cast<std::size_t>(job.settings.min_copies) > job.settings.stores.size())
        return usage(fmt::format(
            "backup.min_copies is {}, and {} named; name more stores, or lower min_copies", job.settings.min_copies,
            job.settings.stores.size() == 1 ? "one store is" : fmt::format("{} are", job.settings.stores.size())));
    for (const auto& url : job.settings.stores) {
        auto store = TRY(store_of(url, place.variables));
        if (const auto folder = store->folder(); !folder.empty()) {
            std::error_code failed;
            const auto real = std::filesystem::weakly_canonical(folder, failed);
            for (const auto& other : job.world.stores)
                if (std::filesystem::weakly_canonical(other, failed) == real)
                    return usage(fmt::format("two stores are the same folder, '{}' and '{}'; a copy next to the "
                                             "original is lost with it: name another place",
                                             other.string(), folder));
            job.world.stores.emplace_back(folder);
        }
        job.stores.push_back(std::move(store));
    }
    return job;
}

Result<std::vector<SourceSettings>> Job::sources(const std::vector<std::string>& names) const {
    if (names.empty()) return settings.sources;
    std::vector<std::string> known;
    for (const auto& source : settings.sources) known.push_back(source.name);
    std::vector<SourceSettings> chosen;
    for (const auto& name : names) {
        const auto found = std::find_if(settings.sources.begin(), settings.sources.end(),
                                        [&](const SourceSettings& one) { return one.name == name; });
        if (found == settings.sources.end())
            return usage(fmt::format("source '{}' is unknown; expected {}", name, one_of(known)));
        chosen.push_back(*found);
    }
    return chosen;
}

SourceSettings Job::source_of(const Part& part) const {
    for (const auto& source : settings.sources)
        if (source.name == part.name || part.name.substr(0, part.name.find('.')) == source.name) return source;
    return {.name = part.name, .engine = part.engine};
}

Result<void> check_encrypts(const Place& place, const Job& job) {
    const auto encrypt = place.section["encrypt"];
    if (!encrypt.present() || job.keys.encrypts()) return {};
    return encrypt.error("backup.encrypt has no recipient, so sets would not be encrypted; write to: [age1…] or "
                         "passphrase_env, or leave encrypt out");
}

Result<void> check_some(const Job& job) {
    const auto found = TRY(list_sets(job.store(), job.owner()));
    if (!found.sets.empty()) return {};
    if (!found.others.empty())
        return no(fmt::format("{} has no set of '{}', but has sets of {}: say --app or --env", job.store().shown(),
                              job.app, found.others));
    return no(fmt::format("{} has no set of '{}'; if it should, mount its disk, or correct its address or `app:`",
                          job.store().shown(), job.app));
}

// A set that was made when one of a later name was there already is newer than that one. Only the last names are looked
// at: more sets than that are rarely made by a clock that is ahead.
void order_by_chain(const Job& job, Store& store, Found& found) {
    constexpr std::size_t most = 16;
    auto& sets = found.sets;
    if (sets.size() < 2) return;
    const std::string by_name = sets.front().id;
    for (std::size_t at = 0; at < std::min(most, sets.size()); ++at) {
        auto manifest = read_trusted(job, store, sets[at]);
        if (!manifest.ok()) continue; // whoever takes it is told
        sets[at].after = std::move(manifest->after);
        const auto here = sets.begin() + static_cast<std::ptrdiff_t>(at);
        const auto older = std::find_if(sets.begin(), here, [&](const Set& one) { return here->was_made_after(one); });
        std::rotate(older, here, here + 1);
    }
    if (sets.front().id != by_name)
        sys::log_warning(fmt::format("set {} was made after {}, though its name is earlier: a clock was wrong; {} is "
                                     "taken for the latest",
                                     sets.front().id, by_name, sets.front().id));
}

Result<Found> list_for(const Job& job, Store& store, const std::string& id) {
    auto found = TRY(list_sets(store, job.owner()));
    if (id == "latest") order_by_chain(job, store, found);
    return found;
}

Error or_elsewhere(const Job& job, const std::string& id, Error error) {
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        const auto found = list_sets(*job.stores[at], job.owner());
        if (!found.ok()) continue;
        const auto chosen = choose(found.value(), id, job.clock.now());
        if (!chosen.ok()) continue;
        const std::string& its = chosen.value()->id;
        error.message += fmt::format("; {} has {}: say --store and its address, or fairlead-backup fetch {}",
                                     job.stores[at]->shown(), its, its);
        return error;
    }
    return error;
}

Result<Found> list_first(const Job& job) {
    auto found = list_judged(job, job.store());
    if (!found.ok()) return or_elsewhere(job, "latest", std::move(found).error());
    return found;
}

Result<std::unique_ptr<Lease>> lock(Store& store, std::string_view command, Milliseconds wait) {
    return store.lock(fmt::format("fairlead-backup {} on {}, process {}", command, sys::host_name(), sys::own_pid()),
                      std::chrono::ceil<std::chrono::seconds>(wait));
}

Result<Manifest> read_trusted(const Job& job, Store& store, const Set& set) {
    const std::string name = set.manifest;
    const std::string text = TRY(store.read(name, longest_manifest));
    TRY_VOID(job.signing.check(store, set, text, job.clock.now()));
    Manifest manifest = TRY(read_manifest(text, name, set.id));
    TRY_VOID(check_named(manifest, name));
    return manifest;
}

Result<Manifest> open_trusted(const Job& job, Store& store, const Set& set) {
    Manifest manifest = TRY(read_trusted(job, store, set));
    TRY_VOID(check_sizes(set, manifest));
    return manifest;
}

void tell_other_format(const Job& job, const Part& part) {
    if (job.world.are_sets_signed || part.engine != "postgres" || part.is_beside()) return;
    for (const auto& source : job.settings.sources)
        if (source.name == part.name && source.dump != part.format)
            sys::log_warning(
                fmt::format("the set says that '{}' is a dump of kind {}, and fairlead.yml makes kind {}; no "
                            "trusted key signed the set: if the setting never changed, find out who wrote it",
                            part.name, one_line(part.format), source.dump));
}

namespace {

// Whoever's key doesn't open it is told of the key only where the bytes are those that were stored.
Error why_closed(Store& store, const Part& part, Error error) {
    auto object = store.open(part.file);
    if (!object.ok()) return error;
    const auto stored = sys::digesting(std::move(object).value());
    std::string piece(sys::stream_piece, '\0');
    for (;;) {
        const auto count = stored->read(piece);
        if (!count.ok()) return error;
        if (count.value() == 0) break;
    }
    if (stored->figures().sha256 == part.stored.sha256) return error;
    return no(
        fmt::format("'{}' is damaged: its stored bytes are not those of the manifest; take another set", part.file));
}

}

Result<std::unique_ptr<sys::Source>> open_part(const Job& job, const Part& part) {
    return open_part(job, job.store(), part);
}

Result<std::unique_ptr<sys::Source>> open_part(const Job& job, Store& store, const Part& part) {
    auto object = TRY(store.open(part.file));
    auto stored = sys::digesting(std::move(object));
    const auto& figures = *stored;
    std::unique_ptr<sys::Source> packed = std::move(stored);
    if (!part.recipients.empty()) {
        auto opened = job.keys.decrypting(std::move(packed), part);
        if (!opened.ok()) return why_closed(store, part, std::move(opened).error());
        packed = std::move(opened).value();
    }
    return std::unique_ptr<sys::Source>(std::make_unique<Checked>(figures, std::move(packed), part));
}

Copying copy_to_others(const Job& job, const Set& set, const Manifest& manifest, std::string_view command,
                       Milliseconds wait) {
    Copying copies;
    for (std::size_t at = 1; at < job.stores.size(); ++at) {
        Store& store = *job.stores[at];
        const auto held = lock(store, command, wait);
        const auto copied = held.ok() ? copy_set(job, job.store(), set, manifest, store) : Result<Copied>(held.error());
        if (!copied.ok())
            copies.failed.push_back(fmt::format("{}: {}", store.shown(), copied.error().message));
        else if (copied.value() == Copied::replaced)
            copies.replaced.push_back(store.shown());
        copies.is_read = copies.is_read || (copied.ok() && copied.value() != Copied::was_there);
    }
    return copies;
}

sys::Json shown(const Part& part) {
    return {{"name", part.name},
            {"engine", part.engine},
            {"format", part.format},
            {"file", part.file},
            {"database", part.database},
            {"server_version", part.server_version},
            {"client_version", part.client_version},
            {"plain_bytes", part.plain.bytes},
            {"stored_bytes", part.stored.bytes},
            {"sha256", part.stored.sha256},
            {"tables", part.tables.size()},
            {"encrypted", !part.recipients.empty()}};
}

sys::Json shown(const Set& set, const Job& job) {
    const auto verified = set.verified(static_cast<int>(job.settings.verify.level));
    sys::Json json = {
        {"id", set.id},
        {"time", format_utc(set.time)},
        {"age_seconds", std::chrono::duration_cast<std::chrono::seconds>(job.clock.now() - set.time).count()},
        {"bytes", set.bytes()},
        {"verified", verified ? sys::Json(format_utc(verified->at)) : sys::Json()}};
    json["level"] = verified ? sys::Json(verified->level) : sys::Json();
    json["failed"] = set.failed().has_value();
    if (set.has_unsigned) json["unsigned"] = true;
    if (!set.fault.empty()) json["fault"] = set.fault;
    return json;
}

Result<std::vector<std::string>> differences_of(const Job& job, const Manifest& manifest, const Part& part,
                                                Restore& restored) {
    if (part.engine != "postgres") return std::vector<std::string>();
    const Part* catalog = manifest.find(part.name + ".catalog");
    if (catalog == nullptr) {
        sys::log_warning(fmt::format("set {} was made by an older version, and doesn't describe '{}': its rows are "
                                     "counted, and nothing else is compared",
                                     manifest.id, part.name));
        return std::vector<std::string>();
    }
    const auto plain = TRY(open_part(job, *catalog));
    const auto text = TRY(sys::read_all(*plain, longest_catalog, catalog->file));
    return restored.compare(text);
}

}
