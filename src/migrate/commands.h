#pragma once
#include "migrate/lint/run.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The words of fairlead-migrate, and who does what they say: lint, our own driver, or another tool's.
namespace fairlead::migrate {

struct Command {
    std::string_view name, help;
    Result<report::Report> (*run)(const Place& place, const Request& request);    // null: lint, which asks no database
    bool acts = false, irreversible = false, lasting = false, only_tells = false; // as cli has them
    bool runs_project = false;     // starts the tool that keeps the project's migrations, or what they name
    bool changes_database = false; // or the server's sessions
};
std::span<const Command> commands();
std::vector<std::string> commands_of_database();

struct Asked {
    std::string command;
    lint::Request lint;
    Request request;
};

// What is wrong before anything is read. Error (usage).
Result<void> check(const Asked& asked, const config::Config& config, const config::Value& section, bool is_foreign);

Result<report::Report> run(Asked asked, const Place& place);

}
