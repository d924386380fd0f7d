#pragma once
#include "migrate/files/folder.h"
#include "migrate/sql/statement.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The statements of a script, as they are sent one by one.
namespace fairlead::migrate {

struct Piece {
    std::string_view text;                                         // of the script's
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

// Error (no), with file:line: the script can't be split.
Result<std::vector<Piece>> pieces_of(const files::Script& script, sql::Dialect dialect);

}
