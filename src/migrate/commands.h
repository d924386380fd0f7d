#pragma once
#include "migrate/lint/run.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The commands of fairlead-migrate. Each is carried out by lint, by our own driver, or by another tool's driver.
namespace fairlead::migrate {

struct Command {
    std::string_view name, help;
    // null: a command of lint, without a database
    Result<report::Report> (*run)(const Place& place, const Request& request);
    bool acts = false, irreversible = false, lasting = false, only_tells = false; // as in cli::Command
    // starts the tool that keeps the project's migrations, or programs that the migrations name
    bool runs_project = false;
    bool changes_database = false; // also set if it ends sessions of the server
};
std::span<const Command> commands();
std::vector<std::string> commands_of_database();

struct Asked {
    std::string command;
    lint::Request lint;
    Request request;
};

// Checks the request before anything is read. Error: usage.
Result<void> check(const Asked& asked, const config::Config& config, const config::Value& section, bool is_foreign);

Result<report::Report> run(Asked asked, const Place& place);

}
