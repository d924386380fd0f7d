#pragma once
#include "migrate/lint/script.h"
#include "report/level.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// A rule is one row (rules/GROUP.cpp) and one function, which checks one script and can see the other scripts.
namespace fairlead::migrate::lint {

using report::Level;

struct Hit {
    const Script* script = nullptr;
    int line = 0;
    std::string message;      // the thing, the fact and the way out, separated by semicolons
    Level level = Level::off; // off: use the row's level
    int first = 0, last = 0;  // lines of the statement and the comments before it; 0: only `line`
};

struct Rule; // below

class Hits {
  public:
    explicit Hits(const Script& script) : script_(script) {}
    // Only the first 300 hits of a rule in a script count.
    Hit& add(const Statement& statement, int line, std::string message) {
        return put({&script_, line > 0 ? line : statement.line, std::move(message), Level::off,
                    script_.first_comment_line(statement), statement.last_line});
    }
    Hit& add(const Statement& statement, std::string message) { return add(statement, 0, std::move(message)); }
    Hit& add_at(int line, std::string message) { return put({&script_, line, std::move(message), Level::off, 0, 0}); }
    std::vector<Hit> take() { return std::move(all_); }

  private:
    Hit& put(Hit hit) {
        if (all_.size() == 300) return spare_ = std::move(hit);
        return all_.emplace_back(std::move(hit));
    }
    const Script& script_;
    std::vector<Hit> all_;
    Hit spare_;
};

using Check = void (*)(const Script& script, const Scripts& scripts, Hits& hits);

enum class Engines { postgres, sqlite, mysql, all };

struct Rule {
    std::string_view id;    // "mig-add-fk"; a published id is never used for another rule
    std::string_view title; // "A foreign key is checked under a lock"
    Level level;
    Check check; // nullptr: only a command with a database can check it
    std::string_view why;
    std::string_view way_out;
    std::vector<std::string_view> peers = {}; // squawk's names for it
    Engines engines = Engines::postgres;
    bool of_down = false; // also judges files that revert migrations
};

std::span<const Rule> all_rules(); // in the order of the pages
const Rule* find_rule(std::string_view id);

}
