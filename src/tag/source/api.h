#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "sys/clock.h"
#include "sys/data/json_fwd.h"
#include "sys/environment.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

// GitHub's REST API (docs.github.com/rest), asked last and only for what is missing; nothing it fails at ever fails a
// run. All that is asked shares one deadline.
namespace fairlead::tag {

struct ApiRepository {
    std::optional<std::string> name, description, html_url, licence, default_branch;
};

class Api {
  public:
    // The body of a GET that answered 200 in time, or why there is none; tests bring their own.
    using Fetch = std::function<Result<std::string>(const std::string& url, Milliseconds at_most)>;
    static constexpr Milliseconds together{3000};
    Api(std::string base, std::string repository, Fetch fetch, sys::Clock& clock)
        : base_(std::move(base)), repository_(std::move(repository)), fetch_(std::move(fetch)), clock_(&clock) {}

    const ApiRepository& repository(); // one request per run
    std::optional<SystemTime> commit_date(const std::string& sha);
    std::optional<std::vector<std::string>> tags();         // all of the repository, without refs/tags/
    const std::string& trouble() const { return trouble_; } // why something is not known; empty: nothing failed

  private:
    std::optional<sys::Json> ask(const std::string& path);
    std::string base_, repository_; // "https://api.github.com", "acme/app"
    Fetch fetch_;
    sys::Clock* clock_;
    std::optional<sys::Clock::Steady> end_; // of the time for all of them, from the first on
    std::optional<ApiRepository> known_;
    std::string trouble_;
};

// Asks by fairlead-fetch (sys/http/fetch.h), so that this program links no network code. The token goes to no host but
// that of `base`.
Api::Fetch fetch_from(std::string base, Secret token);

// The same in a process of its own that is started now, for one that will start none: it asks below
// GITHUB_API_URL only, with the token that comes with the question. Nothing without that, or where none can be started.
using FetchWith = std::function<Result<std::string>(const std::string& url, Milliseconds at_most, const Secret& token)>;
FetchWith fetch_by_helper(const sys::Environment& variables);

}
