#pragma once
#include "config/config.h"
#include "migrate/lint/lint.h"
#include "migrate/settings.h"
#include "report/report.h"
#include <string>
#include <vector>

namespace fairlead::migrate::lint {

// The request of `lint` or `plan --file`.
struct Request {
    std::vector<std::string> files;   // files and folders; empty: migrate.dir
    std::string plan;                 // for plan: the file
    std::string environment;          // --env
    std::string engine, postgres;     // empty: fairlead.yml decides
    std::string transaction = "auto"; // file, none
    std::vector<std::string> only, skip;
};

// Checks the whole request and reads nothing. Error: usage.
Result<void> check(const Request& request, const config::Value& section);

// In a foreign change (a fork's), a comment silences findings only if the base commit also has the comment.
Result<report::Report> lint(const Request& request, const config::Config& config, const config::Value& section,
                            bool is_foreign);
// Reports files in the folder that are never run, except seeds: migrate/stray.
std::vector<report::Finding> tell_strays(const std::vector<files::Stray>& strays, const config::Config& config,
                                         const Settings& settings, report::Severity severity);
Result<report::Report> plan(const Request& request, const config::Config& config, const config::Value& section);

}
