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

// Files of migrations as rules see them: their statements, who is within which transaction, which tables are new.
namespace fairlead::migrate::lint {

using sql::Change;
using sql::Column;
using sql::Constraint;
using sql::Name;
using sql::Statement;

struct File {
    std::string path;
    sys::FrozenText text;
    bool judged = true; // false: only there for what the others need to know
};

enum class Transaction {
    automatic, // by the file's own mark
    file,      // another tool runs the whole file in one
    none,      // statements run one by one
};

struct Options {
    int postgres = 0; // major version; 0: nobody said
    Transaction transaction = Transaction::automatic;
    config::Profile profile = config::Profile::production;
    sql::Dialect dialect = sql::Dialect::postgres;
    files::Layout layout = files::Layout::plain;
    std::vector<std::string> only, skip;                          // ids of rules
    std::map<std::string, std::string> levels;                    // id -> off, info, warning, error: migrate.rules
    bool has_lock_timeout = false, has_statement_timeout = false; // the configuration sets one
    bool is_pending = false;  // all files are run in one go, so tables of an earlier one are new to a later one
    bool takes_back = false;  // the ways back may follow in the same run
    std::string today;        // YYYY-MM-DD
    bool asks_engine = false; // SQLite itself is asked what a statement reaches for
    // What the base of a foreign change has of a file; nothing: the change is our own, and every comment counts.
    std::function<const Stood*(const std::string& path)> base = [](const std::string&) { return nullptr; };
};

constexpr int default_postgres = 15;

// Equal, or one of them says no schema.
bool is_same(const Name& one, const Name& other);

// What the scripts of a run made, by name, with the number of the script.
struct Earlier {
    struct Made {
        Name table;
        std::size_t by;
    };
    std::multimap<std::string, Made> tables, surely; // those of IF NOT EXISTS may have been there
    std::multimap<std::string, Made> columns;        // that they added to a table, by the column's name
};

class Script {
  public:
    std::string path;
    std::string_view text;
    const Options* options = nullptr;
    bool is_down = false, judged = true;
    bool is_whole = true; // false: the part of a file that has both ways
    files::Marks marks;
    std::vector<Statement> statements;
    std::vector<int> transactions; // of each statement: which one it is in; 0: none
    std::vector<sql::Token> comments;
    bool may_suppress = false;        // some comment of the file does
    std::shared_ptr<Earlier> earlier; // of the whole run
    std::size_t number = 0;           // what those before it made was there when it runs
    bool knows_new = false, knows_surely_new = false;
    struct Made {
        std::size_t at; // by which statement, or renamed by it
        std::string schema;
        bool surely = true;
    };
    std::multimap<std::string, Made> made; // tables that this script makes, by name

    bool runs_in_transaction() const; // as a whole
    int postgres() const { return options->postgres > 0 ? options->postgres : default_postgres; }
    bool is_asked_by_name(std::string_view rule) const;
    // Made before statement `at` in this script or in the same run: nobody uses it yet.
    bool is_new(std::size_t at, const Name& table) const;
    // Whether all that the statement is about is.
    bool is_about_new(std::size_t at) const;
    bool is_about_surely_new(std::size_t at) const; // and wasn't there before
    bool is_surely_new(std::size_t at, const Name& table) const;
    // Added before statement `at` in the same run, or of such a table: nothing stood in it.
    bool is_column_surely_new(std::size_t at, const Name& table, const std::string& column) const;
    int first_comment_line(const Statement& statement) const; // of the comments right before it; its own without one
};

struct Scripts {
    std::vector<Script> all;   // in order; down scripts stand beside their up scripts
    std::vector<Error> unread; // files that are no text or can't be split, with file:line
    const Script* down_of(const Script& up) const;
    std::multimap<std::string, std::size_t> downs; // where they are in `all`, by path
};

// Both live as long as the scripts do.
Scripts read_scripts(const std::vector<File>& files, const Options& options);

// "20260101_a.up.sql" -> "20260101_a.down.sql", "V1__a.sql" -> "U1__a.sql"; empty where the name has no such twin.
std::string twin_of(std::string_view path, files::Layout layout);

}
