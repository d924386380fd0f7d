#pragma once
#include "backup/sets/names.h"
#include "backup/sets/retention.h"
#include "base/time.h"
#include "config/rows.h"
#include "sys/stream/compress.h"
#include <optional>
#include <string>
#include <vector>

// The section `backup:` of fairlead.yml.
namespace fairlead::backup {

// A source: something that is backed up.
struct SourceSettings {
    std::string name;
    std::string engine;               // postgres, sqlite, redis, pgbackrest; empty: the URL decides
    std::string url_env;              // the variable with its URL; empty: DATABASE_URL
    std::string dump = "custom";      // for postgres: custom, plain, directory
    std::string via;                  // where its programs run: "compose:db"; empty: on this machine
    std::string path;                 // instead of a database: a folder or a file
    std::string volume;               // instead of a database: a volume of Docker's
    std::vector<std::string> stop;    // for a volume: services that are stopped during the backup
    std::vector<std::string> exclude; // for path and volume: globs
    std::int64_t jobs = 1;            // for `dump: directory` and for pgbackrest
    std::string stanza, config;       // for pgbackrest: its name for the cluster; its configuration file
    std::string passphrase_env;       // for pgbackrest: the variable with the repository's passphrase
    Milliseconds full_every = std::chrono::hours(7 * 24); // for pgbackrest
    fairlead::Place place;
    // a whole server with its WAL, which has no file in a set
    bool is_cluster() const { return engine == "pgbackrest"; }
};

struct VerifySettings {
    std::int64_t level = 3;
    std::vector<std::string> queries; // run in the first database
    std::string on; // the variable with the URL of the server where level 4 restores; empty: a temporary server
};

struct EncryptSettings {
    std::vector<std::string> to;       // recipients: age1…
    std::string passphrase_env;        // the variable with the passphrase
    std::string former_passphrase_env; // the variable with the passphrase of earlier sets
    // secret keys that decrypt: a variable with AGE-SECRET-KEY-1…, a file with such keys
    std::string identity_env, identity_file;
    fairlead::Place place;
};

struct SignSettings {
    std::string key_env;            // the variable with an Ed25519 private key in PEM
    std::vector<std::string> trust; // files with public keys
};

struct Settings {
    std::string name_style = "compat";
    std::vector<SourceSettings> sources;
    std::optional<sys::Compression> compress; // nothing: name_style decides
    EncryptSettings encrypt;
    SignSettings sign;
    std::vector<std::string> stores;
    std::int64_t min_copies = 0; // the number of stores that must have a set; 0: all
    Keep keep;
    Milliseconds rpo{0}, rto{0}; // 0: not checked
    VerifySettings verify;
    std::string digests = "some"; // for PostgreSQL: which tables' rows get a checksum: none, some, all
    std::string pg_bin;           // folder of PostgreSQL's programs; empty: fitting programs are searched for

    std::size_t least_copies(std::size_t of_stores) const;
    Style style() const;
    sys::Compression compression() const;
};

const config::Rows<Settings>& settings_rows();
Result<Settings> read_settings(const config::Value& section); // Error: usage

}
