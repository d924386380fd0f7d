#include "migrate/server/watch.h"
#include "base/printable.h"
#include "base/text.h"
#include "migrate/sql/shown.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::migrate::server {
namespace {

constexpr Milliseconds between_looks{1000}, between_progress{5000}, patience_of_watch{3000};

std::string blocking(int pid) {
    return fmt::format(
        "SELECT pid, coalesce(nullif(application_name, ''), usename, backend_type), "
        "greatest(extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start))::int, 0), "
        "state, left(query, 1000) FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids({})) ORDER BY 1",
        pid);
}

// pg_stat_progress_… as one line each (PostgreSQL's documentation, 28.4); all of them are there since 13, COPY
// since 14.
std::string progress(int pid, int major) {
    constexpr int copy_since = 14;
    const auto part = [&](const char* view, const char* text) {
        return fmt::format("SELECT {} FROM pg_stat_progress_{} WHERE pid = {}", text, view, pid);
    };
    std::string query =
        part("create_index", "lower(command) || ': ' || phase || CASE WHEN lockers_total > 0 THEN format(', %s of %s "
                             "sessions', lockers_done, lockers_total) WHEN blocks_total > 0 THEN format(', %s of %s "
                             "blocks', blocks_done, blocks_total) WHEN tuples_total > 0 THEN format(', %s of %s rows', "
                             "tuples_done, tuples_total) ELSE '' END") +
        " UNION ALL " +
        part("cluster", "lower(command) || ': ' || phase || format(', %s of %s blocks', heap_blks_scanned, "
                        "heap_blks_total)") +
        " UNION ALL " +
        part("vacuum", "'vacuum: ' || phase || format(', %s of %s blocks', heap_blks_scanned, heap_blks_total)") +
        " UNION ALL " +
        part("analyze", "'analyze: ' || phase || format(', %s of %s blocks', sample_blks_scanned, sample_blks_total)");
    if (major >= copy_since) query += " UNION ALL " + part("copy", "format('copy: %s rows', tuples_processed)");
    return query;
}

}

class Watch::Eyes {
  public:
    Eyes(Address address, std::string application, int pid, Tell tell, Milliseconds after)
        : address_(std::move(address)), application_(std::move(application)), pid_(pid), tell_(std::move(tell)),
          after_(after) {
        if (address_.engine == Engine::postgres) thread_ = std::thread([this] { look(); });
    }
    ~Eyes() {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            over_ = true;
            if (connection_) connection_->session->interrupt();
        }
        changed_.notify_all();
        if (thread_.joinable()) thread_.join();
    }
    Eyes(const Eyes&) = delete;
    Eyes& operator=(const Eyes&) = delete;

    // Wakes nobody: a statement that ends in time costs nothing.
    void begins() {
        const std::lock_guard<std::mutex> lock(mutex_);
        since_ = sys::real_clock().steady();
        ++statement_;
        blockers_.clear();
    }
    void ends() {
        const std::lock_guard<std::mutex> lock(mutex_);
        since_.reset();
    }
    std::vector<std::string> blockers() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return blockers_;
    }

  private:
    // The statement that has run for long enough; nothing: it is over.
    std::optional<std::uint64_t> wait_for_one() {
        std::unique_lock<std::mutex> lock(mutex_);
        while (!over_) {
            const auto now = sys::real_clock().steady();
            if (since_ && now >= *since_ + after_) return statement_;
            changed_.wait_for(lock, since_ ? *since_ + after_ - now : after_); // none that begins now is due before
        }
        return std::nullopt;
    }
    bool runs_still(std::uint64_t statement) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return !over_ && since_ && statement_ == statement;
    }
    // False: it is over.
    bool pause() {
        std::unique_lock<std::mutex> lock(mutex_);
        return !changed_.wait_for(lock, std::min(between_looks, after_), [this] { return over_; });
    }

    void look() {
        while (const auto statement = wait_for_one()) {
            if (!open()) return;
            std::string told_of;
            std::optional<sys::Clock::Steady> told_at;
            while (runs_still(*statement)) {
                look_for_blockers(*statement, told_of);
                if (!look_for_progress(told_at)) return;
                if (!pause()) return;
            }
        }
    }

    bool open() {
        if (connection_) return true;
        Wanted wanted;
        wanted.application = application_;
        wanted.pooler = true;
        wanted.timeout = patience_of_watch;
        auto made = connect(address_, wanted);
        if (!made.ok()) {
            tell_("it is unknown what the statement waits for: " + made.error().message);
            return false;
        }
        const std::lock_guard<std::mutex> lock(mutex_);
        connection_ = std::move(made).value();
        return !over_;
    }

    void look_for_blockers(std::uint64_t statement, std::string& told_of) {
        const auto answer = connection_->session->run(blocking(pid_));
        if (!answer.ok() || answer->refusal) return;
        std::vector<std::string> found;
        std::string pids;
        for (const auto& row : answer->rows) {
            const auto text = [&](std::size_t column) { return one_line(row.at(column).value_or("")); };
            pids += text(0) + " ";
            found.push_back(fmt::format("pid {} ({}), {} s{}: {}", text(0), text(1), text(2),
                                        text(3).empty() || text(3) == "active" ? "" : ", " + text(3),
                                        one_line(sql::shown(row.at(4).value_or("")))));
        }
        if (found.empty()) return;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (statement_ == statement) blockers_ = found;
        }
        if (std::exchange(told_of, pids) == pids) return;
        for (const auto& one : found) tell_("waits for " + one);
    }

    bool look_for_progress(std::optional<sys::Clock::Steady>& told_at) {
        const auto now = sys::real_clock().steady();
        if (told_at && now - *told_at < between_progress) return true;
        const auto answer = connection_->session->run(progress(pid_, connection_->identity.major));
        if (!answer.ok()) return false;
        if (answer->refusal || answer->rows.empty()) return true;
        told_at = now;
        for (const auto& row : answer->rows) tell_(one_line(row.at(0).value_or("")));
        return true;
    }

    Address address_;
    std::string application_;
    int pid_;
    Tell tell_;
    Milliseconds after_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<sys::Clock::Steady> since_; // of the statement that runs
    std::uint64_t statement_ = 0;
    std::vector<std::string> blockers_;
    bool over_ = false;
    std::optional<Connection> connection_; // of the thread, which makes it under the mutex
    std::thread thread_;
};

Watch::Watch(Address address, std::string application, int pid, Tell tell, Milliseconds after)
    : eyes_(std::make_unique<Eyes>(std::move(address), std::move(application), pid, std::move(tell), after)) {}
Watch::~Watch() = default;
Watch::Watch(Watch&&) noexcept = default;

void Watch::begins() { eyes_->begins(); }
void Watch::ends() { eyes_->ends(); }
std::vector<std::string> Watch::blockers() const { return eyes_->blockers(); }

Result<sys::Answer> retried(const std::function<Result<sys::Answer>()>& attempt, const Watch& watch, const Tell& tell) {
    constexpr int times = 5;
    Milliseconds pause{500};
    for (int number = 1;; ++number) {
        sys::Answer answer = TRY(attempt());
        if (!answer.refusal || answer.refusal->code != "55P03" || number > times) return answer;
        const auto blockers = watch.blockers();
        const auto random = static_cast<long>(std::stoul(sys::random_hex(1), nullptr, 16));
        const auto now = pause + Milliseconds{pause.count() * random / 512};
        tell(fmt::format("the lock timeout is over, {}; tries again in {} ms ({} of {})",
                         blockers.empty() ? "nobody saw who held the lock"
                                          : "the lock was held by " + join(blockers, ", "),
                         now.count(), number, times));
        if (!sys::real_clock().sleep(now)) return could_not("interrupted between two attempts; nothing was changed");
        pause *= 2;
    }
}

}
