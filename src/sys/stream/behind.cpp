#include "sys/stream/behind.h"
#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace fairlead::sys {
namespace {

constexpr std::size_t most_held = 1u << 20; // bytes

// Between two threads: pieces in their order, and how it ended on either side.
class Queue {
  public:
    // Error: what the other side said, or that it is gone.
    Result<void> put(std::string_view bytes) {
        while (!bytes.empty()) {
            std::unique_lock lock(mutex_);
            moved_.wait(lock, [&] { return held_ < most_held || gone_; });
            if (failure_) return *failure_;
            if (gone_) return could_not("no program reads the output any more");
            const auto piece = bytes.substr(0, stream_piece);
            if (pieces_.empty() || pieces_.back().size() + piece.size() > stream_piece)
                pieces_.emplace_back(piece);
            else
                pieces_.back() += piece;
            held_ += piece.size();
            bytes.remove_prefix(piece.size());
            moved_.notify_all();
        }
        return {};
    }
    // Nothing: the end.
    std::optional<std::string> take() {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return !pieces_.empty() || ended_ || gone_; });
        if (gone_ || pieces_.empty()) return std::nullopt;
        std::string piece = std::move(pieces_.front());
        pieces_.pop_front();
        held_ -= piece.size();
        moved_.notify_all();
        return piece;
    }
    void end() { mark(ended_, {}); }                                           // of who puts
    void leave(std::optional<Error> why = {}) { mark(gone_, std::move(why)); } // of who takes
    void fail(Error why) { mark(ended_, std::move(why)); }                     // of who puts
    std::optional<Error> failure() {
        const std::lock_guard lock(mutex_);
        return failure_;
    }

  private:
    void mark(bool& what, std::optional<Error> why) {
        const std::lock_guard lock(mutex_);
        what = true;
        if (why && !failure_) failure_ = std::move(why);
        moved_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable moved_;
    std::deque<std::string> pieces_;
    std::size_t held_ = 0;
    bool ended_ = false, gone_ = false;
    std::optional<Error> failure_;
};

Result<void> guarded(const std::function<Result<void>()>& work) {
    try {
        return work();
    } catch (const std::exception& error) { // a thread has nobody above it
        return could_not(error.what());
    }
}

class Behind : public Sink {
  public:
    explicit Behind(std::unique_ptr<Sink> into) : into_(std::move(into)), thread_(deaf_thread([this] { work(); })) {}
    ~Behind() override {
        queue_.leave();
        if (thread_.joinable()) thread_.join();
    }
    Result<void> write(std::string_view bytes) override { return queue_.put(bytes); }
    Result<void> close() override {
        queue_.end();
        thread_.join();
        if (const auto failure = queue_.failure()) return *failure;
        return into_->close();
    }

  private:
    void work() {
        while (const auto piece = queue_.take()) {
            const auto written = guarded([&] { return into_->write(*piece); });
            if (!written.ok()) return queue_.leave(written.error());
        }
    }

    std::unique_ptr<Sink> into_; // the thread's, while that lives
    Queue queue_;
    std::thread thread_; // last: it uses the others
};

class Written : public Source {
  public:
    explicit Written(std::function<Result<void>(Sink&)> write)
        : write_(std::move(write)), thread_(deaf_thread([this] { work(); })) {}
    ~Written() override {
        queue_.leave();
        thread_.join();
    }
    Result<std::size_t> read(std::span<char> into) override {
        if (at_ == piece_.size()) {
            auto next = queue_.take();
            if (!next) {
                if (const auto failure = queue_.failure()) return *failure;
                return std::size_t{0};
            }
            piece_ = std::move(*next);
            at_ = 0;
        }
        const std::size_t size = std::min(into.size(), piece_.size() - at_);
        std::copy_n(piece_.begin() + static_cast<std::ptrdiff_t>(at_), size, into.begin());
        at_ += size;
        return size;
    }

  private:
    class Into : public Sink {
      public:
        explicit Into(Queue& queue) : queue_(queue) {}
        Result<void> write(std::string_view bytes) override { return queue_.put(bytes); }
        Result<void> close() override { return {}; }

      private:
        Queue& queue_;
    };
    void work() {
        Into into(queue_);
        const auto written = guarded([&] { return write_(into); });
        if (written.ok())
            queue_.end();
        else
            queue_.fail(written.error());
    }

    const std::function<Result<void>(Sink&)> write_;
    Queue queue_;
    std::string piece_;
    std::size_t at_ = 0;
    std::thread thread_; // last: it uses the others
};

}

std::thread deaf_thread(std::function<void()> work) {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread made(std::move(work));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return made;
}

std::unique_ptr<Sink> behind(std::unique_ptr<Sink> into) { return std::make_unique<Behind>(std::move(into)); }

std::unique_ptr<Source> written_by(std::function<Result<void>(Sink&)> write) {
    return std::make_unique<Written>(std::move(write));
}

}
