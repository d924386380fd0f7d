#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/files/stream.h"
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Where objects lie that are written once, as a whole, and read as a stream: a backup's sets, a release's archive. A
// kind of storage is one file here and one row of its table; tests/unit/sys/storage walks every kind through the same
// promises.
namespace fairlead::sys {

struct Object {
    std::string name; // "shop/2026-03-31/data.zst": parts joined by '/', none of them empty or beginning with a dot
    std::uint64_t size = 0;
    SystemTime stored; // when it became whole
};

// Every error names the object and the storage; could_not unless said otherwise. Names that are not valid: usage.
class Storage {
  public:
    virtual ~Storage() = default;
    // When it returns the object is there for good; after an error, a kill or a power cut it is whole or not there at
    // all. One that is there already is never replaced: an error. What the source says is the result.
    virtual Result<void> put(std::string_view name, const PieceSource& bytes) = 0;
    // The pieces in order. What the sink says ends it and is the result. Error (no): there is none of that name.
    virtual Result<void> get(std::string_view name, const PieceSink& take) = 0;
    // Those whose names begin with the prefix, by name; what is still being written is not among them.
    virtual Result<std::vector<Object>> list(std::string_view prefix) = 0;
    virtual Result<void> remove(std::string_view name) = 0; // absent is fine
    // Takes away what killed writers left. The caller has seen to it, by a lock, that nobody writes now.
    virtual Result<void> tidy() = 0;
    virtual std::string address() const = 0; // "file:///srv/backups", for messages
};

// Of "file:///srv/backups" or a path. Error (usage): a kind that is unknown, with those that are known.
Result<std::unique_ptr<Storage>> open_storage(std::string_view address);

Result<void> check_object_name(std::string_view name); // usage

}
