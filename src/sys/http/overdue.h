#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

// Ends attempts that libcurl doesn't end in time: it keeps reading as long as a server sends faster than it reads.
namespace fairlead::sys {

// The sockets of one handle of libcurl. It must outlive the handle.
class Sockets {
  public:
    int open(int family, int type, int protocol); // as socket(2)
    int close(int socket);                        // as close(2)
    void cut();                                   // ends the connections at once, so that reading from them fails
    bool is_cut() const { return is_cut_; }       // whether cut() was called since the last begin()
    void begin() { is_cut_ = is_tls_ended_ = false; }
    // Whether the server announced the end of its data (TLS's close_notify) since the last begin(), so that nothing is
    // missing.
    bool is_tls_ended() const { return is_tls_ended_; }
    void end_tls() { is_tls_ended_ = true; }

  private:
    std::mutex mutex_;
    std::vector<int> open_;
    std::atomic<bool> is_cut_{false};
    bool is_tls_ended_ = false;
};

// While this object lives, another thread cuts the sockets at `end`, or after a stop request unless `through_stop`.
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
