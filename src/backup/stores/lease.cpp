#include "backup/stores/lease.h"
#include "base/printable.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::backup {
namespace {

constexpr Milliseconds poll_interval{1000};
constexpr std::size_t token_bytes = 16;

// "<token> <who>"
std::string holder_in(std::string_view bytes) {
    const auto blank = bytes.find(' ');
    const auto holder = blank == bytes.npos ? std::string_view() : bytes.substr(blank + 1).substr(0, 200);
    return holder.empty() ? "another process" : one_line(holder);
}

bool is_lease(std::string_view bytes) {
    const auto blank = bytes.find(' ');
    return blank == 2 * token_bytes && std::all_of(bytes.begin(), bytes.begin() + 2 * token_bytes, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// A server in trouble may answer with an error's text as if it were the file: it is asked again.
Result<std::string> read_lease(LeaseFiles& files, std::uint64_t number) {
    constexpr int tries = 3;
    for (int tried = 1;; ++tried) {
        auto bytes = TRY(files.read(number));
        if (bytes.empty() || is_lease(bytes) || tried == tries) return bytes;
    }
}

class RenewedLease : public Lease {
  public:
    RenewedLease(std::shared_ptr<LeaseFiles> files, std::uint64_t number, std::string content, std::string shown,
                 sys::Clock& clock, LeaseTimes times)
        : files_(std::move(files)), number_(number), content_(std::move(content)), shown_(std::move(shown)),
          clock_(clock), times_(times), renewed_(clock.steady()), renewer_([this] { keep_renewing(); }) {}

    ~RenewedLease() override {
        {
            const std::scoped_lock lock(guard_);
            ends_ = true;
        }
        changed_.notify_all();
        renewer_.join();
        const auto removed = is_ours() ? files_->remove(number_) : Result<void>();
        if (!removed.ok()) sys::log_warning(removed.error().message + "; the lock runs out by itself");
    }

    Result<void> check() override {
        const auto there = TRY(read_lease(*files_, number_));
        if (there != content_)
            return could_not(fmt::format("the lock on {} was lost{}; nothing more is changed; run the command again",
                                         shown_, there.empty() ? "" : " to " + holder_in(there)));
        const std::scoped_lock lock(guard_);
        if (clock_.steady() - renewed_ < times_.lasts) return {};
        return could_not(
            fmt::format("the lock on {} has run out; nothing more is changed; run the command again", shown_));
    }

  private:
    bool is_ours() {
        const auto there = read_lease(*files_, number_);
        return there.ok() && there.value() == content_;
    }

    void keep_renewing() {
        std::unique_lock lock(guard_);
        while (!changed_.wait_for(lock, times_.renewed_each, [this] { return ends_; })) {
            lock.unlock();
            const auto begun = clock_.steady();
            const bool renewed = is_ours() && files_->renew(number_, content_).ok();
            lock.lock();
            if (renewed) renewed_ = begun;
        }
    }

    const std::shared_ptr<LeaseFiles> files_;
    const std::uint64_t number_;
    const std::string content_, shown_;
    sys::Clock& clock_;
    const LeaseTimes times_;
    std::mutex guard_;
    std::condition_variable changed_;
    bool ends_ = false;
    sys::Clock::Steady renewed_;
    std::thread renewer_; // the last one: it uses the others
};

struct Attempt {
    std::uint64_t number = 0; // ours; 0: somebody else holds it
    std::string holder;
};

Result<Attempt> attempt(LeaseFiles& files, const std::string& shown, const std::string& content, LeaseTimes times) {
    auto found = TRY(files.list());
    std::vector<std::uint64_t> dead;
    std::uint64_t last = 0;
    if (!found.empty()) {
        const auto now = TRY(files.now());
        for (const auto& file : found) {
            last = std::max(last, file.number);
            if (now - file.renewed >= times.lasts) {
                dead.push_back(file.number);
                continue;
            }
            const auto bytes = TRY(read_lease(files, file.number));
            return Attempt{0, holder_in(bytes)};
        }
    }
    const auto number = last + 1;
    TRY_VOID(files.create(number, content));
    const auto bytes =
        TRY(read_lease(files, number)); // that an answer was lost, or a condition ignored, doesn't matter
    if (bytes != content) return Attempt{0, holder_in(bytes)};
    found = TRY(files.list());
    for (const auto& file : found) {
        if (file.number == number || std::count(dead.begin(), dead.end(), file.number) > 0) continue;
        const auto other = TRY(read_lease(files, file.number));
        TRY_VOID(files.remove(number));
        return Attempt{0, holder_in(other)};
    }
    for (const auto one : dead) {
        const auto other = TRY(read_lease(files, one));
        sys::log_warning(
            fmt::format("the lock on {} that {} held has run out and is taken over", shown, holder_in(other)));
        TRY_VOID(files.remove(one));
    }
    return Attempt{number, {}};
}

}

Result<std::unique_ptr<Lease>> take_lease(std::shared_ptr<LeaseFiles> files, const std::string& shown,
                                          const std::string& who, std::chrono::seconds wait, sys::Clock& clock,
                                          LeaseTimes times) {
    const auto content = fmt::format("{} {}", sys::random_hex(token_bytes), who);
    const auto deadline = clock.steady() + wait;
    while (true) {
        const auto tried = TRY(attempt(*files, shown, content, times));
        if (tried.number > 0)
            return std::unique_ptr<Lease>(
                std::make_unique<RenewedLease>(std::move(files), tried.number, content, shown, clock, times));
        const auto left = std::chrono::ceil<Milliseconds>(deadline - clock.steady());
        if (left.count() <= 0)
            return could_not(fmt::format(
                "{} is locked by {}; try again when that command has ended: its lock runs out {} minutes after it died",
                shown, tried.holder, std::chrono::ceil<std::chrono::minutes>(times.lasts).count()));
        if (!clock.sleep(std::min(left, poll_interval)))
            return could_not(fmt::format("interrupted while waiting for the lock on {}", shown));
    }
}

}
