#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

// Ends attempts that libcurl doesn't come back from: it reads on for as long as a server sends faster than it reads.
namespace fairlead::sys {

// The sockets of one handle of libcurl. It must outlive the handle.
class Sockets {
  public:
    int open(int family, int type, int protocol); // as socket(2)
    int close(int socket);                        // as close(2)
    void cut();                                   // ends their connections at once; reading from them fails
    bool is_cut() const { return is_cut_; }       // since the last begin()
    void begin() { is_cut_ = is_tls_ended_ = false; }
    // The server said that it sends no more (TLS's close_notify), so what came is all. Since the last begin().
    bool is_tls_ended() const { return is_tls_ended_; }
    void end_tls() { is_tls_ended_ = true; }

  private:
    std::mutex mutex_;
    std::vector<int> open_;
    std::atomic<bool> is_cut_{false};
    bool is_tls_ended_ = false;
};

// While it lives, another thread cuts the sockets at `end`, and after a stop request unless `through_stop`.
class Overdue {
  public:
    Overdue(Sockets& sockets, std::chrono::steady_clock::time_point end, bool through_stop);
    Overdue(const Overdue&) = delete;
    Overdue& operator=(const Overdue&) = delete;
    ~Overdue();

  private:
    Sockets& sockets_;
};

}
