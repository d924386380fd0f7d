#pragma once
#include "backup/job.h"
#include "backup/pitr/wal.h"
#include <cstdint>
#include <string>
#include <vector>

// Bases: copies of a whole cluster, from which recovery begins. Each is a folder of its own in a store; its manifest
// comes last, and without one it isn't there.
namespace fairlead::backup::pitr {

struct Base {
    std::string id;      // its time: "20260131T101500Z"
    Manifest manifest;   // signed, where keys are trusted
    Segment start, stop; // recovery needs each from start on; the copy is of one moment once stop was replayed
    std::uint64_t segment_bytes = usual_segment, stop_lsn = 0;
    SystemTime stopped; // by the server's clock, or a little later
    const Part& part() const { return manifest.parts.front(); }
};
struct Bases {
    std::vector<Base> whole;          // newest first
    std::vector<std::string> damaged; // what is wrong with them
    std::vector<Object> unfinished;   // files of those that have no manifest
};
Result<Bases> list_bases(Store& store, const Job& job);

std::string base_file(const Job& job, const std::string& id, const std::string& file);
inline constexpr const char* base_manifest = "manifest.json";

// What a manifest's part tells of its WAL, by the names in its facts.
struct Facts {
    std::uint32_t timeline = 0;
    std::uint64_t start_lsn = 0, stop_lsn = 0, segment_bytes = 0;
};
// Of PostgreSQL's own backup_manifest. Error (no): it isn't one.
Result<Facts> read_backup_manifest(std::string_view text, const std::string& name);

// To its end, compared with its manifest. Error: no.
Result<void> verify_stored(Store& store, const Job& job, const Part& part);
// Into a folder that is there and empty, compared with its manifest.
Result<void> unpack(Store& store, const Job& job, const Part& part, const sys::Path& folder);
// Each file is compared with the checksum that the server gave for it (pg_verifybackup). Error: no.
Result<void> verify_unpacked(const Job& job, const Part& part, const sys::Path& folder);

}
