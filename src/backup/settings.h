#pragma once
#include "backup/names.h"
#include "backup/retention.h"
#include "base/time.h"
#include "config/rows.h"
#include "sys/stream/compress.h"
#include <optional>
#include <string>
#include <vector>

// `backup:` of fairlead.yml.
namespace fairlead::backup {

// What is backed up.
struct SourceSettings {
    std::string name;
    std::string engine;               // postgres, sqlite, redis, pgbackrest; empty: as its URL says
    std::string url_env;              // the variable that holds its URL; empty: DATABASE_URL
    std::string dump = "custom";      // of postgres: custom, plain, directory
    std::string via;                  // where its programs run: "compose:db"; empty: here
    std::string path;                 // instead of a database: a folder or a file
    std::string volume;               // instead of a database: one of Docker's
    std::vector<std::string> stop;    // of a volume: services that are stopped meanwhile
    std::vector<std::string> exclude; // of path and volume: globs
    std::int64_t jobs = 1;            // of dump directory and pgbackrest
    std::string stanza, config;       // of pgbackrest: its name there; its configuration's file
    std::string passphrase_env;       // of pgbackrest: the variable that its repository is encrypted by
    Milliseconds full_every = std::chrono::hours(7 * 24); // of pgbackrest
    fairlead::Place place;
    bool is_cluster() const { return engine == "pgbackrest"; } // a whole server, by its WAL: no file of a set
};

struct VerifySettings {
    std::int64_t level = 3;
    std::vector<std::string> queries; // of the first database
    std::string on; // the variable with the URL of the server where level 4 restores; empty: one of its own
};

struct EncryptSettings {
    std::vector<std::string> to;             // age1…
    std::string passphrase_env;              // the variable that holds a passphrase
    std::string former_passphrase_env;       // and the one that sets of before were made with
    std::string identity_env, identity_file; // what opens them: AGE-SECRET-KEY-1…, a file of such
    fairlead::Place place;
};

struct SignSettings {
    std::string key_env;            // the variable that holds an Ed25519 private key in PEM
    std::vector<std::string> trust; // files of public ones
};

struct Settings {
    std::string name_style = "compat";
    std::vector<SourceSettings> sources;
    std::optional<sys::Compression> compress; // nothing: as name_style has it
    EncryptSettings encrypt;
    SignSettings sign;
    std::vector<std::string> stores;
    std::int64_t min_copies = 0; // how many stores have to have a set; 0: all
    Keep keep;
    Milliseconds rpo{0}, rto{0}; // 0: nobody asks
    VerifySettings verify;
    std::string digests = "some"; // of PostgreSQL: which tables' rows are summed up: none, some, all
    std::string pg_bin;           // folder of PostgreSQL's programs; empty: those that fit are looked for

    std::size_t least_copies(std::size_t of_stores) const;
    Style style() const;
    sys::Compression compression() const;
};

const config::Rows<Settings>& settings_rows();
Result<Settings> read_settings(const config::Value& section); // error: usage

}
