#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/stream/stream.h"
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::sys {
class Clock;
class Environment;
class Http;
}

// Places that keep sets: a folder of this machine, a folder of another machine by ssh, a bucket. Each kind has one file
// here and one row in store.cpp's table. tests/unit/backup/stores runs the same checks on every kind.
namespace fairlead::backup {

struct Object {
    std::string name; // "shop/2026-03-31/data.zst": parts joined by '/'; no part is empty or begins with a dot
    std::uint64_t bytes = 0;
    SystemTime written; // when it became complete, by the store's clock
};

// The error of open() if there is no object with that name, the same for every kind.
Error no_object(std::string_view name, std::string_view store);

// A lock on a store, held until this object is destroyed. In a store without flock(2), the holder renews it every 5
// minutes, and it expires 15 minutes after the holder died.
class Lease {
  public:
    virtual ~Lease() = default;
    // Call it before an act that can't be undone. Error (could_not): the lease was lost; the message names its new
    // holder.
    virtual Result<void> check() = 0;
};

// Returns the free bytes needed for a set or file that is about as large as the last one: a fifth more.
inline std::uint64_t room_for(std::uint64_t last) { return last + last / 5; }

// Every error names the object and the store; it is could_not unless stated otherwise. Invalid names are Error (usage).
// Only one thread may use a store at a time. Sinks and sources must be destroyed before their store.
class Store {
  public:
    virtual ~Store() = default;
    virtual std::string shown() const = 0;            // its URL without secrets
    virtual std::string folder() const { return ""; } // on this machine; empty: the store is elsewhere
    virtual Result<bool> is_there() { return true; }  // false: nobody wrote to it yet, or its disk is not mounted
    // Error (could_not): the store is not there. Only writing creates it.
    Result<void> check_there();
    // Error: the reason why we may not write, if it is known without trying.
    virtual Result<void> may_write() const { return {}; }
    Result<void> make(); // creates the store if it is missing; lock() and create() do the same
    // Lists the objects whose names begin with `prefix`, by name, without unfinished objects. Error: the store is
    // missing, because a missing store must not look like an empty store.
    Result<std::vector<Object>> list(std::string_view prefix);
    // Creates an object. It gets its name only after close() succeeded, and is then safely on disk; a sink that is
    // destroyed without close() leaves nothing. Never overwrites: an existing object is an error here or in close().
    // Error: less than `expected_bytes` is free.
    Result<std::unique_ptr<sys::Sink>> create(const std::string& name, std::optional<std::uint64_t> expected_bytes);
    // Error (no): there is no such object
    virtual Result<std::unique_ptr<sys::Source>> open(const std::string& name) = 0;
    // Reads a whole small object. Error (no): it doesn't exist, or is larger than `limit`.
    Result<std::string> read(const std::string& name, std::size_t limit);
    Result<void> write(const std::string& name, std::string_view bytes); // create, write, close
    // Replaces a small object's content in one step: readers get either the old bytes or the new bytes.
    Result<void> replace(const std::string& name, std::string_view bytes);
    Result<void> remove(const std::string& name); // not an error if it is absent
    // Waits up to `wait`; then returns an error that names the holder.
    Result<std::unique_ptr<Lease>> lock(const std::string& who, std::chrono::seconds wait);
    virtual Result<std::optional<std::uint64_t>> free_bytes() = 0; // nothing: the store can't say
    // Removes leftovers of killed writers that are older than `older_than`. Returns their names for the report.
    Result<std::vector<std::string>> sweep(std::chrono::seconds older_than);

  private:
    // Each kind implements the functions below. The public functions call them with a valid name, after may_change() if
    // something is changed.
    virtual Result<void> make_place() { return {}; }
    virtual Result<std::vector<Object>> list_objects(std::string_view prefix) = 0;
    virtual Result<std::unique_ptr<sys::Sink>> create_object(const std::string& name,
                                                             std::optional<std::uint64_t> expected_bytes) = 0;
    virtual Result<void> replace_object(const std::string& name, std::string_view bytes) = 0;
    virtual Result<void> remove_object(const std::string& name) = 0;
    virtual Result<std::unique_ptr<Lease>> take_lock(const std::string& who, std::chrono::seconds wait) = 0;
    virtual Result<std::vector<std::string>> sweep_objects(std::chrono::seconds older_than) = 0;
};

// Opens a store: file:/srv/backups, a path, ssh://[USER@]HOST[:PORT]/PATH[?config=FILE],
// s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME]. Error (usage): the kind is unknown, or the URL is invalid. Nothing
// is opened or connected to before the first request. S3's keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN.
Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment);
struct Around { // for tests
    sys::Http& http;
    sys::Clock& clock;
};
Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment,
                                        const Around& around);

bool is_object_name(std::string_view name);
Result<void> check_object_name(std::string_view name); // Error: usage

}
