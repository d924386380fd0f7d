#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A session with a database: a server's connection (postgres.h) or an open file (sqlite.h). One thread at a time may
// use it; only interrupt() may be called from any thread.
namespace fairlead::sys {

using Field = std::optional<std::string>; // a value as text; nothing: NULL

// The database's error for a statement that it refused, without the values that it quotes (without_values.h).
struct Refusal {
    std::string code; // PostgreSQL's SQLSTATE ("55P03"); SQLite's extended result ("SQLITE_BUSY")
    std::string message, detail, hint;
    std::size_t position = 0; // byte in the statement where it went wrong, from 1; 0: unknown
};

constexpr std::size_t most_kept = 64u << 20; // bytes of rows in an answer

struct Answer {
    std::optional<Refusal> refusal; // of the first refused statement; later statements did not run
    std::vector<std::string> columns;
    std::vector<std::vector<Field>> rows; // of the last statement that returns rows
    std::uint64_t changed = 0;            // rows that the last statement wrote
    std::size_t done = 0;                 // statements that succeeded, counted from the first
    bool cut = false;                     // the answer was larger than most_kept, and later rows are missing here
};

// An act of a statement for which SQLite's compiler asks permission (https://sqlite.org/c3ref/c_alter_table.html).
struct SqlAct {
    enum class Kind {
        attach,   // attach a file: by ATTACH, or by VACUUM INTO when it runs
        pragma,   // `detail`: the new value; nothing: the pragma is only read
        function, // call a function
        erase,    // delete rows of a table, also by a trigger; not for rows deleted by a cascade or by REPLACE
        write,    // INSERT or UPDATE of a table's rows
        other,
    };
    Kind kind = Kind::other;
    Field name; // the file (nothing: known only when the statement runs), the pragma, the function or the table
    Field detail;
};

class Session {
  public:
    virtual ~Session() = default;

    // Runs each statement of `sql` in order. A refusal is returned as a value. Error (could_not): the connection is
    // lost, or a stop request (sys/signals.h) ended the statement (is_interrupted()). No message contains a password.
    virtual Result<Answer> run(const std::string& sql) = 0;
    // Runs one statement with parameters: $1, $2, … in both engines.
    virtual Result<Answer> ask(const std::string& sql, const std::vector<Field>& parameters) = 0;
    // Runs one COPY … FROM stdin with its data (PostgreSQL).
    virtual Result<Answer> copy_in(const std::string& sql, std::string_view data) = 0;

    virtual void interrupt() = 0; // ends the running statement; may be called from any thread
    virtual bool is_interrupted() const = 0;
    virtual bool is_open() const = 0; // false once the connection is lost
    // Returns the server's process id, as sent when the session began; a connection pooler sends an invented number.
    // SQLite: 0.
    virtual int process() const { return 0; }

    // Returns whether SQLite's file was renamed, replaced or deleted since it was opened.
    virtual bool has_moved() const { return false; }

    // Called with the database's messages, such as NOTICE and WARNING: "NOTICE: relation exists".
    std::function<void(std::string_view)> heard;

    // SQLite: called before each act of a statement. Returns why the act is refused; the refusal (SQLITE_AUTH) has this
    // message, and the statement does nothing. Empty: the act is allowed.
    std::function<std::string(const SqlAct&)> guard;

    // SQLite: called after any UPDATE of this row in a table of the main file. Not called for tables WITHOUT ROWID
    // (https://sqlite.org/c3ref/update_hook.html).
    std::function<void(std::string_view table, std::int64_t row)> updated;
};

}
