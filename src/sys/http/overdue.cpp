#include "sys/http/overdue.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace fairlead::sys {

namespace {

using Moment = std::chrono::steady_clock::time_point;

// One thread for the whole process, started when first needed.
class Watcher {
  public:
    Watcher() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        std::thread([this] { watch(); }).detach();
    }

    void add(Sockets& sockets, Moment end, bool through_stop) {
        const std::scoped_lock lock(mutex_);
        watched_.push_back({&sockets, end, through_stop});
        if (end >= next_) return;
        next_ = end;
        const std::uint64_t one = 1;
        static_cast<void>(::write(wake_, &one, sizeof one));
    }

    void remove(const Sockets& sockets) { // waits while its sockets are cut
        const std::scoped_lock lock(mutex_);
        std::erase_if(watched_, [&](const Watched& one) { return one.sockets == &sockets; });
    }

  private:
    struct Watched {
        Sockets* sockets;
        Moment end;
        bool through_stop;
    };

    [[noreturn]] void watch() {
        for (bool stopped = false;;) {
            pollfd waits[] = {{wake_, POLLIN, 0}, {stopped ? -1 : stop_descriptor(), POLLIN, 0}};
            ::poll(waits, std::size(waits), timeout());
            std::uint64_t count = 0;
            static_cast<void>(::read(wake_, &count, sizeof count));
            stopped = stop_requested();
            cut_overdue(stopped);
        }
    }

    int timeout() {
        const std::scoped_lock lock(mutex_);
        if (next_ == Moment::max()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_ - std::chrono::steady_clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }

    void cut_overdue(bool stopped) {
        const std::scoped_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        next_ = Moment::max();
        for (const auto& one : watched_) {
            if (one.sockets->is_cut()) continue;
            if (one.end <= now || (stopped && !one.through_stop))
                one.sockets->cut();
            else
                next_ = std::min(next_, one.end);
        }
    }

    std::mutex mutex_;
    std::vector<Watched> watched_;
    Moment next_ = Moment::max(); // when somebody is overdue next
    int wake_;
};

Watcher& watcher() {
    static auto* const one = new Watcher; // its thread goes on until the process ends
    return *one;
}

}

int Sockets::open(int family, int type, int protocol) {
    const int made = ::socket(family, type | SOCK_CLOEXEC, protocol);
    const std::scoped_lock lock(mutex_);
    if (made >= 0) open_.push_back(made);
    return made;
}

int Sockets::close(int socket) {
    const std::scoped_lock lock(mutex_); // or another socket of that number would be cut
    std::erase(open_, socket);
    return ::close(socket);
}

void Sockets::cut() {
    const std::scoped_lock lock(mutex_);
    is_cut_ = true;
    for (const int socket : open_) {
        sockaddr none{};
        none.sa_family = AF_UNSPEC;
        // After shutdown(2) alone, what a TCP server goes on sending would still be read; this drops it (connect(2)).
        static_cast<void>(::connect(socket, &none, sizeof none));
        static_cast<void>(::shutdown(socket, SHUT_RDWR));
    }
}

Overdue::Overdue(Sockets& sockets, Moment end, bool through_stop) : sockets_(sockets) {
    sockets.begin();
    watcher().add(sockets, end, through_stop);
}

Overdue::~Overdue() { watcher().remove(sockets_); }

}
