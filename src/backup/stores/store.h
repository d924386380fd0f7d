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

// Places that keep sets: a folder of this machine, one of another by ssh, a bucket. A kind is one file here and one row
// of store.cpp's table; tests/unit/backup/stores walks every kind through the same promises.
namespace fairlead::backup {

struct Object {
    std::string name; // "shop/2026-03-31/data.zst": parts joined by '/', none of them empty or beginning with a dot
    std::uint64_t bytes = 0;
    SystemTime written; // when it became whole, by the store's clock
};

// What open() says where there is no object of that name, in every kind.
Error no_object(std::string_view name, std::string_view store);

// Held until it goes. Leases of stores that know no flock(2) run out 15 minutes after their holder died; while it
// lives they are renewed each 5.
class Lease {
  public:
    virtual ~Lease() = default;
    // Ask before what can't be undone. Error (could_not): it was lost, and to whom.
    virtual Result<void> check() = 0;
};

// Bytes to be free for a set or a file as large as the last one was: what comes is seldom just as large.
inline std::uint64_t room_for(std::uint64_t last) { return last + last / 5; }

// Every error names the object and the store; could_not unless said otherwise. Names that are not valid: usage. One
// thread at a time; sinks and sources stay below it: they go before their store.
class Store {
  public:
    virtual ~Store() = default;
    virtual std::string shown() const = 0;            // its URL without secrets
    virtual std::string folder() const { return ""; } // on this machine; empty: it is elsewhere
    virtual Result<bool> is_there() { return true; }  // false: nobody wrote to it yet, or its disk is not mounted
    // Error (could_not): it is not there. Only what writes makes it.
    Result<void> check_there();
    // Error: what keeps us from it, where that is known without trying.
    virtual Result<void> may_write() const { return {}; }
    Result<void> make(); // where it is not there yet; a lock and create() do so, too
    // Those whose names begin with `prefix`, by name; what is still being written is not among them. Error also: the
    // store is not there, which is never an empty one.
    Result<std::vector<Object>> list(std::string_view prefix);
    // Seen under its name only when close() succeeded, and durable then; a sink that goes without it leaves nothing.
    // Never over an existing one: an error here, or of close(). `expected_bytes`: where less is free, an error.
    Result<std::unique_ptr<sys::Sink>> create(const std::string& name, std::optional<std::uint64_t> expected_bytes);
    virtual Result<std::unique_ptr<sys::Source>> open(const std::string& name) = 0; // error (no): there is none
    // The whole of a small one. Error (no): there is none, or it is larger than `limit`.
    Result<std::string> read(const std::string& name, std::size_t limit);
    Result<void> write(const std::string& name, std::string_view bytes); // create, write, close
    // The small one of that name becomes these bytes, at once: whoever reads it gets the old ones or the new.
    Result<void> replace(const std::string& name, std::string_view bytes);
    Result<void> remove(const std::string& name); // absent is fine
    // Waits up to `wait`; then an error that names the holder.
    Result<std::unique_ptr<Lease>> lock(const std::string& who, std::chrono::seconds wait);
    virtual Result<std::optional<std::uint64_t>> free_bytes() = 0; // nothing: the store doesn't tell
    // Takes away what killed writers left and is older than that; returns what it was, for the report.
    Result<std::vector<std::string>> sweep(std::chrono::seconds older_than);

  private:
    // What the kinds do behind those above, which ask may_change() first where they change anything: a valid name.
    virtual Result<void> make_place() { return {}; }
    virtual Result<std::vector<Object>> list_objects(std::string_view prefix) = 0;
    virtual Result<std::unique_ptr<sys::Sink>> create_object(const std::string& name,
                                                             std::optional<std::uint64_t> expected_bytes) = 0;
    virtual Result<void> replace_object(const std::string& name, std::string_view bytes) = 0;
    virtual Result<void> remove_object(const std::string& name) = 0;
    virtual Result<std::unique_ptr<Lease>> take_lock(const std::string& who, std::chrono::seconds wait) = 0;
    virtual Result<std::vector<std::string>> sweep_objects(std::chrono::seconds older_than) = 0;
};

// file:/srv/backups, a path, ssh://[USER@]HOST[:PORT]/PATH[?config=FILE],
// s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME]. Error (usage): another kind, or one that can't be. Nothing is opened
// or connected to before the first question. S3 takes its keys from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN.
Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment);
struct Around { // for tests
    sys::Http& http;
    sys::Clock& clock;
};
Result<std::unique_ptr<Store>> store_of(std::string_view url, const sys::Environment& environment,
                                        const Around& around);

bool is_object_name(std::string_view name);
Result<void> check_object_name(std::string_view name); // usage

}
