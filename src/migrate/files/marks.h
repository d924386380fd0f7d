#pragma once
#include "base/result.h"
#include "migrate/sql/tokens.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a migration says of itself, in comments: `-- fairlead: no-transaction`.
namespace fairlead::migrate::files {

struct Marks {
    bool no_transaction = false;
    int no_transaction_line = 0;
    bool foreign_keys_off = false;    // SQLite: `foreign-keys=off`
    bool disables_assumption = false; // squawk's comment
    std::string irreversible;         // the reason; empty: it says nothing
    int irreversible_line = 0;
    std::string phase; // "expand", "contract", or whatever stands there
    int phase_line = 0;
    int other_phase_line = 0; // of a mark that says the other one; 0: none does
};

// One way of a file: all of it, or what stands behind `-- fairlead: up` or `-- fairlead: down`. What stands before the
// first of them belongs to the first part; the marks in it count for both ways.
struct Part {
    std::size_t begin = 0, end = 0;
    int line = 1; // of its first byte
    bool is_down = false, is_whole = true;
};

std::vector<sql::Token> comments_of(std::string_view text, sql::Dialect dialect);
std::vector<Part> parts_of(std::string_view text, const std::vector<sql::Token>& comments, bool is_down);
Marks marks_of(const Part& part, const std::vector<sql::Token>& comments); // of all of the file

// Error (usage), with file:line: a mark that is unknown or mistyped, a phase that is none, no reason where one is
// needed; a mark by which another tool parts the ways of a file.
Result<void> check_marks(const std::vector<sql::Token>& comments, const std::string& file);
// Error (usage): marks that exclude each other, or that mean nothing to this engine.
Result<void> check_together(const Marks& marks, const std::string& file, sql::Dialect dialect);

}
