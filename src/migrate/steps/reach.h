#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <string>
#include <vector>

// Finds what a script of SQLite reaches outside of the tables of its own database: other files, the schema as text,
// code. SQLite itself reports this when it compiles each statement.
namespace fairlead::migrate {

// Returns "attaches the file '/x'"; empty: the act stays within the database. Each session that runs a migration or
// a seed refuses such acts, in every environment, unless --confirm-destructive names the migration or seed.
std::string reach_of(const sys::SqlAct& act);

// Returns the same as a message that refuses a running statement, with the way out.
std::string refusal_of(const sys::SqlAct& act);

struct Reached {
    int line = 1;
    std::string what; // "attaches the file '/x'"
};
// Compiles each script in an empty copy of the database's schema; nothing takes effect. If this copy can't compile a
// statement, its words are judged. Without a database all results are empty.
Result<std::vector<std::vector<Reached>>> reaches(const Database& database,
                                                  const std::vector<const files::Script*>& scripts);

// Checks that --confirm-destructive names the version or seed of each script that reaches out. This applies to every
// environment. Error (usage), with the statement: a confirmation is missing.
Result<void> confirm_reach(const std::vector<std::vector<Reached>>& reached,
                           const std::vector<const files::Script*>& ways, const std::vector<std::string>& names,
                           const Request& request);

// Returns migrate/reach as a warning, whether or not the migration is confirmed.
std::vector<report::Finding> told_reach(const files::Script& script, const std::vector<Reached>& reached);

// As long as this object lives, a confirmed migration may reach out.
class Unguarded {
  public:
    Unguarded(sys::Session& session, bool may) : session_(session), guard_(session.guard) {
        if (may) session_.guard = nullptr;
    }
    ~Unguarded() { session_.guard = guard_; }
    Unguarded(const Unguarded&) = delete;
    Unguarded& operator=(const Unguarded&) = delete;

  private:
    sys::Session& session_;
    std::function<std::string(const sys::SqlAct&)> guard_;
};

}
