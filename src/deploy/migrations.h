#pragma once
#include "base/result.h"
#include "sys/data/json_fwd.h"
#include <string>
#include <string_view>
#include <vector>

// Versions of database migrations that a deployment ran, and what that means for the way back.
namespace fairlead::deploy {

struct History; // deploy/record.h

struct Migrations {
    std::vector<std::string> expand, contract; // of its release
    std::vector<std::string> left; // contracting ones of the release before, which had stayed warm or failed
    std::string left_of;           // that release
    std::string down_to;           // of a rollback --with-down
    bool contracted = false;       // nothing contracting is left of its release
    bool none() const { return expand.empty() && contract.empty() && left.empty() && down_to.empty(); }
    bool operator==(const Migrations&) const = default;
};

sys::Json to_json(const Migrations& migrations);
Migrations migrations_from(const sys::Json& object); // what isn't ours is left out
std::string told(const Migrations& migrations);      // "expand 6, contract 7"; empty: none ran

// As fairlead-migrate orders them: by their numbers, "9" before "10".
bool is_before(std::string_view version, std::string_view other);

// Contracting versions that ran since `release` served last, and aren't its own: it knows nothing of them.
struct Contracted {
    std::string version, release; // which it came with
};
std::vector<Contracted> contracted_since(const History& history, std::string_view release);

// Whether `release` may serve again. Error (no): a contracting migration ran that `with_down`, the version to go back
// to before, leaves as it is; empty: nobody says so.
Result<void> check_way_back(const History& history, std::string_view release, const std::string& with_down);

}
