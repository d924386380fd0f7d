#pragma once
#include "migrate/server/connect.h"
#include "sys/files/files.h"
#include "sys/files/owned/identity_lock.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

// Only one process at a time migrates a database. PostgreSQL: an advisory lock of a session, on a separate connection.
// That connection has no transaction and no snapshot, because CREATE INDEX CONCURRENTLY would wait for them. SQLite:
// flock(2) on `<file>.fairlead-lock` next to the file itself (links are resolved), which works for every machine and
// container that sees the folder. A second lock, on the file's device and inode, covers hard links and other mounts.
// When the holder dies, all locks are freed.
namespace fairlead::migrate::server {

struct Request {
    // may have a schema; processes with different tables don't wait for each other
    std::string table = "fairlead_migrations";
    Milliseconds wait{60'000};
    std::string application;
    // called once, when the wait begins, with the holder
    std::function<void(const std::string&)> tell = [](const std::string&) {};
};

struct FileLocks {
    sys::Lock named;
    sys::IdentityLock itself;
};

class Lock {
  public:
    Lock(Lock&&) noexcept;
    Lock& operator=(Lock&&) = delete;
    ~Lock(); // frees the lock

    // Asks the server. Error (could_not): the connection that held the lock is lost, so another process may be running
    // now.
    Result<void> still_held();

  private:
    friend Result<Lock> take_lock(const Address& address, const Request& request);
    Lock(std::optional<Connection> connection, std::optional<FileLocks> file, std::int64_t key);
    std::optional<Connection> connection_;
    std::optional<FileLocks> file_;
    std::int64_t key_;
};

// Test builds only (FAIRLEAD_IGNORE=locks): processes don't wait for each other, so only the rows of our table prevent
// conflicts.
bool are_locks_off();

// Call it before reading what was migrated. Error (could_not): the wait is over (the message names the holder), or a
// stop was requested. Error (usage): there is a transaction pooler.
Result<Lock> take_lock(const Address& address, const Request& request);

struct Holder {
    int pid = 0;             // the server's process for the session
    std::string application; // "fairlead-migrate host=web1 run=4711"
    std::string since;       // start of its session; UTC, RFC 3339
    std::string query;       // its current or last query; the first 80 characters
};
std::string described(const Holder& holder); // "pid 4711 (fairlead-migrate host=web1 run=4711), since …, runs: …"

// Returns the name of a second lock, which the migrating session itself holds. It shows that the session still works
// after our process was killed.
std::string work_of(const std::string& table);

// Nothing: the lock is free.
Result<std::optional<Holder>> lock_holder(Connection& connection, const std::string& table);

// First 8 bytes of SHA-256("fairlead:migrate:" + database + ":" + table), without the table's schema. So a name with a
// schema and the same name found by search_path give the same key.
std::int64_t lock_key(const std::string& database, const std::string& table);

}
