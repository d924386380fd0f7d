#pragma once
#include "sys/http/client.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// For programs that link no network code: `fairlead-fetch` beside them asks in their place (docs/threat-model.md).
namespace fairlead::sys {

// Each request starts one; it and its secrets go through standard input. Of the request: method, URL, headers, body,
// bearer, timeout, body_limit, look_at_tls, old_tls and look_up. Only `hosts` are asked, and no redirect is followed.
// Error (could_not): there is no fairlead-fetch beside us, or it broke down; all else is a value, as with any Http.
class Fetcher : public Http {
  public:
    explicit Fetcher(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {} // "https://api.github.com"
    Result<HttpResponse> send(const HttpRequest& request) override;

  private:
    std::vector<std::string> hosts_;
};

// What passes between both. Read strictly: what isn't of this form is wrong use, or, of an answer, could_not.
inline constexpr std::size_t fetch_limit = 64u << 20; // of a question
std::string fetch_question(const HttpRequest& request);
Result<HttpRequest> read_fetch_question(std::string_view text);
std::string fetch_answer(const HttpResponse& response); // a line of JSON, then the body
Result<HttpResponse> read_fetch_answer(std::string_view text);

// The helper's part: asks what the question says by `http`, if it is one of `hosts`. Error (usage): it is not.
Result<std::string> serve_fetch(std::string_view question, std::span<const std::string> hosts, Http& http);
// All of the helper's process: held by the kernel, from standard input to standard output.
[[noreturn]] void be_fetch_helper(std::span<const std::string> hosts);

}
