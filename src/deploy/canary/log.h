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

// The access log that the router writes for us. Each line is one request, with tabs between its fields:
//   $msec $status $request_time $upstream_response_time $upstream_addr [$uri]
// For nginx see ngx_http_log_module and ngx_http_upstream_module. Times are seconds with three digits. If several
// upstreams were tried, their times and addresses are lists with ", ", or with " : " after an internal redirect. "-" is
// an empty field.
namespace fairlead::deploy {

struct Access {
    struct Tried {
        std::string_view address;
        std::optional<double> took_ms;
    };
    SystemTime ended{};
    int status = 0; // the status that the client got
    double took_ms = 0;
    std::vector<Tried> tried; // in order; all except the last one failed
    std::string_view path;    // empty: not in the log
    SystemTime began() const { return ended - Milliseconds(static_cast<std::int64_t>(took_ms)); }
};
// its views point into `line`; nothing: the line has a different form
std::optional<Access> parse_access(std::string_view line);

// Decides which requests count, and for which release.
struct Counting {
    std::map<std::string, Instance> upstreams; // addresses as they are in the log
    std::string fresh;                         // the new release's slot
    SystemTime since{}; // only requests that began later count: the change of weights plus the settling time
    std::string health; // path of our own health requests
};
// Calls `take` for each answer in one line. There is no answer if the client went away (499) or no upstream was asked.
void answers(const Access& access, const Counting& counting, const std::function<void(const Answer&)>& take);

// After a change of weights, requests don't count for this time: caches are cold, connections are new.
inline constexpr Milliseconds settling{5000};

class AccessLog {
  public:
    explicit AccessLog(sys::Path path) : tail_(std::move(path)) {}
    // Reads the lines since the last call. Lines of another form are skipped and counted.
    Result<void> read(const std::function<void(const Access&)>& take);
    std::size_t foreign() const { return foreign_; }

  private:
    sys::Tail tail_;
    std::size_t foreign_ = 0;
};

}
