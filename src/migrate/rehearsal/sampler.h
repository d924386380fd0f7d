#pragma once
#include "migrate/server/connect.h"
#include "migrate/sql/lock.h"
#include <memory>
#include <string>

namespace fairlead::migrate::rehearsal {

sql::Lock lock_named(std::string_view mode); // as pg_locks has it: "AccessExclusiveLock"

// The strongest lock that process `pid` holds on one of `relations` ("{16385,16390}"). Of its own session or another's.
std::string strongest_lock_query(int pid, const std::string& relations);

// A second session that looks every 50 ms which locks the first one holds (PostgreSQL).
class Sampler {
  public:
    static Result<Sampler> start(const server::Address& address, const std::string& application, int pid);
    Sampler(Sampler&&) noexcept;
    ~Sampler();
    void begins(const std::string& relations);
    sql::Lock ends(); // the strongest that was seen since

  private:
    class Eyes;
    explicit Sampler(std::unique_ptr<Eyes> eyes);
    std::unique_ptr<Eyes> eyes_;
};

}
