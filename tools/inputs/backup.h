#pragma once
// The flags of fairlead-backup: each with the commands that take it.

#include "backup/commands.h"
#include "cli/declare.h"
#include <string>
#include <vector>

namespace fairlead::backup {

inline std::vector<cli::Input> inputs(backup::Request& request) {
    using cli::allowed, cli::choice, cli::keyed, cli::only, cli::setting, cli::typed, cli::word;
    cli::Input id =
        word(choice("id", &request.id, "The set's id, a part of the id, or latest; default of verify: latest.", "ID"));
    auto lock = choice("wait-lock", &request.wait_lock, "How long to wait if another command holds the store's lock.",
                       "DURATION");
    auto age = setting("max-age", &request.max_age, "Fails if the newest set is older.", "DURATION");
    auto proven =
        choice("max-unverified", &request.max_unverified, "Fails if no set was verified within this time.", "DURATION");
    auto lag = choice("max-lag", &request.max_lag, "Fails if no WAL was archived within this time.", "DURATION");
    auto variable = choice("url-env", &request.url_env,
                           "The variable that holds the database's URL; default: DATABASE_URL.", "NAME");
    auto compress =
        choice("compress", &request.compress, "Compression: zstd:3, gzip:6 or none; default: backup.compress.", "HOW");
    auto target = choice(
        "to", &request.to,
        "Where to restore: a database, a path, env:VARIABLE (holds the URL) or original; for keys: a file.", "TARGET");
    auto keys =
        word(allowed({"make", "recipient", "rotate"}, choice("keys", &request.keys, "What to do with the keys.")));
    auto days = choice("keep-days", &request.keep_days,
                       "Keeps sets younger than this; replaces the rules of backup.keep.", "DAYS");
    auto source = choice(
        "source", &request.sources,
        "Only these sources; for verify, list, status and prune it chooses between sets and a source of pgBackRest.",
        "NAME,...");
    auto engine = choice("engine", &request.engine, "Engine of the only source; default: taken from its URL.");
    auto path = choice("path", &request.path, "Makes a folder or a file the only source.", "PATH");
    auto volume = choice("volume", &request.volume, "Makes a Docker volume the only source.", "NAME");
    auto stop = choice("stop", &request.stop, "With --volume: services or containers that are stopped meanwhile.",
                       "SERVICE,...");
    auto via = choice("via", &request.via, "Where the database's programs run: compose:SERVICE.", "WHERE");
    auto dump = choice("dump", &request.dump, "The format that pg_dump writes; plain is SQL.");
    auto style = choice("name-style", &request.name_style, "How files are named; default: backup.name_style.");
    auto level = choice("level", &request.level,
                        "1: files are there, 2: stored bytes match, 3: unpacked bytes match, 4: the set restores.");
    return {
        only({"verify", "restore", "keep", "release", "fetch", "push"}, id),
        only({"keys"}, keys),
        choice("app", &request.app,
               "The app whose sets are meant; default: app of fairlead.yml, else the folder's name.", "NAME"),
        choice("store", &request.stores, "Where sets are kept; default: backup.stores.", "URL,..."),
        only({"run", "restore", "verify", "list", "status", "prune", "doctor", "pitr-enable"}, source),
        only({"run", "restore", "doctor"}, allowed({"postgres", "sqlite", "redis"}, engine)),
        only({"run", "restore", "doctor"}, variable),
        only({"run", "restore", "doctor"}, path),
        only({"run", "restore", "doctor"}, volume),
        only({"run", "restore", "doctor"}, stop),
        only({"run", "restore", "verify", "doctor"}, via),
        only({"run"}, allowed({"custom", "plain", "directory"}, dump)),
        only({"run"}, compress),
        only({"run"}, allowed({"compat", "plain", "set"}, style)),
        only({"run"}, choice("allow-empty", &request.allow_empty,
                             "Accepts an empty source, such as a database without tables.")),
        only({"run"}, choice("allow-shrink", &request.allow_shrink,
                             "Accepts a set of less than half the size of the last sets.")),
        only({"status"}, age),
        only({"status"}, keyed("verify.every", proven)),
        only({"verify"}, allowed({"1", "2", "3", "4"}, level)),
        only({"restore", "keys"}, target),
        only({"restore", "pitr-enable"},
             typed(choice("overwrite", &request.overwrite,
                          "Replaces what is there; restore keeps the old data next to it."))),
        only({"restore"}, choice("scrub", &request.scrub,
                                 "SQL that makes personal data anonymous before the restored database is put in place.",
                                 "FILE.sql")),
        only({"restore"}, choice("no-owner", &request.no_owner, "Restores without the owners and rights of the set.")),
        only({"restore"},
             typed(choice("keep-privileges", &request.keep_privileges,
                          "Restores owners, set-user-id and the like of files, if a trusted key signed the set."))),
        only({"restore"},
             choice("globals", &request.globals, "Before the restore, makes the roles of the set that are missing.")),
        only({"prune"}, days),
        only({"prune"}, typed(choice("allow-many", &request.allow_many,
                                     "Allows more than half of the sets to be deleted at once."))),
        only({"pitr-enable"},
             cli::by_hand("apply", &request.apply, "Writes the configuration, and sets the rest by ALTER SYSTEM.")),
        only({"status"}, lag),
        only({"run"}, allowed({"full", "diff", "incr"},
                              choice("type", &request.type,
                                     "For pgbackrest: type of the backup; default: depends on full_every."))),
        only({"restore"}, choice("at", &request.at,
                                 "For pgbackrest: the moment to restore, '2026-01-31 10:15:00+00' or latest.", "TIME")),
        only({"restore"},
             choice("timeline", &request.timeline, "For pgbackrest: the timeline; default: the newest.", "NUMBER")),
        only({"restore"},
             typed(choice("delta", &request.delta,
                          "For pgbackrest: changes only the files that differ; doesn't keep the old cluster."))),
        only({"run", "prune", "keep", "release", "fetch", "push", "keys"}, lock),
    };
}

}
