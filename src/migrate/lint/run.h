#pragma once
#include "config/config.h"
#include "migrate/lint/lint.h"
#include "migrate/settings.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::migrate::lint {

// What `lint` and `plan --file` are asked for.
struct Request {
    std::vector<std::string> files;   // files and folders; empty: migrate.dir
    std::string plan;                 // the file of plan
    std::string environment;          // --env
    std::string engine, postgres;     // empty: as fairlead.yml says
    std::string transaction = "auto"; // file, none
    std::vector<std::string> only, skip;
};

// Judges all that was asked for and reads nothing. Error (usage).
Result<void> check(const Request& request, const config::Value& section);

// Of a foreign change (a fork's) only those comments silence that the base commit has, too.
Result<report::Report> lint(const Request& request, const config::Config& config, const config::Value& section,
                            bool is_foreign);
// Of what lies in the folder and nobody runs, but for seeds: migrate/stray.
std::vector<report::Finding> tell_strays(const std::vector<files::Stray>& strays, const config::Config& config,
                                         const Settings& settings, report::Severity severity);
Result<report::Report> plan(const Request& request, const config::Config& config, const config::Value& section);

}
