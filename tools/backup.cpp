#include "inputs/backup.h"
#include "backup/commands.h"
#include "backup/pgbackrest/commands.h"
#include "backup/settings.h"
#include "cli/confirm.h"
#include "cli/declare.h"
#include "cli/run.h"
#include "config/env_file.h"
#include "sys/clock.h"
#include <algorithm>

using namespace fairlead;

namespace {

struct Flags {
    std::string command;
    backup::Request request;
};

struct Row {
    cli::Command command;
    Result<report::Report> (*run)(const backup::Place&, const backup::Request&);
    std::vector<cli::Need> needs = {};
};
constexpr auto stores = cli::Need::store_changes, targets = cli::Need::target_changes,
               databases = cli::Need::database_changes;
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {{.name = "run",
          .help = "Backs up all sources as one set, and reads the set back.",
          .acts = true,
          .lasting = true},
         backup::run,
         {stores}},
        {{.name = "list",
          .help = "Lists the sets with age, size and verification.",
          .only_tells = true,
          .outlives_file = true},
         backup::list},
        {{.name = "status",
          .help = "Checks that the newest set is young enough, and reports RPO and RTO.",
          .outlives_file = true,
          .formats = {"openmetrics"}},
         backup::status},
        {{.name = "verify",
          .help = "Verifies a set; level 4 restores it on trial.",
          .acts = true,
          .outlives_file = true},
         backup::verify,
         {stores, databases}},
        {{.name = "restore",
          .help = "Restores a set; existing data is kept next to it.",
          .acts = true,
          .irreversible = true,
          .outlives_file = true},
         backup::restore,
         {stores, targets, databases}},
        {{.name = "prune",
          .help = "Deletes the sets that no rule of keep protects, and gives the reasons.",
          .acts = true,
          .lasting = true},
         backup::prune,
         {stores}},
        {{.name = "keep", .help = "Marks a set, so that prune never deletes it.", .acts = true, .lasting = true},
         backup::keep,
         {stores}},
        {{.name = "release", .help = "Removes the mark that keep has set.", .acts = true, .lasting = true},
         backup::release,
         {stores}},
        {{.name = "fetch",
          .help = "Copies a set from another store into the first store.",
          .acts = true,
          .lasting = true,
          .outlives_file = true},
         backup::fetch,
         {stores}},
        {{.name = "push",
          .help = "Copies a set from the first store into the other stores.",
          .acts = true,
          .lasting = true},
         backup::push,
         {stores}},
        {{.name = "keys",
          .help = "Makes a key, lists recipients, or changes the keys that open sets.",
          .acts = true,
          .lasting = true},
         backup::keys,
         {stores}},
        {{.name = "doctor", .help = "Checks that a run has all it needs: sources, stores, keys."},
         backup::doctor,
         {stores}},
        {{.name = "pitr-enable",
          .help = "Sets up pgBackRest for a server, so that it can be restored to any moment.",
          .acts = true},
         backup::pitr_enable,
         {stores, databases}},
    };
    return all;
}

cli::Spec spec(Flags& flags) {
    cli::Spec spec;
    spec.tool = "backup";
    spec.summary = "Makes backups that are complete or don't exist, proves that they restore, and restores them.";
    spec.details = "`run` dumps each source in one snapshot, packs the dumps and reads the stored bytes back. It "
                   "writes the manifest last: without a manifest there is no set. `verify --level 4` restores into a "
                   "separate server and compares the rows of every table with those of the snapshot. `status` reports "
                   "how much data would be lost (RPO) and how long a restore takes (RTO). URLs come from "
                   "`DATABASE_URL` or the variables that `url_env` names, never from a flag.";
    spec.needs = {{cli::Need::network}, {cli::Need::programs}};
    for (const Row& row : rows()) {
        spec.commands.push_back(row.command);
        for (const auto need : row.needs) spec.needs.push_back({.what = need, .command = row.command.name});
    }
    spec.command = &flags.command;
    spec.inputs = backup::inputs(flags.request);
    spec.judges = {"verify"};
    spec.harmless = {"wait-lock"};
    spec.formats = {"openmetrics"};
    spec.outputs = {{"id", "The id of the set that was made or verified."}};
    spec.section = backup::settings_rows().fields();
    spec.examples = {"fairlead-backup run --store file:/var/backups/shop", "fairlead-backup verify --level 4",
                     "fairlead-backup status --max-age 26h --max-unverified 7d",
                     "fairlead-backup restore latest --to shop_restored", "fairlead-backup prune --dry-run"};
    spec.action_examples = {{.with = {{"command", "run"}, {"store", "file:/var/backups/shop"}},
                             .on = "{schedule: [{cron: '17 3 * * *'}]}",
                             .runs_on = "self-hosted"},
                            {.title = "Prove the newest set by a restore:",
                             .with = {{"command", "verify"}, {"store", "file:/var/backups/shop"}, {"level", "4"}}},
                            {.title = "Fail if the newest set is too old, or if no set was verified for a week:",
                             .with = {{"command", "status"},
                                      {"store", "file:/var/backups/shop"},
                                      {"max-age", "26h"},
                                      {"max-unverified", "7d"}}}};
    spec.check = [&flags](const cli::Context& context) -> Result<void> {
        return backup::check(
            {context.config, context.section, context.variables, context.environment, sys::real_clock()},
            flags.request);
    };
    return spec;
}

// The address of a database that isn't set comes from where the application has it.
sys::Environment variables_of(const cli::Context& context) {
    auto all = context.variables.all();
    const auto file = config::env_file(context.config, context.environment);
    std::vector<std::string> wanted = {"DATABASE_URL", "REDIS_URL"};
    for (const auto& source : context.section["sources"].items()) wanted.push_back(source["url_env"].text());
    for (const auto& name : wanted)
        if (const auto found = file.find(name); found != file.end() && all[name].empty()) all[name] = found->second;
    return sys::Environment(std::move(all));
}

Result<report::Report> run(Flags& flags, const cli::Context& context) {
    auto& request = flags.request;
    request.dry_run = context.dry_run;
    // --overwrite was typed, and what it replaces is kept: without an environment that is enough.
    request.confirm = [&context](std::string_view act) {
        return context.environment.empty() ? Result<void>() : cli::confirm(context, act);
    };
    const auto variables = variables_of(context);
    const backup::Place place{context.config, context.section, variables, context.environment, sys::real_clock()};
    const auto row =
        std::find_if(rows().begin(), rows().end(), [&](const Row& one) { return one.command.name == flags.command; });
    return row->run(place, request);
}

}

int main(int argc, char** argv) {
    Flags flags;
    return cli::run(spec(flags), argc, argv, [&](const cli::Context& context) { return run(flags, context); });
}
