#include "base/text.h"
#include "migrate/server/commands.h"
#include "migrate/server/lock.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::migrate::server {
namespace {

constexpr const char* nobody = "nobody holds the lock";

Result<report::Report> of_file(const Address& address, const Ask& ask) {
    if (!ask.terminate.empty())
        return usage("SQLite's lock is on a file and ends with its process; end the process by `kill -TERM PID`");
    Request request;
    request.table = ask.table;
    request.wait = Milliseconds{0};
    report::Report report;
    const auto taken = take_lock(address, request); // and given back at once
    const std::string why = taken.ok() ? "" : taken.error().message;
    if (!taken.ok() && why.find(" is held by ") == why.npos) return taken.error();
    report.facts = taken.ok() ? nobody : why;
    return report;
}

Result<void> terminate(Connection& connection, int pid, const std::string& table) {
    const sys::Answer answer =
        TRY(connection.session->ask("SELECT pg_terminate_backend($1::int)", {std::to_string(pid)}));
    if (answer.refusal)
        return could_not(fmt::format("process {} can't be ended: {}; its own user or a superuser can end it", pid,
                                     answer.refusal->message));
    constexpr int tries = 50;
    for (int i = 0; i < tries; ++i) {
        const auto holder = TRY(lock_holder(connection, table));
        if (!holder || holder->pid != pid) return {};
        if (!sys::real_clock().sleep(Milliseconds{100})) return could_not("interrupted while the session was ending");
    }
    return could_not(
        fmt::format("process {} was asked to end, but still holds the lock; look at pg_stat_activity", pid));
}

}

Result<report::Report> unlock(const Ask& ask) {
    const Address address = TRY(find_database(ask.settings, ask.variables));
    if (address.engine == Engine::sqlite) return of_file(address, ask);
    Wanted wanted;
    wanted.application = application(ask.variables) + " unlock";
    Connection connection = TRY(connect(address, wanted));
    const auto lock = TRY(lock_holder(connection, ask.table));
    const auto work = TRY(lock_holder(connection, work_of(ask.table)));
    const auto& holder = lock ? lock : work;
    report::Report report;
    sys::Json json;
    if (holder)
        json = {{"pid", holder->pid},
                {"application", holder->application},
                {"since", holder->since},
                {"query", holder->query}};
    report.members = {report::member("holder", std::move(json))};
    report.facts = lock   ? "the lock is held by " + described(*lock)
                   : work ? "the process that took the lock is gone, but its work still runs in " + described(*work)
                          : nobody;
    if (ask.terminate.empty()) {
        if (holder)
            report.facts += fmt::format("; `fairlead-migrate unlock --terminate {}` ends that session", holder->pid);
        return report;
    }
    if (!holder || std::to_string(holder->pid) != ask.terminate)
        return usage(
            fmt::format("process {} doesn't hold the lock: {}; nothing was ended", ask.terminate, report.facts));
    if (ask.dry_run) {
        report.facts = "would end the session of " + described(*holder);
        return report;
    }
    TRY_VOID(ask.confirm(fmt::format("ends the session of {}", described(*holder))));
    // Its work first: it would go on without the lock.
    if (work) TRY_VOID(terminate(connection, work->pid, work_of(ask.table)));
    if (lock) TRY_VOID(terminate(connection, lock->pid, ask.table));
    report.facts = "ended the session of " + described(*holder) +
                   (lock && work ? fmt::format(" and that of its work, pid {}", work->pid) : "") + "; the lock is free";
    return report;
}

}
