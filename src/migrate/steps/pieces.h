#pragma once
#include "migrate/files/folder.h"
#include "migrate/sql/statement.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The statements of a script, to be sent one by one.
namespace fairlead::migrate {

struct Piece {
    std::string_view text;                                         // a part of the script's text
    std::int64_t statements = 1;                                   // number of statements in `text`
    std::size_t begin = 0;                                         // offset in the script in bytes, from 0
    int line = 1;                                                  // the line in the file
    std::optional<std::string_view> data;                          // for COPY … FROM stdin
    std::string kind;                                              // its first word, in lower case
    bool is_begin = false, is_commit = false, is_rollback = false; // of a transaction
    // Returns whether it can run in our transaction, together with the record that it ran.
    bool is_atomic(const sql::Statement& statement, int major) const;
    bool is_postgres = true;
};

// Returns whether a statement of PostgreSQL leaves role and settings unchanged, because it only defines tables, columns
// or rights.
bool leaves_session(const Piece& piece);

enum class Together { no, same_rows };
// limit for one message: a server reads it as a whole, and needs many times its size in memory
constexpr std::size_t most_of_a_message = 1 << 20;
// `same_rows`: INSERTs that differ only in their literals (sql/same_rows.h) form one piece of about most_of_a_message
// bytes, because a data file may have a million of them. Error (no), with file:line: the script can't be split.
Result<std::vector<Piece>> pieces_of(const files::Script& script, sql::Dialect dialect, Together = Together::no);
// Passes each piece to `take` in order and keeps none of the pieces. Error: as pieces_of(), or that of `take`, which
// ends the walk.
Result<void> each_piece(const files::Script& script, sql::Dialect dialect,
                        const std::function<Result<void>(const Piece&)>& take);

// One statement of a script.
struct Spot {
    std::string_view text;
    int line = 0;            // the line in the file
    std::int64_t number = 0; // from 1
};
std::int64_t statements_of(std::span<const Piece> pieces);
// Returns the last statement for which `holds` is true; `holds` must be true for all statements before it, too.
// Nothing: it is false for the first statement.
std::optional<Spot> last_for_which(const std::vector<Piece>& pieces, sql::Dialect dialect,
                                   const std::function<bool(std::size_t begin, std::int64_t number)>& holds);

}
