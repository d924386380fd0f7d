#include "backup/settings.h"
#include "backup/stores/address.h"
#include "base/glob.h"
#include "base/text.h"
#include "read/query.h"
#include "sys/stream/age_keys.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr int gzip_level = 6, zstd_level = 3;

Result<void> check_name(const config::Value& value, const std::string& key) {
    const std::string name = value.text();
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    if (!name.empty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), fits)) return {};
    return value.error(
        fmt::format("{}: '{}' can't be part of a file's name; write small letters, digits, '-' and '_'", key, name));
}

Result<void> check_via(const config::Value& value, const std::string& key) {
    constexpr std::string_view compose = "compose:";
    const std::string via = value.text();
    if (via.starts_with(compose) && via.size() > compose.size() && via[compose.size()] != '-') return {};
    return value.error(fmt::format("{}: '{}' is unknown; expected compose:SERVICE", key, via));
}

Result<void> check_exclude(const config::Value& value, const std::string& key) {
    for (const config::Value& one : value.items()) {
        if (one.text().empty()) return one.error(fmt::format("{}: a glob is empty; write one such as *.tmp", key));
        if (const auto good = check_glob(one.text()); !good.ok()) return one.error(good.error().message);
    }
    return {};
}

Result<void> check_jobs(const config::Value& value, const std::string& key) {
    constexpr int most = 64; // each is a connection of its own
    if (const auto jobs = value.integer(1); jobs <= most) return {};
    return value.error(fmt::format("{}: each is a connection to the server; write at most {}", key, most));
}

Result<void> check_path(const config::Value& value, const std::string& key) {
    if (!value.text().empty()) return {};
    return value.error(fmt::format("{}: it is empty; name a folder or a file", key));
}

Result<void> check_stores(const config::Value& value, const std::string&) {
    for (const config::Value& one : value.items())
        if (const auto address = parse_store(one.text()); !address.ok()) return one.error(address.error().message);
    return {};
}

Result<void> fill_compression(const config::Value& value, Settings& into) {
    auto parsed = sys::read_compression(value.text());
    if (!parsed.ok()) return value.error(parsed.error().message);
    into.compress = std::move(parsed).value();
    return {};
}

const config::Rows<SourceSettings> source_rows = {
    {"name",
     &SourceSettings::name,
     "As its file in a set is called.",
     {.check = check_name, .place = &SourceSettings::place, .needed = Needed::required}},
    {"engine",
     &SourceSettings::engine,
     "Which database it is; default: as its URL says.",
     {.allowed = {"postgres", "sqlite", "redis", "pgbackrest"}}},
    {"url_env", &SourceSettings::url_env,
     "The variable that holds its URL; default: DATABASE_URL, of Redis REDIS_URL."},
    {"dump",
     &SourceSettings::dump,
     "Of PostgreSQL: what pg_dump writes; plain is SQL.",
     {.allowed = {"custom", "plain", "directory"}}},
    {"jobs",
     {&SourceSettings::jobs, Type::positive},
     "Of dump directory: how many tables at once; of pgbackrest: how many files; at most 64.",
     {.check = check_jobs}},
    {"stanza",
     &SourceSettings::stanza,
     "Of pgbackrest: the cluster's name in its repository; default: app, and the environment.",
     {.check = check_name}},
    {"config", &SourceSettings::config,
     "Of pgbackrest: its configuration; one that we did not write is used as it is; default: in the user's home."},
    {"passphrase_env", &SourceSettings::passphrase_env,
     "Of pgbackrest: the variable with the passphrase of its repository; default: that of encrypt."},
    {"full_every", &SourceSettings::full_every,
     "Of pgbackrest: how old the last full backup may be before `run` makes one; until then incremental ones."},
    {"via",
     &SourceSettings::via,
     "Where its programs run: compose:SERVICE, in that service's container; default: here.",
     {.check = check_via}},
    {"path", &SourceSettings::path, "Instead of a database: a folder or a file, as a tar.", {.check = check_path}},
    {"volume", &SourceSettings::volume, "Instead of a database: a volume of Docker's, as a tar."},
    {"stop", &SourceSettings::stop, "Of volume: services or containers that are stopped meanwhile, and started again."},
    {"exclude",
     &SourceSettings::exclude,
     "Of path and volume: globs of what is left out; one without '/' is of names at any depth.",
     {.check = check_exclude}},
};

Result<void> check_recipients(const config::Value& value, const std::string&) {
    for (const config::Value& one : value.items())
        if (const auto recipient = sys::AgeRecipient::read(one.text()); !recipient.ok())
            return one.error(recipient.error().message);
    return {};
}

const config::Rows<EncryptSettings> encrypt_rows = {
    {"to",
     &EncryptSettings::to,
     "Recipients of age, age1…; their secret keys are elsewhere.",
     {.check = check_recipients}},
    {"passphrase_env", &EncryptSettings::passphrase_env, "Instead, the variable that holds a passphrase."},
    {"former_passphrase_env", &EncryptSettings::former_passphrase_env,
     "The variable that holds the passphrase of before: it opens older sets, and `keys rotate` makes them open by what "
     "counts now."},
    {"identity_env", &EncryptSettings::identity_env, "The variable that holds the secret key, for verify and restore."},
    {"identity_file", &EncryptSettings::identity_file, "Or a file of them that only its owner may read."},
};

const config::Rows<SignSettings> sign_rows = {
    {"key_env", &SignSettings::key_env, "The variable that holds an Ed25519 private key in PEM; it signs manifests."},
    {"trust",
     &SignSettings::trust,
     "Files of public ones: a set that none of them signed is refused; default: the one of key_env.",
     {.believed = true}},
};

const config::Rows<Keep> keep_rows = {
    {"days", {&Keep::days, Type::count}, "All that are younger, in days of 24 hours."},
    {"last", {&Keep::last, Type::count}, "So many of the newest."},
    {"daily", {&Keep::daily, Type::count}, "The first one of so many days (UTC)."},
    {"weekly", {&Keep::weekly, Type::count}, "The first one of so many weeks (ISO 8601)."},
    {"monthly", {&Keep::monthly, Type::count}, "The first one of so many months."},
    {"yearly", {&Keep::yearly, Type::count}, "The first one of so many years."},
    {"pitr", &Keep::pitr, "Of pgbackrest: how far back every moment of a server stays restorable."},
};

Result<void> check_level(const config::Value& value, const std::string& name) {
    const auto level = value.integer(1);
    if (level >= 1 && level <= 4) return {};
    return value.error(fmt::format("{}: {} is not a level; expected 1, 2, 3 or 4", name, level));
}

Result<void> check_queries(const config::Value& value, const std::string& name) {
    for (const auto& query : value.items())
        if (const auto asks = read::check_question(query.text()); !asks.ok())
            return query.error(name + ": " + asks.error().message);
    return {};
}

const config::Rows<VerifySettings> verify_rows = {
    {"every", {Type::duration}, "How long status lets it be since a set was verified."},
    {"level",
     {&VerifySettings::level, Type::positive},
     "From which level on a set counts as verified.",
     {.check = check_level}},
    {"queries",
     &VerifySettings::queries,
     "What the restored first database has to answer with neither nothing, NULL, false nor 0.",
     {.check = check_queries}},
    {"on", &VerifySettings::on,
     "The variable with the URL of the server where level 4 makes its database; default: one of its own."},
};

Result<void> check_sources(const config::Value&, Settings& settings) {
    for (const SourceSettings& one : settings.sources) {
        if (!one.path.empty() && !(one.engine.empty() && one.url_env.empty()))
            return usage(fmt::format("source '{}' has a path and a database; make two sources of it", one.name),
                         one.place);
        if (!one.volume.empty() && !(one.engine.empty() && one.url_env.empty() && one.path.empty()))
            return usage(fmt::format("source '{}' has a volume and something else; make two sources of it", one.name),
                         one.place);
        if (one.path.empty() && one.volume.empty() && !one.exclude.empty())
            return usage(fmt::format("source '{}' has exclude and no path; exclude is of a path's files", one.name),
                         one.place);
        if (one.jobs != 1 && one.dump != "directory" && !one.is_cluster())
            return usage(fmt::format("source '{}' has jobs without dump: directory; pg_dump writes nothing else by "
                                     "several at once",
                                     one.name),
                         one.place);
        if (one.is_cluster() && (one.dump != "custom" || !one.via.empty()))
            return usage(fmt::format("source '{}' is of engine pgbackrest, which copies a server's files where they "
                                     "are; leave dump and via out",
                                     one.name),
                         one.place);
        if (!one.is_cluster() && !(one.stanza.empty() && one.config.empty() && one.passphrase_env.empty() &&
                                   one.full_every == SourceSettings().full_every))
            return usage(fmt::format("source '{}' has stanza, config, passphrase_env or full_every without engine: "
                                     "pgbackrest; write it, or leave them out",
                                     one.name),
                         one.place);
        if (one.dump == "directory" && !one.via.empty())
            return usage(fmt::format("source '{}' has dump: directory and via; its files would lie in the container, "
                                     "write dump: custom",
                                     one.name),
                         one.place);
        if (one.volume.empty() && !one.stop.empty())
            return usage(
                fmt::format("source '{}' has stop and no volume; only for a volume somebody is stopped", one.name),
                one.place);
    }
    for (auto one = settings.sources.begin(); one != settings.sources.end(); ++one)
        for (auto other = settings.sources.begin(); other != one; ++other)
            if (one->name == other->name)
                return usage(fmt::format("two sources are called '{}'; give each a name of its own", one->name),
                             one->place);
    return {};
}

}

const config::Rows<Settings>& settings_rows() {
    static const config::Rows<Settings> rows(
        {
            {"name_style",
             &Settings::name_style,
             "How a set's files are called.",
             {.allowed = {"compat", "plain", "set"}}},
            {"sources", {&Settings::sources, source_rows}, "What is backed up; default: the database of DATABASE_URL."},
            {"compress",
             {Type::text, fill_compression},
             "zstd:3, gzip:6, none; default: gzip:6 with compat, none with plain, zstd:3 with set."},
            {"encrypt", {&Settings::encrypt, encrypt_rows}, "By age, for whom; nothing is encrypted without."},
            {"sign", {&Settings::sign, sign_rows}, "Whose sets are believed; nothing is signed without."},
            {"stores",
             &Settings::stores,
             "Where sets are kept; the first one is written first, the others get copies.",
             {.check = check_stores}},
            {"min_copies",
             {&Settings::min_copies, Type::positive},
             "How many stores have to have a set before `run` is done; default: all."},
            {"keep", {&Settings::keep, keep_rows}, "Which sets `prune` leaves; without any rule all of them."},
            {"max_age", {Type::duration}, "The oldest that the newest set may be for `status`."},
            {"rpo", &Settings::rpo, "The oldest that the newest verified set may be for `status`."},
            {"rto", &Settings::rto, "The longest that a restore may take for `status`."},
            {"verify", {&Settings::verify, verify_rows}, "When a set counts as proven."},
            {"digests",
             &Settings::digests,
             "Of PostgreSQL: the rows of which tables are summed up for level 4; some: the smallest, together up to "
             "64 MiB or a tenth of all.",
             {.allowed = {"none", "some", "all"}}},
            {"pg_bin", &Settings::pg_bin, "Folder of pg_dump, pg_restore and psql; default: those that fit are found."},
        },
        check_sources);
    return rows;
}

std::size_t Settings::least_copies(std::size_t of_stores) const {
    const auto wanted = static_cast<std::size_t>(min_copies);
    return wanted == 0 || wanted > of_stores ? of_stores : wanted;
}

Style Settings::style() const { return parse_style(name_style).value_or(Style::compat); }

sys::Compression Settings::compression() const {
    using Kind = sys::Compression::Kind;
    if (compress) return *compress;
    if (style() == Style::compat) return {Kind::gzip, gzip_level};
    return style() == Style::plain ? sys::Compression{Kind::none, 0} : sys::Compression{Kind::zstd, zstd_level};
}

Result<Settings> read_settings(const config::Value& section) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    return settings;
}

}
