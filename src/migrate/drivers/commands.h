#pragma once
#include "migrate/drivers/driver.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <string_view>

// fairlead-migrate's commands where another tool keeps the migrations: the report, the confirmation and the statuses
// of our own driver (migrate/steps/commands.h), and our lock around what the tool does.
namespace fairlead::migrate::drivers {

// Who keeps this project's migrations; of a foreign change as its base commit has it. Error (usage): the section can't
// be read.
Result<Choice> choose(const config::Config& config, const config::Value& section, bool is_foreign);

// Error (usage), with the way out: no SQL of our own is there, and what is there another tool runs that nobody starts
// here (knex), or `lint` can't read.
Result<void> check_kept(std::string_view command, const config::Config& config, const config::Value& section,
                        bool is_foreign);

// migrate.dir of fairlead.yml has an effect. Error (usage): the tool's migrations are elsewhere.
Result<void> check_dir(const Project& project, const Choice& choice, const config::Value& section);

// Whether such a tool is asked for it: not where only the server is.
bool is_asked(std::string_view command);

// Whether --ask-tool has a tool to start. Error (usage), with the place that says who keeps the migrations.
Result<void> check_ask_tool(const Choice& choice, const config::Value& section);

// What of the request such a tool understands. Error (usage).
Result<void> check(std::string_view command, const Request& request, const Choice& choice);

// `command`: status, pending, history, plan, up, down, redo, new, verify, baseline; another one is refused. The tool, a
// program of the tree, is started by up, down, redo, new, verify and baseline where they aren't a dry run, and by
// --ask-tool. Error (could_not): it would be, and the change is a foreign one.
Result<report::Report> run(std::string_view command, const Choice& choice, const Place& place, const Request& request);

}
