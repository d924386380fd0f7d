#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// STEM.manifest.json: what a set holds, written last. There is one way to write a manifest, and only what was written
// so is read, with its own checksum: a byte that was changed anywhere is noticed.
namespace fairlead::backup {

struct TableCount {
    std::string name; // "public.users"
    std::uint64_t rows = 0;
    bool exact = false; // counted in the dump's own snapshot; else the server's estimate
    bool operator==(const TableCount&) const = default;
};

struct Digested {
    std::uint64_t bytes = 0;
    std::string sha256; // 64 hex digits
    bool operator==(const Digested&) const = default;
};

constexpr std::uint64_t longest_catalog = 512u << 20; // bytes

// One file of the set.
struct Part {
    std::string name;           // the source's; of what goes beside it "db.globals"
    std::string engine, format; // "postgres", "custom"
    std::string file;           // the object's name
    std::string compression = "none";
    std::vector<std::string> recipients; // whom it is encrypted for; empty: it is not
    Digested plain, stored;
    std::string database, server_version, client_version, consistency;
    std::vector<TableCount> tables;
    std::map<std::string, std::string> extensions; // name -> version
    std::map<std::string, std::string> facts;      // encoding, locale, lsn, …
    std::vector<std::string> problems;             // "a.txt grew while it was read"
    bool operator==(const Part&) const = default;
    bool is_beside() const { return format == "globals" || format == "catalog"; } // goes with a database
};

struct Manifest {
    std::string id, app, environment, host, tool_version, commit;
    SystemTime started, finished;
    // Sets that were in the store when it was made: those whose names are later than its own, as clocks differ, and the
    // newest of the others. Empty: there was none, or nobody wrote it down (before 0.2).
    std::vector<std::string> after;
    std::vector<Part> parts;
    const Part* find(std::string_view name) const; // null: there is none
};

std::string object_of(const Manifest& manifest);  // its name in a store
std::string sources_of(const Manifest& manifest); // "db, uploads"; what goes beside one is not among them

constexpr std::size_t longest_manifest = 16u << 20; // bytes: 100,000 tables are 9 million

std::string write_manifest(const Manifest& manifest);
// Error (no) with `name`: it is not whole, was changed, is of a newer format, or is another set's than `id`.
Result<Manifest> read_manifest(std::string_view text, const std::string& name, const std::string& id);
bool is_as_written(std::string_view text); // its checksum is right; else it is damaged
// Whether it is called as it calls itself. Error (no): by its name it is another app's, or of another environment.
Result<void> check_named(const Manifest& manifest, const std::string& name);

}
