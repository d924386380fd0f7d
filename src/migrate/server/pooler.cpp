// PgBouncer's "Features" table (https://www.pgbouncer.org/features.html): in transaction mode neither session locks nor
// SET work.
#include "migrate/server/pooler.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/database/postgres.h"
#include "sys/permit.h"
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::migrate::server {
namespace {

constexpr Milliseconds patience{3000}; // a pool may have no second session for us

// A statement that may be kept waiting for ever: ended after a while.
class Patience {
  public:
    explicit Patience(sys::Session& session)
        : thread_([this, &session] {
              std::unique_lock<std::mutex> lock(mutex_);
              if (!changed_.wait_for(lock, patience, [this] { return over_; })) session.interrupt();
          }) {}
    ~Patience() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            over_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

// The server's process that answers; 0: nobody did in time.
int process_of(sys::Session& session, const std::string& begin = "") {
    const Patience limited(session);
    if (!begin.empty()) {
        const auto begun = session.run(begin);
        if (!begun.ok() || begun->refusal) return 0;
    }
    const auto answer = session.run("SELECT pg_backend_pid()");
    if (!answer.ok() || answer->refusal || answer->rows.empty()) return 0;
    return static_cast<int>(parse_integer(answer->rows[0][0].value_or("")).value_or(0));
}

std::string by_name(const std::string& host) { // "db-pooler.example.org:6432"
    const auto colon = host.rfind(':');
    if (host.substr(colon + 1) == "6432") return "port 6432 is a pooler's";
    const auto first = host.substr(0, host.find('.'));
    return first.ends_with("-pooler") ? fmt::format("host '{}' is a pooler's", host.substr(0, colon)) : "";
}

}

Result<Pooler> find_pooler(Connection& connection, const Address& address, const Wanted& wanted) {
    Pooler pooler;
    const int said = connection.session->process(), first = connection.identity.pid;
    const int again = process_of(*connection.session);
    pooler.between = said != first || again != first;
    if (!pooler.between) return pooler; // the server itself
    if (again != first && again != 0) {
        pooler.proof = fmt::format("two statements were answered by processes {} and {} of the server", first, again);
        pooler.transaction = true;
        return pooler;
    }
    pooler.proof = by_name(connection.identity.host);
    pooler.transaction = !pooler.proof.empty();
    if (pooler.transaction) return pooler;
    const auto second = TRY(sys::open_postgres({address.url, wanted.database, wanted.application, wanted.timeout,
                                                wanted.writable && sys::may(sys::Act::change_database)}));
    const int other = process_of(*second, "BEGIN");
    const int later = other == first ? other : process_of(*connection.session);
    pooler.transaction = other == 0 || other == first || later != first;
    pooler.proof = other == 0 ? "it has no second session for us"
                   : other == first
                       ? fmt::format("two sessions at once were given process {} of the server", first)
                       : fmt::format("two statements were answered by processes {} and {} of the server", first, later);
    return pooler;
}

Result<void> refuse_pooler(Connection& connection, const Address& address, const Wanted& wanted) {
    const Pooler pooler = TRY(find_pooler(connection, address, wanted));
    if (!pooler.transaction) return {};
    return usage(fmt::format(
        "{} (from {}) leads to a transaction pooler: {}. A session's lock and settings have no effect there, and two "
        "runs could migrate at once; give the server's own URL in a variable that migrate.direct_url_env names",
        address.shown, address.source, pooler.proof));
}

}
