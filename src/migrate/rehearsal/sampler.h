#pragma once
#include "migrate/server/connect.h"
#include "migrate/sql/lock.h"
#include <memory>
#include <string>

namespace fairlead::migrate::rehearsal {

sql::Lock lock_named(std::string_view mode); // a mode of pg_locks: "AccessExclusiveLock"

// Returns a query for the strongest lock that process `pid` holds on one of `relations` ("{16385,16390}"). Any session
// may run the query.
std::string strongest_lock_query(int pid, const std::string& relations);

// A second session that checks every 50 ms which locks the first session holds (PostgreSQL).
class Sampler {
  public:
    static Result<Sampler> start(const server::Address& address, const std::string& application, int pid);
    Sampler(Sampler&&) noexcept;
    ~Sampler();
    void begins(const std::string& relations);
    sql::Lock ends(); // the strongest lock seen since begins()

  private:
    class Eyes;
    explicit Sampler(std::unique_ptr<Eyes> eyes);
    std::unique_ptr<Eyes> eyes_;
};

}
