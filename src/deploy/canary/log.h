#pragma once
#include "base/result.h"
#include "base/time.h"
#include "deploy/canary/judge.h"
#include "deploy/instance.h"
#include "sys/files/tail.h"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The router's access log of its own, one request a line, fields between tabs:
//   $msec $status $request_time $upstream_response_time $upstream_addr [$uri]
// (nginx, ngx_http_log_module and ngx_http_upstream_module: seconds with three digits; where several upstreams were
// tried, their times and addresses are lists with ", ", or with " : " behind an internal redirect; "-" is nothing).
namespace fairlead::deploy {

struct Access {
    struct Tried {
        std::string_view address;
        std::optional<double> took_ms;
    };
    SystemTime ended{};
    int status = 0; // that the client got
    double took_ms = 0;
    std::vector<Tried> tried; // in order; all but the last one failed
    std::string_view path;    // empty: not told
    SystemTime began() const { return ended - Milliseconds(static_cast<std::int64_t>(took_ms)); }
};
std::optional<Access> parse_access(std::string_view line); // nothing: it is none; views into `line`

// Which requests count, and whose they were.
struct Counting {
    std::map<std::string, Instance> upstreams; // addresses as the log calls them
    std::string fresh;                         // slot
    SystemTime since{}; // that requests have to begin at: the weight's change and what settles after it
    std::string health; // path whose requests are ours
};
// The answers that one line tells of: none for a client that went away (499) or what nobody was asked for.
void answers(const Access& access, const Counting& counting, const std::function<void(const Answer&)>& take);

// How long after a change of weights requests don't count: caches are cold, connections new.
inline constexpr Milliseconds settling{5000};

class AccessLog {
  public:
    explicit AccessLog(sys::Path path) : tail_(std::move(path)) {}
    // The lines since the last time; a line that is none is left out and counted.
    Result<void> read(const std::function<void(const Access&)>& take);
    std::size_t foreign() const { return foreign_; }

  private:
    sys::Tail tail_;
    std::size_t foreign_ = 0;
};

}
