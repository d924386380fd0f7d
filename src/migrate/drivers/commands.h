#pragma once
#include "migrate/drivers/driver.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <string_view>

// The commands of fairlead-migrate for migrations that another tool keeps. Report, confirmation and exit statuses are
// as for our own driver (migrate/steps/commands.h). The tool runs while we hold our lock.
namespace fairlead::migrate::drivers {

// Finds the tool that keeps this project's migrations. For a foreign change (a fork's), the files of its base commit
// decide. Error (usage): the section can't be read.
Result<Choice> choose(const config::Config& config, const config::Value& section, bool is_foreign);

// Checks that our own driver has migrations. Error (usage), with the way out: the only migrations belong to a tool that
// we can't start (knex), or are in a form that `lint` can't read.
Result<void> check_kept(std::string_view command, const config::Config& config, const config::Value& section,
                        bool is_foreign);

// Checks that migrate.dir of fairlead.yml has an effect. Error (usage): the tool's migrations are elsewhere.
Result<void> check_dir(const Project& project, const Choice& choice, const config::Value& section);

// Returns whether the command concerns the other tool; false: it only concerns the server.
bool is_asked(std::string_view command);

// Checks that --ask-tool has a tool to start. Error (usage) names the place that says which tool keeps the migrations.
Result<void> check_ask_tool(const Choice& choice, const config::Value& section);

// Checks that the other tool supports the request. Error: usage.
Result<void> check(std::string_view command, const Request& request, const Choice& choice);

// `command`: status, pending, history, plan, up, down, redo, new, verify or baseline; any other command is refused. The
// tool is a program of the tree. It is started by --ask-tool, and by up, down, redo, new, verify and baseline unless it
// is a dry run. Error (could_not): the tool would be started for a foreign change.
Result<report::Report> run(std::string_view command, const Choice& choice, const Place& place, const Request& request);

}
