#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>
#include <vector>

// The database migrations that a deployment ran, and the rollbacks that they prevent.
namespace fairlead::deploy {

struct History; // deploy/record/record.h

struct Migrations {
    std::vector<std::string> expand, contract; // versions of its release
    std::vector<std::string>
        left;                // leftover contracting migrations of the previous release (see policy/contract_left.h)
    std::string left_of;     // the previous release
    std::string down_to;     // for a rollback --with-down
    bool contracted = false; // all contracting migrations of its release have run
    bool none() const { return expand.empty() && contract.empty() && left.empty() && down_to.empty(); }
    bool operator==(const Migrations&) const = default;
};

sys::Json to_json(const Migrations& migrations);
Migrations migrations_from(const sys::Json& object); // ignores unknown members
std::string told(const Migrations& migrations);      // "expand 6, contract 7"; empty: no migration ran

// Compares versions as fairlead-migrate does: by number, "9" before "10".
bool is_before(std::string_view version, std::string_view other);

// A contracting migration of another release that ran after `release` served last, so `release` isn't made for it.
struct Contracted {
    std::string version, release; // the release that it belongs to
};
std::vector<Contracted> contracted_since(const History& history, std::string_view release);

// Whether `release` may serve again. Error (no): a contracting migration ran that `with_down` doesn't revert.
// `with_down`: the version to revert migrations to first; empty: not given.
Result<void> check_way_back(const History& history, std::string_view release, const std::string& with_down);

}
