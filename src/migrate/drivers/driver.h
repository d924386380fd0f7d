#pragma once
#include "migrate/drivers/standing.h"
#include "migrate/drivers/tree.h"
#include "migrate/server/connect.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Runs other tools' migrations with our lock, our confirmation and our report. Each tool is one row of a table (a
// Driver). The functions of a row work on values and start no program.
namespace fairlead::migrate::drivers {

using Words = std::vector<std::string>; // the tool's arguments, without the words that start it

// The parts of a project that can be read without starting its tool.
struct Project {
    // the tree that decides where the migrations are: the work tree, or the base commit of a foreign change (a fork's)
    Tree word;
    Tree files;                                  // the tree with the migrations: the work tree
    std::vector<std::string> words = {};         // migrate.command
    const sys::Environment* variables = nullptr; // DJANGO_SETTINGS_MODULE and similar variables
    std::string dir = {};                        // migrate.dir, if it is given and is not the project's folder
    std::string variable(std::string_view name) const {
        return variables == nullptr ? "" : variables->get_or(std::string(name), "");
    }
};

// The answers of the tool and of its database.
struct Seen {
    std::string out;     // the output of Driver::look
    std::string err;     // its standard error
    int status = 0;      // its exit status
    Records records;     // the tool's table in the connected database
    std::string address; // address of that database, for messages
};

struct Goal {
    std::size_t count = 0; // the number of migrations; 0: all of them
    // for up: the last migration to apply; for down: the last migration that stays; empty: `count` decides
    std::string to;
};

struct Driver {
    std::string_view name;  // the value of migrate.driver: "golang-migrate"
    std::string_view title; // "golang-migrate"
    std::string_view mark;  // the file by which a folder is recognised as this tool's: "alembic.ini"
    bool (*is_found)(const Tree& tree);
    std::string_view program; // "alembic"; empty: the tool isn't started
    Words first = {};         // words before each verb: "manage.py"

    std::string_view table; // the tool's table in the database, unless migrate.version_table names another table
    // Returns the query for the table's records: version, state ("applied", "failed"), when (UTC), note, and a checksum
    // if the tool keeps one. `table` is quoted.
    std::string (*records)(server::Engine engine, const std::string& table);

    // Finds the migrations from the files and the table, without the tool. Error: the project can't be read at all.
    Result<Standing> (*read)(const Project& project, const Records& records);
    Words look = {}; // the command that lists all migrations; empty: the tool isn't asked
    // reads the output of `look`; error: it is not the expected output
    Result<Standing> (*hear)(const Seen& seen) = nullptr;
    // These functions return commands to be run one after another. Error (usage): the tool can't do this; the message
    // says what to do instead.
    Result<std::vector<Words>> (*up)(const Standing& standing, const Goal& goal);
    Result<std::vector<Words>> (*down)(const Standing& standing, const Goal& goal);
    Result<std::vector<Words>> (*adopt)(const Standing& standing, const Records& records, const Migration& upto);
    // Returns the commands that print the SQL of the pending migrations, if the tool is started. Null: the SQL is in
    // Migration::file.
    std::vector<Words> (*sql)(const Standing& standing) = nullptr;
    // set if the files are not SQL and we can't print what they run: a sentence that says who can
    std::string_view no_sql = "";
    // in the output of `sql`: a line that begins with this mark ends with the version of the migration that follows
    std::string_view version_mark = "";
    std::string_view unread_mark = ""; // in the output of `sql`: the text in place of a migration that isn't SQL
    std::string_view lint = "";        // how to give its SQL to our lint; "{}" is replaced by its folders
    // returns the argument that names Project::dir; empty: the tool knows the folder already
    std::string (*dir_word)(const Project& project) = nullptr;
    Words verify = {}; // arguments of the tool's own check, which runs in addition to our check that nothing is pending
    Words (*create)(const std::string& name) = nullptr; // null: the tool has no command for that
    // Explains the failure of a command and the way out; empty: its message is clear enough.
    std::string (*explain)(std::string_view said) = nullptr;
};

// The drivers, in the order in which they are tried.
std::span<const Driver> all_drivers();
const Driver* driver_named(std::string_view name); // null: "sql", or an unknown name
std::vector<std::string> driver_names();           // allowed values of migrate.driver; "sql" is the first

struct Choice {
    const Driver* driver = nullptr; // null: our own driver, for plain SQL
    std::string why;                // "alembic.ini is here"
    std::vector<std::string> also;  // marks of other tools that were found, too: "manage.py (django)"
    sys::Path folder;               // the folder of the mark: the tool is started there
    Tree word;                      // the tree whose files decided the choice
    std::string dir = {};           // migrate.dir, if it differs from `folder`; becomes Project::dir
};
// Chooses by `named` (migrate.driver), or else by the files of the folder.
Choice choose_driver(const Tree& tree, std::string_view named);

// For drivers: returns the migrations of `from` (in order) that the goal covers. Error (usage): there is no such
// migration, or it is not in `from`.
Result<std::vector<Migration>> meant(const std::vector<Migration>& from, const Standing& standing, const Goal& goal);
// Returns the error that the tool works on another database than the one that we have locked.
Error another_database(const Driver& driver, const Seen& seen, const std::string& fact);

}
