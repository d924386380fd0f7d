#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// STEM.manifest.json lists the content of a set, and is written last. It has its own checksum, and there is only one
// valid way to write it; the reader accepts nothing else. So a change of any byte is noticed.
namespace fairlead::backup {

struct TableCount {
    std::string name; // "public.users"
    std::uint64_t rows = 0;
    bool exact = false; // counted in the dump's own snapshot; false: the server's estimate
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
    std::string name;           // the source's name; for an additional file "db.globals"
    std::string engine, format; // "postgres", "custom"
    std::string file;           // the object's name in the store
    std::string compression = "none";
    std::vector<std::string> recipients; // recipients of the encryption; empty: the file is not encrypted
    Digested plain, stored;
    std::string database, server_version, client_version, consistency;
    std::vector<TableCount> tables;
    std::map<std::string, std::string> extensions; // name -> version
    std::map<std::string, std::string> facts;      // encoding, locale, lsn, …
    std::vector<std::string> problems;             // "a.txt grew while it was read"
    bool operator==(const Part&) const = default;
    bool is_beside() const { return format == "globals" || format == "catalog"; } // an additional file of a database
};

struct Manifest {
    std::string id, app, environment, host, tool_version, commit;
    SystemTime started, finished;
    // Ids of sets that were in the store before this set: all sets whose names have a later time (clocks differ), and
    // the newest of the sets with an earlier time. Empty: there was no other set, or the manifest was written before
    // 0.2.
    std::vector<std::string> after;
    std::vector<Part> parts;
    const Part* find(std::string_view name) const; // null: there is no such part
};

std::string object_of(const Manifest& manifest);  // its name in a store
std::string sources_of(const Manifest& manifest); // "db, uploads", without additional files

constexpr std::size_t longest_manifest = 16u << 20; // bytes; 100,000 tables need 9 million

std::string write_manifest(const Manifest& manifest);
// Reads a manifest. Error (no), with `name`: the manifest is incomplete, was changed, has a newer format, or belongs to
// another set than `id`.
Result<Manifest> read_manifest(std::string_view text, const std::string& name, const std::string& id);
bool is_as_written(std::string_view text); // whether its checksum is right; if not, the manifest is damaged
// Error (no): the manifest's name belongs to a different app or environment than its content.
Result<void> check_named(const Manifest& manifest, const std::string& name);

}
