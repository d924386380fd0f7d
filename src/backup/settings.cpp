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
        if (one.text().empty()) return one.error(fmt::format("{}: a glob is empty; write a glob such as *.tmp", key));
        if (const auto good = check_glob(one.text()); !good.ok()) return one.error(good.error().message);
    }
    return {};
}

Result<void> check_jobs(const config::Value& value, const std::string& key) {
    constexpr int most = 64; // each is a connection of its own
    if (const auto jobs = value.integer(1); jobs <= most) return {};
    return value.error(fmt::format("{}: each job is a connection to the server; write at most {}", key, most));
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
     "The source's name; its file in a set has this name.",
     {.check = check_name, .place = &SourceSettings::place, .needed = Needed::required}},
    {"engine",
     &SourceSettings::engine,
     "Engine of the database; default: taken from its URL.",
     {.allowed = {"postgres", "sqlite", "redis", "pgbackrest"}}},
    {"url_env", &SourceSettings::url_env,
     "The variable that holds its URL; default: DATABASE_URL, for Redis REDIS_URL."},
    {"dump",
     &SourceSettings::dump,
     "For PostgreSQL: the format that pg_dump writes; plain is SQL.",
     {.allowed = {"custom", "plain", "directory"}}},
    {"jobs",
     {&SourceSettings::jobs, Type::positive},
     "With dump: directory: how many tables at once; for pgbackrest: how many files; at most 64.",
     {.check = check_jobs}},
    {"stanza",
     &SourceSettings::stanza,
     "For pgbackrest: the cluster's name in its repository; default: app, and the environment.",
     {.check = check_name}},
    {"config", &SourceSettings::config,
     "For pgbackrest: its configuration file; a file that Fairlead didn't write is used as it is; default: in the "
     "user's home."},
    {"passphrase_env", &SourceSettings::passphrase_env,
     "For pgbackrest: the variable that holds the passphrase of its repository; default: the variable of encrypt."},
    {"full_every", &SourceSettings::full_every,
     "For pgbackrest: `run` makes a full backup if the last full backup is older than this, else an incremental "
     "backup."},
    {"via",
     &SourceSettings::via,
     "Where the database's programs run: compose:SERVICE, in that service's container; default: here.",
     {.check = check_via}},
    {"path", &SourceSettings::path, "Instead of a database: a folder or a file, as a tar.", {.check = check_path}},
    {"volume", &SourceSettings::volume, "Instead of a database: a Docker volume, as a tar."},
    {"stop", &SourceSettings::stop,
     "For volume: services or containers that are stopped during the backup, then started again."},
    {"exclude",
     &SourceSettings::exclude,
     "For path and volume: globs of files to leave out; a glob without '/' matches names at any depth.",
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
    {"passphrase_env", &EncryptSettings::passphrase_env, "Instead of to: the variable that holds a passphrase."},
    {"former_passphrase_env", &EncryptSettings::former_passphrase_env,
     "The variable that holds the former passphrase: it opens older sets, and `keys rotate` changes them to the "
     "current keys."},
    {"identity_env", &EncryptSettings::identity_env, "The variable that holds the secret key, for verify and restore."},
    {"identity_file", &EncryptSettings::identity_file, "Or a file with secret keys, which only its owner may read."},
};

const config::Rows<SignSettings> sign_rows = {
    {"key_env", &SignSettings::key_env, "The variable that holds an Ed25519 private key in PEM; it signs manifests."},
    {"trust",
     &SignSettings::trust,
     "Files of public keys: a set that none of these keys signed is refused; default: the public key of key_env.",
     {.believed = true}},
};

const config::Rows<Keep> keep_rows = {
    {"days", {&Keep::days, Type::count}, "Keeps the sets younger than this number of days (24 hours each)."},
    {"last", {&Keep::last, Type::count}, "Keeps this number of newest sets."},
    {"daily", {&Keep::daily, Type::count}, "Keeps the first set of this number of days (UTC)."},
    {"weekly", {&Keep::weekly, Type::count}, "Keeps the first set of this number of weeks (ISO 8601)."},
    {"monthly", {&Keep::monthly, Type::count}, "Keeps the first set of this number of months."},
    {"yearly", {&Keep::yearly, Type::count}, "Keeps the first set of this number of years."},
    {"pitr", &Keep::pitr, "For pgbackrest: how far back a server can be restored to any moment."},
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
    {"every", {Type::duration}, "`status` fails if no set was verified within this time."},
    {"level",
     {&VerifySettings::level, Type::positive},
     "The lowest level at which a set counts as verified.",
     {.check = check_level}},
    {"queries",
     &VerifySettings::queries,
     "Queries to the first restored database; an answer of nothing, NULL, false or 0 fails.",
     {.check = check_queries}},
    {"on", &VerifySettings::on,
     "The variable that holds the URL of the server where level 4 makes its database; default: a separate server."},
};

// Whoever writes sign wants signatures; without a key any set would be believed.
Result<void> check_sign(const config::Value& section, const SignSettings& sign) {
    if (!section["sign"].present() || !sign.key_env.empty() || !sign.trust.empty()) return {};
    return section["sign"].error("backup.sign has no key, so sets would be unsigned and any set would be believed; "
                                 "write key_env or trust, or leave sign out");
}

Result<void> check_sources(const config::Value& section, Settings& settings) {
    TRY_VOID(check_sign(section, settings.sign));
    for (const SourceSettings& one : settings.sources) {
        if (!one.path.empty() && !(one.engine.empty() && one.url_env.empty()))
            return usage(fmt::format("source '{}' has a path and a database; make two sources of it", one.name),
                         one.place);
        if (!one.volume.empty() && !(one.engine.empty() && one.url_env.empty() && one.path.empty()))
            return usage(fmt::format("source '{}' has a volume and something else; make two sources of it", one.name),
                         one.place);
        if (one.path.empty() && one.volume.empty() && !one.exclude.empty())
            return usage(
                fmt::format(
                    "source '{}' has exclude, but no path and no volume; exclude works only with a path or a volume",
                    one.name),
                one.place);
        if (one.jobs != 1 && one.dump != "directory" && !one.is_cluster())
            return usage(
                fmt::format(
                    "source '{}' has jobs without dump: directory; pg_dump runs several jobs only with that format",
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
                                     "pgbackrest; write engine: pgbackrest, or leave them out",
                                     one.name),
                         one.place);
        if (one.dump == "directory" && !one.via.empty())
            return usage(
                fmt::format(
                    "source '{}' has dump: directory and via; its files would be in the container: write dump: custom",
                    one.name),
                one.place);
        if (one.volume.empty() && !one.stop.empty())
            return usage(
                fmt::format(
                    "source '{}' has stop and no volume; containers are stopped only for a volume: leave stop out",
                    one.name),
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
             "How a set's files are named.",
             {.allowed = {"compat", "plain", "set"}}},
            {"sources",
             {&Settings::sources, source_rows},
             "The sources to back up; default: the database of DATABASE_URL."},
            {"compress",
             {Type::text, fill_compression},
             "Compression: zstd:3, gzip:6 or none; default: gzip:6 with compat, none with plain, zstd:3 with set."},
            {"encrypt",
             {&Settings::encrypt, encrypt_rows},
             "Encryption with age, and for whom; without it nothing is encrypted."},
            {"sign",
             {&Settings::sign, sign_rows},
             "Which keys sign sets, and which are trusted; without it nothing is signed."},
            {"stores",
             &Settings::stores,
             "Where sets are kept; the first store is written first, the other stores get copies.",
             {.check = check_stores}},
            {"min_copies",
             {&Settings::min_copies, Type::positive},
             "How many stores need a set before `run` is done; default: all."},
            {"keep", {&Settings::keep, keep_rows}, "Which sets `prune` keeps; without a rule it keeps all sets."},
            {"max_age", {Type::duration}, "`status` fails if the newest set is older than this."},
            {"rpo", &Settings::rpo, "`status` fails if the newest verified set is older than this."},
            {"rto", &Settings::rto, "`status` fails if a restore takes longer than this."},
            {"verify", {&Settings::verify, verify_rows}, "When a set counts as verified."},
            {"digests",
             &Settings::digests,
             "PostgreSQL: the tables whose rows get a checksum for level 4; 'some': the smallest, together up to "
             "64 MiB or a tenth of all data, whichever is more.",
             {.allowed = {"none", "some", "all"}}},
            {"pg_bin", &Settings::pg_bin,
             "Folder of pg_dump, pg_restore and psql; default: a version that fits is searched for."},
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
