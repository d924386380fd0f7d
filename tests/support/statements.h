#pragma once
#include "migrate/sql/split.h"
#include <string>
#include <string_view>
#include <vector>

// The pieces of a text of PostgreSQL's, all at once.
inline fairlead::Result<std::vector<fairlead::migrate::sql::Piece>> split_all(std::string_view sql,
                                                                              const std::string& file) {
    std::vector<fairlead::migrate::sql::Piece> pieces;
    TRY_VOID(fairlead::migrate::sql::split(sql, file, [&](const auto& piece) { pieces.push_back(piece); }));
    return pieces;
}
