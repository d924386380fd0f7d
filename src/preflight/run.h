#pragma once
#include "config/change.h"
#include "config/config.h"
#include "config/milder.h"
#include "preflight/judge.h"
#include "preflight/look.h"
#include "report/report.h"
#include "sys/environment.h"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::preflight {

// Of `checklist` and `sign`.
struct Listed {
    std::string phase = "before", group_by = "section";
    bool count = false;                // only how many items there are
    std::vector<std::string> imported; // Markdown files whose open points belong to it
    // Of sign:
    std::string list; // the checklist; empty: the one that has the item
    std::string verdict = "yes", evidence, note, expires, key;
};

// What one run is asked for.
struct Request {
    std::string command;              // check, explain, env, checklist, sign
    std::vector<std::string> targets; // of check: paths; of explain: ids; of checklist: its name; of sign: items
    Listed listed;
    std::string environment, profile; // --env, --profile; empty: production
    std::vector<std::string> env_files, compose_files, urls;
    std::string env_from, dialect, print_env, stage, stdin_name;
    std::string page;                  // of env: --check
    std::vector<std::string> settings; // --set KEY=VALUE
    Asked asked;
    Level fail_on = Level::error;
    bool run_django = false, explain = false;
    bool fix = false, dry_run = false, allow_empty = false, all = false;
    std::string baseline; // its path from the root
    enum class Baseline { read, write, accept_new } what = Baseline::read;
};

// Judges all that was asked for and looks at nothing. Error (usage), with its place.
Result<void> check(const Request& request, const config::Config& config, const config::Value& section);

// The files that it changes: the project's with --fix, the baseline where that is asked for.
std::vector<std::string> writes(const Request& request);

struct Surroundings {
    const config::Config& config;
    const config::Value& section; // `preflight:`, the environment's laid over
    const config::Change& change; // that the job is about; `config` is its base's where it is foreign
    const sys::Environment& variables;
    bool is_seen_only = false; // the report goes to a terminal and nowhere else: --print-env may show secrets there
    std::function<void()> hold = [] {}; // called when --url is asked: from then on no program is started
};
Result<report::Report> run(const Request& request, const Surroundings& surroundings);

std::span<const config::Milder> milder();                            // keys by which a change lets it look less closely
std::span<const report::Rule> report_rules();                        // what a finding may be of: rules by their own ids
std::vector<std::string> own_rule_ids(const config::Value& section); // of a team's rules

}
