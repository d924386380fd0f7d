#pragma once
#include "base/result.h"
#include "base/suppress.h"
#include "config/config.h"
#include "migrate/files/marks.h"
#include "migrate/files/name.h"
#include "migrate/sql/lock.h"
#include "migrate/sql/statement.h"
#include "sys/files/frozen_text.h"
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Files of migrations as rules see them: their statements, the transaction of each statement, and the tables that are
// new.
namespace fairlead::migrate::lint {

using sql::Change;
using sql::Column;
using sql::Constraint;
using sql::Name;
using sql::Statement;

struct File {
    std::string path;
    sys::FrozenText text;
    bool judged = true; // false: only read because other files depend on it
};

enum class Transaction {
    automatic, // the file's own mark decides
    file,      // another tool runs the whole file in one transaction
    none,      // statements run one by one
};

struct Options {
    int postgres = 0; // major version; 0: not given
    Transaction transaction = Transaction::automatic;
    config::Profile profile = config::Profile::production;
    sql::Dialect dialect = sql::Dialect::postgres;
    files::Layout layout = files::Layout::plain;
    std::vector<std::string> only, skip;                          // ids of rules
    std::map<std::string, std::string> levels;                    // id -> off, info, warning, error: migrate.rules
    bool has_lock_timeout = false, has_statement_timeout = false; // the configuration sets a time-out
    bool is_pending = false;  // all files run in one go, so a table of an earlier file is new to a later file
    bool takes_back = false;  // migrations may be reverted in the same run
    std::string today;        // YYYY-MM-DD
    bool asks_engine = false; // SQLite itself is asked what a statement reaches outside of its tables
    // Returns the base commit's comments of a file in a foreign (a fork's) change. Null: it is our own change, and
    // every comment counts.
    std::function<const Stood*(const std::string& path)> base = [](const std::string&) { return nullptr; };
};

constexpr int default_postgres = 15;

// Returns whether the names are equal, or differ only because one of them has no schema.
bool is_same(const Name& one, const Name& other);

// The tables and columns that the scripts of a run create, by name, with the number of the script.
struct Earlier {
    struct Made {
        Name table;
        std::size_t by;
    };
    // surely: only tables that are certainly new, so without those of CREATE TABLE IF NOT EXISTS
    std::multimap<std::string, Made> tables, surely;
    std::multimap<std::string, Made> columns; // columns added to a table, by the column's name
};

class Script {
  public:
    std::string path;
    std::string_view text;
    const Options* options = nullptr;
    bool is_down = false, judged = true;
    bool is_whole = true; // false: a part of a file that has both directions
    files::Marks marks;
    std::vector<Statement> statements;
    std::vector<int> transactions; // of each statement: the number of its transaction; 0: none
    std::vector<sql::Token> comments;
    bool may_suppress = false;        // a comment in the file may suppress findings
    std::shared_ptr<Earlier> earlier; // of the whole run
    std::size_t number = 0;           // scripts with a lower number have run before
    bool knows_new = false, knows_surely_new = false;
    struct Made {
        std::size_t at; // the statement that creates it, or renames something to it
        std::string schema;
        bool surely = true;
    };
    std::multimap<std::string, Made> made; // tables that this script creates, by name

    bool runs_in_transaction() const; // the whole script in one transaction
    int postgres() const { return options->postgres > 0 ? options->postgres : default_postgres; }
    bool is_asked_by_name(std::string_view rule) const;
    // Returns whether the table was created before statement `at` in this script or in the same run, so that nobody
    // uses it yet.
    bool is_new(std::size_t at, const Name& table) const;
    // Whether all tables of the statement are new.
    bool is_about_new(std::size_t at) const;
    bool is_about_surely_new(std::size_t at) const; // all tables of the statement are surely new
    bool is_surely_new(std::size_t at, const Name& table) const;
    // Returns whether the column had no data before this run: it was added before statement `at` in the same run, or
    // belongs to a new table.
    bool is_column_surely_new(std::size_t at, const Name& table, const std::string& column) const;
    // the first line of the comments directly before the statement, or else its own first line
    int first_comment_line(const Statement& statement) const;
};

struct Scripts {
    std::vector<Script> all;   // in order; down scripts are next to their up scripts
    std::vector<Error> unread; // files that are not text or can't be split, with file:line
    const Script* down_of(const Script& up) const;
    std::multimap<std::string, std::size_t> downs; // their indices in `all`, by path
};

// `files` and `options` must live as long as the scripts.
Scripts read_scripts(const std::vector<File>& files, const Options& options);

// "20260101_a.up.sql" -> "20260101_a.down.sql", "V1__a.sql" -> "U1__a.sql"; empty: there is no such name.
std::string twin_of(std::string_view path, files::Layout layout);

}
