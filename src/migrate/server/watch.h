#pragma once
#include "migrate/server/connect.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

// Watches our statements from another session (PostgreSQL only; does nothing for SQLite).
namespace fairlead::migrate::server {

using Tell = std::function<void(const std::string&)>;

// While a statement runs longer than `after`, reports the session that blocks it (pid, application, age, first 80
// characters of the query) and its progress (pg_stat_progress_…), each time they change. Opens its connection when it
// is first needed; reports once if that fails. Calls `tell` from its own thread.
class Watch {
  public:
    Watch(Address address, std::string application, int pid, Tell tell, Milliseconds after = Milliseconds{2000});
    ~Watch();
    Watch(Watch&&) noexcept;

    void begins(); // call when a statement begins
    void ends();
    std::vector<std::string> blockers() const; // the sessions that the last statement was last seen waiting for

  private:
    class Eyes;
    std::unique_ptr<Eyes> eyes_;
};

// Repeats `attempt` while it is refused with SQLSTATE 55P03 (lock timeout), up to 5 more times with growing pauses. A
// refused attempt must leave nothing behind (its transaction is rolled back). Reports each repetition with the blocker.
// Error: that of `attempt`, or (could_not) a stop was requested.
Result<sys::Answer> retried(const std::function<Result<sys::Answer>()>& attempt, const Watch& watch, const Tell& tell);

}
