#pragma once
#include "base/result.h"
#include "migrate/files/marks.h"
#include "migrate/files/name.h"
#include "sys/files/frozen_text.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads the migrations of a folder, in order.
namespace fairlead::migrate::files {

constexpr std::uint64_t longest_file = 16ULL << 30; // bytes of one SQL file

// One direction of a migration: the SQL that is run.
struct Script {
    std::string path;     // as messages show it: "migrations/1_users.up.sql"
    sys::FrozenText file; // the whole file
    std::string_view sql; // this direction's part of `file`, without a BOM
    int line = 1;         // the line of the file where `sql` begins
    Marks marks;
    std::string checksum = {}; // of the whole file
};

struct Migration {
    std::string version, name; // "1", "users"
    Script up;
    std::optional<Script> down;
    bool is_contract() const { return up.marks.phase == "contract"; }
    // Returns the checksum of the separate file that reverts the migration; empty: there is no separate file.
    std::string way_back() const { return down && down->path != up.path ? down->checksum : std::string(); }
    std::string label() const { return name.empty() ? version : version + " " + name; }
};

// A file or folder that looks like a migration but is never run: a *.sql file (in upper or lower case) without a
// version in its name, a file with a version whose name ends in .sq, .psql, .sql.txt or similar, or a folder with *.sql
// files.
struct Stray {
    std::string path, message;
};

// The files of a folder, judged by their names only.
struct Names {
    struct File {
        std::string path;
        FileName name;
    };
    struct Fault {
        Error error; // the error that read_folder returns for it
        std::string path;
        std::string only_back = ""; // the version, if a file reverts a migration that doesn't exist
    };
    std::vector<File> files;
    std::vector<Stray> strays;
    std::vector<Fault> faults;
    std::vector<std::string> others; // names of all other files that aren't hidden
};

struct Folder {
    std::vector<Migration> all; // in order
    std::vector<Stray> strays;
    // files that revert a missing migration; only the database shows whether that is wrong
    std::vector<Names::Fault> only_back;
    std::vector<std::string> others; // see Names
};

// Returns why a folder without migrations doesn't pass: "no migration is in the folder 'db' (2 other files: README.md,
// a.txt)".
std::string nothing_in(const std::string& folder, const std::vector<std::string>& others);

Result<Names> names_in(const std::string& folder, Layout layout);

// Error (no), with file:line: the text is not UTF-8, or has a NUL byte (as UTF-16 has). Every reader of SQL calls this
// first.
Result<void> check_text(const std::string& path, std::string_view text);

// Returns the error that read_folder would return for this file.
Result<void> check_file(const std::string& path, const sys::FrozenText& text, Layout layout, sql::Dialect dialect);

// SHA-256 of the text with CRLF as LF, without a BOM and without blanks at its end; 64 hex digits.
std::string checksum(std::string_view text);

// Reads the files of the folder itself, without subfolders. Error (usage): the folder doesn't exist; two files have the
// same version; a mark is unknown; there are R__ files (Flyway's), which would never run. Error (no): see check_text().
Result<Folder> read_folder(const std::string& folder, Layout layout, sql::Dialect dialect);

const Migration* find(const std::vector<Migration>& all, std::string_view version);

// Returns the path and text of a new migration's two files, in order. `stamp`: "20260101120000". Error (usage): the
// name has a character that isn't allowed in a file name.
struct NewFile {
    std::string path, text;
};
Result<std::vector<NewFile>> new_files(const std::string& folder, Layout layout, const std::string& stamp,
                                       std::string_view name, sql::Dialect dialect);

}
