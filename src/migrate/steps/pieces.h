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

// The statements of a script, as they are sent one by one.
namespace fairlead::migrate {

struct Piece {
    std::string_view text;                                         // of the script's
    std::int64_t statements = 1;                                   // in `text`
    std::size_t begin = 0;                                         // byte of the script, from 0
    int line = 1;                                                  // of the file
    std::optional<std::string_view> data;                          // of COPY … FROM stdin
    std::string kind;                                              // its first word, in lower case
    bool is_begin = false, is_commit = false, is_rollback = false; // of a transaction
    // Whether it can be carried out in a transaction of ours, together with the word that it was.
    bool is_atomic(const sql::Statement& statement, int major) const;
    bool is_postgres = true;
};

// A statement of PostgreSQL's after which role and settings are what they were: it defines tables, columns, rights, and
// selects nothing.
bool leaves_session(const Piece& piece);

enum class Together { no, same_rows };
constexpr std::size_t most_of_a_message = 1 << 20; // a server reads a message as a whole, with many times its memory
// `same_rows`: INSERTs that differ in their literals alone (sql/same_rows.h) are one piece, of about most_of_a_message
// bytes: a file of data has a million of them. Error (no), with file:line: the script can't be split.
Result<std::vector<Piece>> pieces_of(const files::Script& script, sql::Dialect dialect, Together = Together::no);
// Each in its order, none of them kept. Error: that of `take`, which isn't asked again; else as above.
Result<void> each_piece(const files::Script& script, sql::Dialect dialect,
                        const std::function<Result<void>(const Piece&)>& take);

// One statement of a script.
struct Spot {
    std::string_view text;
    int line = 0;            // of the file
    std::int64_t number = 0; // from 1
};
std::int64_t statements_of(std::span<const Piece> pieces);
// The last one for which `holds`, which holds for all before it; nothing: not even for the first.
std::optional<Spot> last_for_which(const std::vector<Piece>& pieces, sql::Dialect dialect,
                                   const std::function<bool(std::size_t begin, std::int64_t number)>& holds);

}
