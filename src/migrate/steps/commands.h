#pragma once
#include "migrate/steps/request.h"
#include "report/report.h"

// The commands of our own driver. Exit statuses: 0 done or nothing to do, 1 a migration failed or a check failed, 2
// wrong use or not confirmed, 3 the command could not do its work.
namespace fairlead::migrate {

Result<report::Report> status(const Place& place, const Request& request);
Result<report::Report> pending(const Place& place, const Request& request);
Result<report::Report> history(const Place& place, const Request& request);
Result<report::Report> plan(const Place& place, const Request& request); // shows what `up` would do
Result<report::Report> up(const Place& place, const Request& request);
Result<report::Report> down(const Place& place, const Request& request);
Result<report::Report> redo(const Place& place, const Request& request);
Result<report::Report> begin_new(const Place& place, const Request& request);
Result<report::Report> verify(const Place& place, const Request& request);
Result<report::Report> baseline(const Place& place, const Request& request);
Result<report::Report> repair(const Place& place, const Request& request);
Result<report::Report> seed(const Place& place, const Request& request);

// Commands about the database itself and its sessions (server/commands.h).
Result<report::Report> ping(const Place& place, const Request& request);
Result<report::Report> unlock(const Place& place, const Request& request);
Result<report::Report> create(const Place& place, const Request& request);
Result<report::Report> reset(const Place& place, const Request& request);

}
