#pragma once
#include "migrate/server/connect.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

// Another session's eyes on what ours runs (PostgreSQL; with SQLite nothing is told).
namespace fairlead::migrate::server {

using Tell = std::function<void(const std::string&)>;

// While a statement runs longer than `after`, tells who blocks it (pid, application, age, first 80 characters of the
// query) and how far it is (pg_stat_progress_…), each time that changes. Its connection is opened when first needed;
// one that can't be had is told once. Tells from a thread of its own.
class Watch {
  public:
    Watch(Address address, std::string application, int pid, Tell tell, Milliseconds after = Milliseconds{2000});
    ~Watch();
    Watch(Watch&&) noexcept;

    void begins(); // a statement
    void ends();
    std::vector<std::string> blockers() const; // whom the last statement was last seen to wait for

  private:
    class Eyes;
    std::unique_ptr<Eyes> eyes_;
};

// `attempt` again while it is refused with SQLSTATE 55P03 (lock timeout), up to 5 times more with growing pauses; it
// leaves nothing behind (a transaction that is rolled back). Each one is told with the blocker. Error: as attempt's, or
// (could_not) a stop request came.
Result<sys::Answer> retried(const std::function<Result<sys::Answer>()>& attempt, const Watch& watch, const Tell& tell);

}
