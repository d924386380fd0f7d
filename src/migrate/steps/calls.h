#pragma once
#include "base/result.h"
#include "migrate/lint/script.h"
#include "migrate/sql/body.h"
#include "sys/database/session.h"
#include <map>
#include <string>
#include <vector>

// Examines the functions and procedures that migrations call: those that they create, and those of the server.
namespace fairlead::migrate {

class Functions {
  public:
    // `session` is connected to PostgreSQL and must outlive this object. Null: only functions that scripts create are
    // known.
    Functions(const std::vector<lint::Script>& scripts, sys::Session* session);

    // Asks the server about all functions that the scripts call, in one query. Error (could_not): they can't be read.
    Result<void> learn(const std::vector<lint::Script>& scripts);

    struct Called {
        std::string name;
        sql::Destroys destroys = sql::Destroys::no;
        std::string why; // the rest of a sentence: "calls f(), …"
    };
    // Returns those functions run by the statement that destroy data or can't be judged. Error (could_not): the
    // server's functions can't be read.
    Result<std::vector<Called>> called_by(const sql::Statement& statement);

  private:
    struct Body {
        std::string schema, text; // empty: in a language that we can't read
        std::vector<sql::Name> calls;
    };
    Result<void> learn(const std::vector<sql::Name>& names);
    Result<Called> judge(const sql::Name& name, int depth);

    sys::Session* session_;
    std::multimap<std::string, Body> bodies_; // by name
    std::map<std::string, bool> asked_;       // names that the server was asked about
};

}
