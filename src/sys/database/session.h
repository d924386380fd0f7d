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

// A session with a database: a server's connection (postgres.h) or an open file (sqlite.h). One thread at a time, but
// for interrupt().
namespace fairlead::sys {

using Field = std::optional<std::string>; // as text; nothing: NULL

// What the database said to a statement that it refused.
struct Refusal {
    std::string code; // PostgreSQL's SQLSTATE ("55P03"); SQLite's extended result ("SQLITE_BUSY")
    std::string message, detail, hint, context;
    std::size_t position = 0; // byte in the statement where it went wrong, from 1; 0: unknown
};

constexpr std::size_t most_kept = 64u << 20; // bytes of rows in an answer

struct Answer {
    std::optional<Refusal> refusal; // of the first statement that was refused; those behind it did not run
    std::vector<std::string> columns;
    std::vector<std::vector<Field>> rows; // of the last statement that has any
    std::uint64_t changed = 0;            // rows that the last statement wrote
    std::size_t done = 0;                 // statements that ran through, from the first
    bool cut = false;                     // it had more than most_kept: the rows behind are not here
};

// What SQLite's compiler asks for before a statement may do it (https://sqlite.org/c3ref/c_alter_table.html).
struct SqlAct {
    enum class Kind {
        attach,   // of a file: ATTACH, and VACUUM INTO as it runs
        pragma,   // `detail`: what it is set to; nothing: it is only read
        function, // that is called
        erase,    // of rows of a table, by a trigger, too; of cascades and of what REPLACE finds in its way nothing is
                  // asked
        write,    // of rows of a table: INSERT, UPDATE
        other,
    };
    Kind kind = Kind::other;
    Field name; // the file (nothing: it is worked out only then), the pragma, the function, the table
    Field detail;
};

class Session {
  public:
    virtual ~Session() = default;

    // Each statement of `sql`, one after another. A refusal is a value. Error (could_not): the connection is lost, or a
    // stop request (sys/signals.h) ended the statement (is_interrupted()); messages hold no password.
    virtual Result<Answer> run(const std::string& sql) = 0;
    // One statement with parameters: $1, $2, … in both engines.
    virtual Result<Answer> ask(const std::string& sql, const std::vector<Field>& parameters) = 0;
    // One COPY … FROM stdin with its data (PostgreSQL).
    virtual Result<Answer> copy_in(const std::string& sql, std::string_view data) = 0;

    virtual void interrupt() = 0; // ends what runs now; from any thread
    virtual bool is_interrupted() const = 0;
    virtual bool is_open() const = 0; // false once the connection is lost
    // The server's process, as whoever answered said when the session began: a pooler makes a number up. SQLite: 0.
    virtual int process() const { return 0; }

    // SQLite: its file was renamed, replaced or deleted since it was opened.
    virtual bool has_moved() const { return false; }

    // What the database says beside its answers: NOTICE and WARNING, "NOTICE: relation exists".
    std::function<void(std::string_view)> heard;

    // SQLite: asked of each act of a statement. What it says is why it may not, and the message of the refusal
    // (SQLITE_AUTH); then the statement does nothing. Empty: it may.
    std::function<std::string(const SqlAct&)> guard;

    // SQLite: that row of that table of the main file was changed by an UPDATE, whoever ran it; not of tables WITHOUT
    // ROWID (https://sqlite.org/c3ref/update_hook.html).
    std::function<void(std::string_view table, std::int64_t row)> updated;
};

}
