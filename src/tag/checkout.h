#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/git.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The repository around a folder, opened when it is first asked something.
namespace fairlead::tag {

struct Head {
    std::string ref;                      // refs/heads/main; empty: detached and nothing points there
    std::string sha;                      // empty: no commit yet
    std::vector<std::string> passed_over; // further tags at a detached HEAD
};

class Checkout {
  public:
    explicit Checkout(std::string folder) : folder_(std::move(folder)) {}

    Result<const sys::Repository*> repository(); // error: could_not, with the reason
    Result<Head> head();
    std::optional<SystemTime> commit_date(const std::string& revision); // the committer's; nothing when it is not there
    std::optional<std::string> default_branch();                        // of origin, else main or master if one exists
    std::optional<std::string> resolve(const std::string& revision);
    std::optional<std::string> remote_url(); // of origin, as a web address
    Result<void> each_tag(const std::function<void(std::string_view)>& each);

  private:
    std::string folder_;
    std::optional<Result<sys::Repository>> repository_;
};

std::string web_address(std::string_view remote); // git@github.com:a/b.git gives https://github.com/a/b

}
