#pragma once
#include "migrate/rehearsal/sampler.h"
#include "migrate/steps/apply/carry.h"
#include "migrate/steps/pieces.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// The effects of one statement on the clone.
struct Measured {
    std::string version, direction, kind;
    int line = 0;
    Milliseconds took{0};
    sql::Lock lock = sql::Lock::none;  // the strongest lock on tables that existed before its migration
    std::vector<std::string> rewrites; // tables that were rewritten into a new file
    std::uint64_t rows = 0;            // number of rows that it wrote
    std::int64_t wal = 0;              // bytes
    std::string why;                   // the server's refusal; empty: it ran
};

// Runs migrations on a clone, statement by statement.
class Stage {
  public:
    explicit Stage(Database& database, std::optional<Sampler> sampler);
    // False: a statement was refused. Error: the connection is lost, or a stop was requested.
    Result<bool> run(const Task& task);
    const std::vector<Measured>& measured() const { return measured_; }
    Milliseconds longest_lock() const { return longest_lock_; } // the longest time of a lock that blocks writers
    Milliseconds total() const { return total_; }

  private:
    Result<bool> statement(const Task& task, const Piece& piece, const std::string& relations, bool in_transaction);
    Result<bool> refused(const sys::Answer& answer, Measured& one);
    Result<std::string> relations();
    Result<std::vector<std::pair<std::string, std::string>>> files(); // tables with the names of their files
    Result<std::int64_t> wal_since(std::int64_t before);

    Database& database_;
    std::optional<Sampler> sampler_;
    std::vector<Measured> measured_;
    Milliseconds longest_lock_{0}, total_{0};
};

}
