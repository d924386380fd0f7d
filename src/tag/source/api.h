#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "base/time.h"
#include "sys/clock.h"
#include "sys/data/json_fwd.h"
#include "sys/environment.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Asks GitHub's REST API (docs.github.com/rest), last of all sources and only for missing facts. Its errors never fail
// a run. All requests share one deadline.
namespace fairlead::tag {

struct ApiRepository {
    std::optional<std::string> name, description, html_url, licence, default_branch;
};

class Api {
  public:
    // Gets a URL: the body of an answer 200 in time, or the error. Tests pass their own function.
    using Fetch = std::function<Result<std::string>(const std::string& url, Milliseconds at_most)>;
    // time for all requests
    static constexpr Milliseconds together{3000};
    Api(std::string base, std::string repository, Fetch fetch, sys::Clock& clock)
        : base_(std::move(base)), repository_(std::move(repository)), fetch_(std::move(fetch)), clock_(&clock) {}

    const ApiRepository& repository(); // one request per run
    std::optional<SystemTime> commit_date(const std::string& sha);
    std::optional<std::vector<std::string>> tags();         // all tags of the repository, without refs/tags/
    const std::string& trouble() const { return trouble_; } // why a fact is unknown; empty: nothing failed

  private:
    std::optional<sys::Json> ask(const std::string& path);
    std::string base_, repository_; // "https://api.github.com", "acme/app"
    Fetch fetch_;
    sys::Clock* clock_;
    std::optional<sys::Clock::Steady> end_; // end of the shared time, which begins with the first request
    std::optional<ApiRepository> known_;
    std::string trouble_;
};

// Fetches by fairlead-fetch (sys/http/fetch.h), so that this program contains no network code. The token is sent only
// to the host of `base`.
Api::Fetch fetch_from(std::string base, Secret token);

// Does the same in a helper process that is started now, for programs that may not start a process later. It asks only
// below GITHUB_API_URL, with the token of the question. Nothing: that variable is unset, or the helper can't be
// started.
using FetchWith = std::function<Result<std::string>(const std::string& url, Milliseconds at_most, const Secret& token)>;
FetchWith fetch_by_helper(const sys::Environment& variables);

}
