#pragma once
#include "backup/job.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Where a store keeps what point-in-time recovery needs:
//   APP/pitr/ENVIRONMENT/wal/00000001/000000010000000000000003-SHA256.zst.age    one archived file; the digest is of
//   its content APP/pitr/ENVIRONMENT/base/20260131T101500Z/base.tar.zst.age, manifest.json   a base, the manifest last
//   (bases.h)
namespace fairlead::backup::pitr {

struct Archived {
    std::string name;   // as PostgreSQL calls it
    std::string sha256; // of its content
    sys::Compression::Kind compression = sys::Compression::Kind::none;
    bool is_encrypted = false;
    Object object;
};

// wal-push makes none: a folder that is missing may be a disk that isn't mounted.
Result<void> make_stores(const Job& job);
std::string pitr_folder(const Job& job); // ends in '/', as the next ones do
std::string wal_folder(const Job& job);  // ends in '/'
std::string base_folder(const Job& job);
// Those whose names begin with `name`; of a part of it, all. Other objects are passed over.
Result<std::vector<Archived>> archived(Store& store, const Job& job, std::string_view name);
// Unpacked, and not yet compared with its digest.
Result<std::unique_ptr<sys::Source>> open_archived(Store& store, const Job& job, const Archived& one);
// To its end. Error (no): its content is not what was archived.
Result<void> verify_archived(Store& store, const Job& job, const Archived& one);
// The whole of a small one, compared.
Result<std::string> read_archived(Store& store, const Job& job, const Archived& one);
// A small file that the server doesn't archive again.
Result<void> archive_text(Store& store, const Job& job, const std::string& name, const std::string& text);
std::string object_name(const Job& job, const std::string& name, const std::string& sha256);

}
