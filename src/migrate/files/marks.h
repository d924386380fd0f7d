#pragma once
#include "base/result.h"
#include "migrate/sql/tokens.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The marks of a migration: comments with settings for us, such as `-- fairlead: no-transaction`.
namespace fairlead::migrate::files {

struct Marks {
    bool no_transaction = false;
    int no_transaction_line = 0;
    bool foreign_keys_off = false;    // SQLite: `foreign-keys=off`
    bool disables_assumption = false; // squawk's comment
    std::string irreversible;         // the reason; empty: there is no such mark
    int irreversible_line = 0;
    std::string phase; // "expand", "contract", or an unknown word
    int phase_line = 0;
    int other_phase_line = 0; // line of a mark with the other phase; 0: there is no such mark
};

// The part of a file for one direction: the whole file, or the lines after `-- fairlead: up` or `-- fairlead: down`.
// Lines before the first such mark belong to the first part, but the marks in these lines count for both directions.
struct Part {
    std::size_t begin = 0, end = 0;
    int line = 1; // of its first byte
    bool is_down = false, is_whole = true;
};

std::vector<sql::Token> comments_of(std::string_view text, sql::Dialect dialect);
std::vector<Part> parts_of(std::string_view text, const std::vector<sql::Token>& comments, bool is_down);
Marks marks_of(const Part& part, const std::vector<sql::Token>& comments); // `comments` are those of the whole file

// Error (usage), with file:line: a mark is unknown or mistyped, its phase is unknown, or a required reason is missing.
// Also an error: another tool's mark divides the file into directions.
Result<void> check_marks(const std::vector<sql::Token>& comments, const std::string& file);
// Error (usage): marks exclude each other, or have no meaning for this engine.
Result<void> check_together(const Marks& marks, const std::string& file, sql::Dialect dialect);

}
