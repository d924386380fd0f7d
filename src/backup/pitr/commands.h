#pragma once
#include "backup/commands.h"

// Point-in-time recovery of PostgreSQL: a copy of the whole cluster, and all that it wrote since.
namespace fairlead::backup {

// For archive_command: 0 only when the file is durable in every store, or was there with the same content.
Result<report::Report> wal_push(const Place& place, const Request& request);
// For restore_command: a no where no store has it, which is how recovery learns of its end; anything else that goes
// wrong must end the server, by a status of its own.
Result<report::Report> wal_fetch(const Place& place, const Request& request);

// Prints what a server's settings lack for that, or sets it.
Result<report::Report> pitr_enable(const Place& place, const Request& request);
// A copy of the whole cluster, verified, with the WAL that it needs in the store.
Result<report::Report> pitr_base(const Place& place, const Request& request);
// A no where a segment is missing, the server fails to archive, or nothing can be restored.
Result<report::Report> pitr_status(const Place& place, const Request& request);
// A new data folder that recovers to a moment when PostgreSQL is started in it; all it needs is looked for before.
Result<report::Report> pitr_restore(const Place& place, const Request& request);
Result<report::Report> pitr_prune(const Place& place, const Request& request);

// PostgreSQL takes statuses up to 125 for "there is none" and would end recovery early, with what it has.
constexpr int ends_recovery = 126;

}
