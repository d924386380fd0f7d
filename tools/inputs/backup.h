#pragma once
// The flags of fairlead-backup: each with the commands that take it.

#include "backup/commands.h"
#include "cli/declare.h"
#include <string>
#include <vector>

namespace fairlead::backup {

inline cli::Input one_of(std::vector<std::string> allowed, cli::Input input) {
    input.allowed = std::move(allowed);
    return input;
}

inline cli::Input typed(const char* name, bool* target, const char* help) {
    cli::Input input = cli::by_hand(name, target, help);
    input.typed = true;
    return input;
}

inline std::vector<cli::Input> inputs(backup::Request& request) {
    using cli::choice, cli::keyed, cli::only, cli::setting;
    cli::Input id = choice("id", &request.id, "Its id, a part of it, or latest; of verify default latest.", "ID");
    id.positional = true;
    auto lock = choice("wait-lock", &request.wait_lock, "How long to wait for another one at work there.", "DURATION");
    auto age = setting("max-age", &request.max_age, "A no where the newest set is older.", "DURATION");
    auto proven =
        choice("max-unverified", &request.max_unverified, "A no where none was verified for so long.", "DURATION");
    auto lag = choice("max-lag", &request.max_lag, "A no where no WAL was archived for longer.", "DURATION");
    auto variable = choice("url-env", &request.url_env, "The variable of its URL; default: DATABASE_URL.", "NAME");
    auto compress = choice("compress", &request.compress, "zstd:3, gzip:6, none; default: backup.compress.", "HOW");
    auto target = choice("to", &request.to, "A database, a path, env:VARIABLE with its URL, original; of keys: a file.",
                         "TARGET");
    auto keys = one_of({"make", "recipient", "rotate"}, choice("keys", &request.keys, "What to do about keys."));
    keys.positional = true;
    auto days = choice("keep-days", &request.keep_days, "Younger ones stay, instead of what backup.keep says.", "DAYS");
    auto source =
        choice("source", &request.sources,
               "Only these sources; of verify, list, status and prune whether sets or one of pgBackRest's is meant.",
               "NAME,...");
    auto engine = choice("engine", &request.engine, "Of the one source; default: as its URL says.");
    auto path = choice("path", &request.path, "The one source is a folder or a file.", "PATH");
    auto volume = choice("volume", &request.volume, "The one source is a volume of Docker's.", "NAME");
    auto stop = choice("stop", &request.stop, "Of --volume: who is stopped meanwhile.", "SERVICE,...");
    auto via = choice("via", &request.via, "Where its programs run: compose:SERVICE.", "WHERE");
    auto dump = choice("dump", &request.dump, "What pg_dump writes; plain is SQL.");
    auto style = choice("name-style", &request.name_style, "How files are called; default: backup.name_style.");
    auto level = choice("level", &request.level, "1: there, 2: as stored, 3: as dumped, 4: restores.");
    return {
        only({"verify", "restore", "keep", "release", "fetch", "push"}, id),
        only({"keys"}, keys),
        choice("app", &request.app, "Whose sets; default: app of fairlead.yml, else the folder's name.", "NAME"),
        choice("store", &request.stores, "Where sets are kept; default: backup.stores.", "URL,..."),
        only({"run", "restore", "verify", "list", "status", "prune", "doctor", "pitr-enable"}, source),
        only({"run", "restore", "doctor"}, one_of({"postgres", "sqlite", "redis"}, engine)),
        only({"run", "restore", "doctor"}, variable),
        only({"run", "restore", "doctor"}, path),
        only({"run", "restore", "doctor"}, volume),
        only({"run", "restore", "doctor"}, stop),
        only({"run", "restore", "verify", "doctor"}, via),
        only({"run"}, one_of({"custom", "plain", "directory"}, dump)),
        only({"run"}, compress),
        only({"run"}, one_of({"compat", "plain", "set"}, style)),
        only({"run"}, choice("allow-empty", &request.allow_empty, "A database without a table is fine.")),
        only({"run"}, choice("allow-shrink", &request.allow_shrink, "Less than half of the last sets is fine.")),
        only({"status"}, age),
        only({"status"}, keyed("verify.every", proven)),
        only({"verify"}, one_of({"1", "2", "3", "4"}, level)),
        only({"restore", "keys"}, target),
        only({"restore", "pitr-enable"},
             typed("overwrite", &request.overwrite, "Replaces what is there, which is kept beside.")),
        only({"restore"},
             choice("scrub", &request.scrub, "SQL that makes the data nobody's before anybody gets them.", "FILE.sql")),
        only({"restore"}, choice("no-owner", &request.no_owner, "Without the owners and rights of the set.")),
        only({"restore"}, typed("keep-privileges", &request.keep_privileges,
                                "Files get their owners, set-user-id and the like, if a trusted key signed the set.")),
        only({"restore"}, choice("globals", &request.globals, "Makes the set's roles before, those that are missing.")),
        only({"prune"}, days),
        only({"prune"}, typed("allow-many", &request.allow_many, "More than half may go at once.")),
        only({"pitr-enable"},
             cli::by_hand("apply", &request.apply, "Writes the configuration, and sets the rest by ALTER SYSTEM.")),
        only({"status"}, lag),
        only({"run"}, one_of({"full", "diff", "incr"},
                             choice("type", &request.type, "Of pgbackrest; default: as full_every says."))),
        only({"restore"}, choice("at", &request.at, "Of pgbackrest: '2026-01-31 10:15:00+00', or latest.", "TIME")),
        only({"restore"}, choice("timeline", &request.timeline, "Of pgbackrest; default: the newest.", "NUMBER")),
        only({"restore"},
             typed("delta", &request.delta, "Of pgbackrest: changes in a cluster what differs; keeps nothing.")),
        only({"run", "prune", "keep", "release", "fetch", "push", "keys"}, lock),
    };
}

}
