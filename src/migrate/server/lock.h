#pragma once
#include "migrate/server/connect.h"
#include "sys/files/files.h"
#include "sys/files/identity_lock.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

// One at a time migrates a database. PostgreSQL: a session's advisory lock on a connection of its own that holds no
// transaction and no snapshot while it waits or is held: CREATE INDEX CONCURRENTLY waits for those. SQLite: flock(2) on
// `<file>.fairlead-lock` beside the file itself, whatever link names it, which holds on every machine and in every
// container that sees the folder, and a lock on its device and inode, for hard links and other mounts. All are freed
// when the holder dies.
namespace fairlead::migrate::server {

struct Request {
    std::string table = "fairlead_migrations"; // or "schema.table"; who names another one doesn't wait
    Milliseconds wait{60'000};
    std::string application;
    std::function<void(const std::string&)> tell = [](const std::string&) {}; // once, when it begins to wait: for whom
};

struct FileLocks {
    sys::Lock named;
    sys::IdentityLock itself;
};

class Lock {
  public:
    Lock(Lock&&) noexcept;
    Lock& operator=(Lock&&) = delete;
    ~Lock(); // frees it

    // Asks the server. Error (could_not): the connection that held it is lost, so that another one may run by now.
    Result<void> still_held();

  private:
    friend Result<Lock> take_lock(const Address& address, const Request& request);
    Lock(std::optional<Connection> connection, std::optional<FileLocks> file, std::int64_t key);
    std::optional<Connection> connection_;
    std::optional<FileLocks> file_;
    std::int64_t key_;
};

// Test builds only (FAIRLEAD_IGNORE=locks): nobody waits for anybody, so that only the rows tell who runs what.
bool are_locks_off();

// Before anything is read of what was migrated. Error (could_not): the wait is over, with its holder, or a stop
// request; (usage): a transaction pooler.
Result<Lock> take_lock(const Address& address, const Request& request);

struct Holder {
    int pid = 0;             // of the server's process
    std::string application; // "fairlead-migrate host=web1 run=4711"
    std::string since;       // UTC, RFC 3339: of its session
    std::string query;       // what it runs or ran last; its first 80 characters
};
std::string described(const Holder& holder); // "pid 4711 (fairlead-migrate host=web1 run=4711), since …, runs: …"

// What the session holds that migrates: by it a tool that is gone is known to be at work still.
std::string work_of(const std::string& table);

// Nothing: nobody holds it.
Result<std::optional<Holder>> lock_holder(Connection& connection, const std::string& table);

// First 8 bytes of SHA-256("fairlead:migrate:" + database + ":" + table), without the table's schema: who writes it and
// who leaves it to the search_path mean the same one.
std::int64_t lock_key(const std::string& database, const std::string& table);

}
