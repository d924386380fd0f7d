#pragma once
#include "migrate/drivers/tool.h"
#include "migrate/settings.h"
#include "report/report.h"
#include <functional>

// fairlead-migrate's commands where another tool keeps the migrations: the same report, confirmation and statuses as
// with our own driver.
namespace fairlead::migrate::drivers {

struct Request {
    std::string command; // status, pending, history, plan, up, down, redo, new, baseline, verify
    Goal goal;
    std::string version; // baseline's
    std::string name;    // new's
    Milliseconds wait_lock{60'000};
};

struct Surroundings {
    sys::Host& host;
    const sys::Environment& environment;
    const Settings& settings;
    Ways ways;
    std::string table = "fairlead_migrations"; // by whose name our lock is held
    bool is_production = true;
    // Before the first change, with what is going to run: error (usage): nobody said yes.
    std::function<Result<void>(const std::vector<std::string>& versions)> confirm;
    std::function<Result<void>()> before = [] { return Result<void>(); }; // once it was confirmed: the backup
};

Result<report::Report> run(const Request& request, const Choice& choice, const Surroundings& surroundings);

}
