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

// Flags of `checklist` and `sign`.
struct Listed {
    std::string phase = "before", group_by = "section";
    bool count = false;                // print only the number of items
    std::vector<std::string> imported; // Markdown files whose open points belong to the list
    // Only for sign:
    std::string list; // name of the checklist; empty: the checklist that has the item
    std::string verdict = "yes", evidence, note, expires, key;
};

// The request of one run.
struct Request {
    std::string command;              // check, explain, env, checklist, sign
    std::vector<std::string> targets; // for check: paths; for explain: ids; for checklist: its name; for sign: items
    Listed listed;
    std::string environment, profile; // --env, --profile; empty: production
    std::vector<std::string> env_files, compose_files, urls;
    std::string env_from, dialect, print_env, stage, stdin_name;
    std::string page;                  // for env: --check
    std::vector<std::string> settings; // --set KEY=VALUE
    Asked asked;
    Level fail_on = Level::error;
    bool run_django = false, explain = false;
    bool fix = false, dry_run = false, allow_empty = false, all = false;
    std::string baseline; // path from the root
    enum class Baseline { read, write, accept_new } what = Baseline::read;
};

// Checks the whole request without examining the project. Error (usage), with its place.
Result<void> check(const Request& request, const config::Config& config, const config::Value& section);

// Returns the files that the run changes: the project's with --fix, and the baseline if requested.
std::vector<std::string> writes(const Request& request);

struct Surroundings {
    const config::Config& config;
    const config::Value& section; // `preflight:`, with the environment's keys merged over it
    const config::Change& change; // the change of this job; if it is foreign, `config` is that of its base
    const sys::Environment& variables;
    bool is_seen_only = false; // the report goes only to a terminal: --print-env may show secrets
    // called before the first request of --url; afterwards no program may be started
    std::function<void()> hold = [] {};
};
Result<report::Report> run(const Request& request, const Surroundings& surroundings);

std::span<const config::Milder> milder();                            // keys with which a change can weaken the checks
std::span<const report::Rule> report_rules();                        // rules of the findings, by their own ids
std::vector<std::string> own_rule_ids(const config::Value& section); // ids of a team's rules

}
