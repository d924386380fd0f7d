#pragma once
#include "base/secret.h"
#include "base/time.h"
#include "sys/environment.h"
#include <functional>
#include <optional>
#include <string>

// GitHub's REST API, asked last and only for what is missing; nothing it fails at ever fails a run.
namespace fairlead::tag {

struct ApiRepository {
    std::optional<std::string> name, description, html_url, licence, default_branch;
};

class Api {
  public:
    // `fetch` returns the body of a GET that answered 200; tests bring their own.
    using Fetch = std::function<std::optional<std::string>(const std::string& url)>;
    Api(std::string base, std::string repository, Fetch fetch)
        : base_(std::move(base)), repository_(std::move(repository)), fetch_(std::move(fetch)) {}

    const ApiRepository& repository(); // one request per run
    std::optional<SystemTime> commit_date(const std::string& sha);

  private:
    std::string base_, repository_; // "https://api.github.com", "acme/app"
    Fetch fetch_;
    std::optional<ApiRepository> known_;
};

// Runs `curl`, so that no start-up pays for a library that is seldom needed; 3 s in all. The token goes through
// standard input, never through argv.
Api::Fetch curl_fetch(Secret token);

// The same in a process of its own that is started now, for one that will start none: it asks below
// GITHUB_API_URL only, with the token that comes with the question. Nothing without that, or where none can be started.
using FetchWith = std::function<std::optional<std::string>(const std::string& url, const Secret& token)>;
FetchWith fetch_by_helper(const sys::Environment& variables);

}
