#pragma once
#include "sys/cancel.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace fairlead::smoke {

struct Limits {
    std::int64_t per_host = 0; // simultaneous requests to one host; 0: no limit
    std::int64_t rate = 0;     // requests per second to all hosts together; 0: no limit
};

// Sends requests within the limits. The wait is part of a request's timeout; if it takes too long, the request fails
// with a timeout and isn't sent. Several threads may call it.
class Pace : public sys::Http {
  public:
    Pace(sys::Http& http, sys::Clock& clock, Limits limits) : http_(http), clock_(clock), limits_(limits) {}
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override;

  private:
    bool enter(const std::string& host); // false: the host's limit is reached
    void leave(const std::string& host);
    bool take_turn();

    sys::Http& http_;
    sys::Clock& clock_;
    const Limits limits_;
    std::mutex mutex_;
    std::map<std::string, std::int64_t> under_way_;
    sys::Clock::Steady next_{}; // when the next request may start
};

}
