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

// Other tools' migrations under our lock, confirmation and report: a tool is a row. What a row needs to know comes in
// as values; nothing here starts a program.
namespace fairlead::migrate::drivers {

using Words = std::vector<std::string>; // argv behind the words that start the tool

// What there is to read of a project without starting its tool.
struct Project {
    Tree word;                                   // whose word counts for where the migrations are
    Tree files;                                  // the migrations: the work tree's
    std::vector<std::string> words = {};         // migrate.command
    const sys::Environment* variables = nullptr; // DJANGO_SETTINGS_MODULE and the like
    std::string dir = {};                        // migrate.dir, where it is said and is not the project's folder
    std::string variable(std::string_view name) const {
        return variables == nullptr ? "" : variables->get_or(std::string(name), "");
    }
};

// What the tool and its database said.
struct Seen {
    std::string out;     // what the tool said to Driver::look
    std::string err;     // and on its standard error
    int status = 0;      // its exit status
    Records records;     // its table in the database that we are connected with
    std::string address; // of that, for people
};

struct Goal {
    std::size_t count = 0; // that many; 0: all of them
    std::string to;        // up to and with this one (up), down to but not with this one (down); empty: by count
};

struct Driver {
    std::string_view name;  // as migrate.driver has it: "golang-migrate"
    std::string_view title; // "golang-migrate"
    std::string_view mark;  // what of the folder says that it is this one's: "alembic.ini"
    bool (*is_found)(const Tree& tree);
    std::string_view program; // "alembic"; empty: it isn't started
    Words first = {};         // words before each verb: "manage.py"

    std::string_view table; // its own in the database, unless migrate.version_table names another
    // version, state ("applied", "failed"), when (UTC), note, and a checksum if it keeps one; `table` is quoted.
    std::string (*records)(server::Engine engine, const std::string& table);

    // By the files and the table alone. Error: the project can't be read at all.
    Result<Standing> (*read)(const Project& project, const Records& records);
    Words look = {};                                      // tells all migrations; empty: the tool isn't asked
    Result<Standing> (*hear)(const Seen& seen) = nullptr; // error: what it said is not what it says
    // Commands, one after another. Error (usage): it can't, and what to do instead.
    Result<std::vector<Words>> (*up)(const Standing& standing, const Goal& goal);
    Result<std::vector<Words>> (*down)(const Standing& standing, const Goal& goal);
    Result<std::vector<Words>> (*adopt)(const Standing& standing, const Records& records, const Migration& upto);
    // Print the SQL of what is pending, where the tool is started; nothing: it stands in Migration::file.
    std::vector<Words> (*sql)(const Standing& standing) = nullptr;
    std::string_view no_sql = "";       // its files are none, and nobody here can print what they run: who can tell
    std::string_view version_mark = ""; // of what `sql` prints: lines that begin so end in the version that follows
    std::string_view unread_mark = "";  // and what stands where a migration is no SQL
    std::string_view lint = "";         // how its SQL comes before our lint; "{}" stands for its folders
    std::string (*dir_word)(const Project& project) = nullptr; // tells the tool Project::dir; empty: it knows
    Words verify = {};                                         // its own check, beside that nothing is pending
    Words (*create)(const std::string& name) = nullptr;        // nothing: it has no command for that
    // Of a command that failed: what that means and the way out; empty: it speaks for itself.
    std::string (*explain)(std::string_view said) = nullptr;
};

// In the order in which they are looked for.
std::span<const Driver> all_drivers();
const Driver* driver_named(std::string_view name); // null: "sql", or none
std::vector<std::string> driver_names();           // allowed for migrate.driver; "sql" is the first

struct Choice {
    const Driver* driver = nullptr; // null: our own, plain SQL
    std::string why;                // "alembic.ini is here"
    std::vector<std::string> also;  // other tools' marks that are here: "manage.py (django)"
    sys::Path folder;               // where that is: the tool is started there
    Tree word;                      // by which it was chosen
    std::string dir = {};           // migrate.dir, where that is another folder: Project::dir
};
// By `named` (migrate.driver), else by what is in the folder.
Choice choose_driver(const Tree& tree, std::string_view named);

// For rows: the goal as those of `from` (in order) that it takes. Error (usage): no such, or not among them.
Result<std::vector<Migration>> meant(const std::vector<Migration>& from, const Standing& standing, const Goal& goal);
// The tool speaks of another database than the one that we hold the lock of.
Error another_database(const Driver& driver, const Seen& seen, const std::string& fact);

}
