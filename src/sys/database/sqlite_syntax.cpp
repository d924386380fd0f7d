#include "sys/database/sqlite_syntax.h"
#include "sys/freed.h"
#include <sqlite3.h>

namespace fairlead::sys {

namespace {

using Memory = Freed<sqlite3, ::sqlite3_close_v2>;
using Prepared = Freed<sqlite3_stmt, ::sqlite3_finalize>;

// Some pragmas act as they are read.
int refuse_pragmas(void*, int code, const char*, const char*, const char*, const char*) {
    return code == SQLITE_PRAGMA || code == SQLITE_ATTACH ? SQLITE_DENY : SQLITE_OK;
}

sqlite3* memory() {
    thread_local const Memory kept = [] {
        sqlite3* made = nullptr;
        ::sqlite3_open_v2(":memory:", &made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, nullptr);
        if (made != nullptr) ::sqlite3_set_authorizer(made, refuse_pragmas, nullptr);
        return Memory(made);
    }();
    return kept.get();
}

}

std::string sqlite_syntax_error(std::string_view statement) {
    constexpr std::size_t longest = 1u << 20;
    if (statement.size() > longest || memory() == nullptr) return "";
    sqlite3_stmt* made = nullptr;
    const int status =
        ::sqlite3_prepare_v2(memory(), statement.data(), static_cast<int>(statement.size()), &made, nullptr);
    const Prepared prepared(made);
    if (status == SQLITE_OK) return "";
    const std::string why = ::sqlite3_errmsg(memory());
    for (const std::string_view kind : {"syntax error", "unrecognized token", "incomplete input"})
        if (why.find(kind) != why.npos) return why;
    return "";
}

}
