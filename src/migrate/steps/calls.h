#pragma once
#include "base/result.h"
#include "migrate/lint/script.h"
#include "migrate/sql/body.h"
#include "sys/database/session.h"
#include <map>
#include <string>
#include <vector>

// Functions and procedures that migrations call, looked into: those that they make themselves and those of the server.
namespace fairlead::migrate {

class Functions {
  public:
    // `session` is one with PostgreSQL, outlives this and may be null: then only what scripts make is known.
    Functions(const std::vector<lint::Script>& scripts, sys::Session* session);

    // Asks the server for all that they call at once. Error (could_not): it can't be read.
    Result<void> learn(const std::vector<lint::Script>& scripts);

    struct Called {
        std::string name;
        sql::Destroys destroys = sql::Destroys::no;
        std::string why; // ends "calls f(), …"
    };
    // Those that a statement runs and that destroy, or of which nobody can tell. Error (could_not): the server's can't
    // be read.
    Result<std::vector<Called>> called_by(const sql::Statement& statement);

  private:
    struct Body {
        std::string schema, text; // empty: in a language that nobody reads here
        std::vector<sql::Name> calls;
    };
    Result<void> learn(const std::vector<sql::Name>& names);
    Result<Called> judge(const sql::Name& name, int depth);

    sys::Session* session_;
    std::multimap<std::string, Body> bodies_; // by name
    std::map<std::string, bool> asked_;       // of the server
};

}
