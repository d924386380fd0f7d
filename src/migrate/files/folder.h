#pragma once
#include "base/result.h"
#include "migrate/files/marks.h"
#include "migrate/files/name.h"
#include "sys/files/frozen_text.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The migrations of a folder, read and in order.
namespace fairlead::migrate::files {

constexpr std::uint64_t longest_file = 16ULL << 30; // of one file of SQL

// One way of a migration: what is run.
struct Script {
    std::string path;     // as people call it: "migrations/1_users.up.sql"
    sys::FrozenText file; // all of it
    std::string_view sql; // of that: this way's part, without a BOM
    int line = 1;         // of the file, where `sql` begins
    Marks marks;
    std::string checksum = {}; // of the whole file
};

struct Migration {
    std::string version, name; // "1", "users"
    Script up;
    std::optional<Script> down;
    bool is_contract() const { return up.marks.phase == "contract"; }
    // Checksum of the file that takes it back; empty: it is the same file, or there is none.
    std::string way_back() const { return down && down->path != up.path ? down->checksum : std::string(); }
    std::string label() const { return name.empty() ? version : version + " " + name; }
};

// *.sql, in letters of any size, whose name tells no version, names of versions that end in .sq, .psql, .sql.txt or the
// like, and folders that hold *.sql: nobody runs it.
struct Stray {
    std::string path, message;
};

// What the names of a folder tell.
struct Names {
    struct File {
        std::string path;
        FileName name;
    };
    struct Fault {
        Error error; // as read_folder refuses it
        std::string path;
        std::string only_back = ""; // the version of a way back that has no way up
    };
    std::vector<File> files;
    std::vector<Stray> strays;
    std::vector<Fault> faults;
    std::vector<std::string> others; // names of all else that isn't hidden
};

struct Folder {
    std::vector<Migration> all; // in order
    std::vector<Stray> strays;
    std::vector<Names::Fault> only_back; // whether that is wrong or a file is missing the database knows
    std::vector<std::string> others;     // as Names has them
};

// "no migration is in the folder 'db' (2 other files: README.md, a.txt)": a folder of none is no yes.
std::string nothing_in(const std::string& folder, const std::vector<std::string>& others);

Result<Names> names_in(const std::string& folder, Layout layout);

// Error (no), with file:line: no UTF-8, or with a NUL byte (as UTF-16 has them): whatever reads SQL asks this first.
Result<void> check_text(const std::string& path, std::string_view text);

// What read_folder refuses in this one.
Result<void> check_file(const std::string& path, const sys::FrozenText& text, Layout layout, sql::Dialect dialect);

// SHA-256 of the text with CRLF as LF, without a BOM and without blanks at its end; 64 hex digits.
std::string checksum(std::string_view text);

// Files of the folder itself, not of those below. Error (usage): it isn't there; two files of one version; a mark
// that is unknown; Flyway's R__ files, which nobody would run; (no): check_text().
Result<Folder> read_folder(const std::string& folder, Layout layout, sql::Dialect dialect);

const Migration* find(const std::vector<Migration>& all, std::string_view version);

// The two files of a new migration, in order: path and text. `stamp`: "20260101120000". Error (usage): the name has a
// letter that no file should have.
struct NewFile {
    std::string path, text;
};
Result<std::vector<NewFile>> new_files(const std::string& folder, Layout layout, const std::string& stamp,
                                       std::string_view name, sql::Dialect dialect);

}
