#pragma once
#include <atomic>

namespace fairlead::sys {

// Lets one thread ask other waiting threads to end at once. A stop request (sys/signals.h) asks all threads.
class Cancel {
  public:
    Cancel();
    Cancel(const Cancel&) = delete;
    Cancel& operator=(const Cancel&) = delete;
    ~Cancel();

    void ask();
    bool is_asked() const { return asked_; }
    int descriptor() const { return descriptor_; } // becomes readable after ask(): for poll(2)

  private:
    std::atomic<bool> asked_{false};
    int descriptor_;
};

}
