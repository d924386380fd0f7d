#include "migrate/rehearsal/sampler.h"
#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::migrate::rehearsal {
namespace {

constexpr Milliseconds between_looks{50};

struct Mode {
    std::string_view name;
    sql::Lock lock;
};
constexpr Mode modes[] = {{"AccessShareLock", sql::Lock::access_share},
                          {"RowShareLock", sql::Lock::row_share},
                          {"RowExclusiveLock", sql::Lock::row_exclusive},
                          {"ShareUpdateExclusiveLock", sql::Lock::share_update_exclusive},
                          {"ShareLock", sql::Lock::share},
                          {"ShareRowExclusiveLock", sql::Lock::share_row_exclusive},
                          {"ExclusiveLock", sql::Lock::exclusive},
                          {"AccessExclusiveLock", sql::Lock::access_exclusive}};

}

sql::Lock lock_named(std::string_view mode) {
    const auto* row =
        std::find_if(std::begin(modes), std::end(modes), [&](const Mode& one) { return one.name == mode; });
    return row == std::end(modes) ? sql::Lock::none : row->lock;
}

std::string strongest_lock_query(int pid, const std::string& relations) {
    std::string order;
    for (const auto& mode : modes) order += fmt::format("{}'{}'", order.empty() ? "" : ", ", mode.name);
    return fmt::format("SELECT mode FROM pg_locks WHERE pid = {} AND granted AND locktype = 'relation' AND relation = "
                       "ANY('{}'::oid[]) ORDER BY array_position(ARRAY[{}], mode) DESC LIMIT 1",
                       pid, relations, order);
}

class Sampler::Eyes {
  public:
    Eyes(server::Connection connection, int pid)
        : connection_(std::move(connection)), pid_(pid), thread_([this] { look(); }) {}
    ~Eyes() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            over_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    Eyes(const Eyes&) = delete;
    Eyes& operator=(const Eyes&) = delete;

    void begins(const std::string& relations) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            query_ = strongest_lock_query(pid_, relations);
            seen_ = sql::Lock::none;
        }
        changed_.notify_all();
    }
    sql::Lock ends() {
        const std::lock_guard<std::mutex> lock(mutex_);
        query_.clear();
        return seen_;
    }

  private:
    void look() {
        std::unique_lock<std::mutex> lock(mutex_);
        while (!over_) {
            if (query_.empty()) {
                changed_.wait(lock);
                continue;
            }
            const std::string query = query_;
            lock.unlock();
            const auto answer = connection_.session->run(query);
            lock.lock();
            if (!answer.ok()) return;
            if (query == query_ && !answer->refusal && !answer->rows.empty())
                seen_ = std::max(seen_, lock_named(answer->rows[0][0].value_or("")));
            changed_.wait_for(lock, between_looks, [this] { return over_; });
        }
    }

    server::Connection connection_;
    int pid_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string query_;
    sql::Lock seen_ = sql::Lock::none;
    bool over_ = false;
    std::thread thread_; // last: it begins with the others in place
};

Result<Sampler> Sampler::start(const server::Address& address, const std::string& application, int pid) {
    server::Wanted wanted;
    wanted.application = application;
    auto connection = TRY(server::connect(address, wanted));
    return Sampler(std::make_unique<Eyes>(std::move(connection), pid));
}

Sampler::Sampler(std::unique_ptr<Eyes> eyes) : eyes_(std::move(eyes)) {}
Sampler::Sampler(Sampler&&) noexcept = default;
Sampler::~Sampler() = default;
void Sampler::begins(const std::string& relations) { eyes_->begins(relations); }
sql::Lock Sampler::ends() { return eyes_->ends(); }

}
