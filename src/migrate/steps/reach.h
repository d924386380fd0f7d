#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/request.h"
#include "report/report.h"
#include <string>
#include <vector>

// What a script of SQLite reaches for beside the tables of its own database: other files, the schema as text, code.
// SQLite itself says so, as it compiles each statement.
namespace fairlead::migrate {

// "attaches the file '/x'"; empty: it stays within. Every session that a migration or a seed runs in is guarded by it,
// in every environment, unless it is named by --confirm-destructive.
std::string reach_of(const sys::SqlAct& act);

// The same as the refusal of a statement that runs, with the way out.
std::string refusal_of(const sys::SqlAct& act);

struct Reached {
    int line = 1;
    std::string what; // "attaches the file '/x'"
};
// Of each script in turn, tried in an empty twin of the database; nothing is carried out. A statement that the twin
// can't compile is told by its words. Without a database all are empty.
Result<std::vector<std::vector<Reached>>> reaches(const Database& database,
                                                  const std::vector<const files::Script*>& scripts);

// Of each way in turn its version or seed, which has to be named by --confirm-destructive where it reaches out, in
// every environment. Error (usage) with the statement: one isn't.
Result<void> confirm_reach(const std::vector<std::vector<Reached>>& reached,
                           const std::vector<const files::Script*>& ways, const std::vector<std::string>& names,
                           const Request& request);

// migrate/reach, as a warning: the migration has to be confirmed, or was.
std::vector<report::Finding> told_reach(const files::Script& script, const std::vector<Reached>& reached);

// For as long as it lives a confirmed migration may reach out.
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
