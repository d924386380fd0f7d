#pragma once
#include "sys/http/client.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Sends requests with the program `fairlead-fetch` in the same folder, so that other programs need no network code
// (docs/threat-model.md).
namespace fairlead::sys {

// Starts one fairlead-fetch for each request, and passes the request with its secrets by standard input. Passes only
// method, URL, headers, body, bearer, timeout, body_limit, look_at_tls, old_tls and look_up. Only `hosts` may be asked,
// and redirects are not followed. Error (could_not): fairlead-fetch is missing or broke down. Other failures are
// reported in the HttpResponse, as every Http does.
class Fetcher : public Http {
  public:
    explicit Fetcher(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {} // "https://api.github.com"
    Result<HttpResponse> send(const HttpRequest& request) override;

  private:
    std::vector<std::string> hosts_;
};

// The format between both programs. It is read strictly: a malformed question is Error (usage), a malformed answer
// Error (could_not).
inline constexpr std::size_t fetch_limit = 64u << 20; // bytes of a question
std::string fetch_question(const HttpRequest& request);
Result<HttpRequest> read_fetch_question(std::string_view text);
std::string fetch_answer(const HttpResponse& response); // a line of JSON, then the body
Result<HttpResponse> read_fetch_answer(std::string_view text);

// For the helper: sends the request of the question by `http`. Error (usage): its host is not in `hosts`.
Result<std::string> serve_fetch(std::string_view question, std::span<const std::string> hosts, Http& http);
// Runs the whole helper process, confined by the kernel: reads standard input, writes standard output.
[[noreturn]] void be_fetch_helper(std::span<const std::string> hosts);

}
