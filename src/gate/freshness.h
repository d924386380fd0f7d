#pragma once
#include "gate/policy.h"
#include "sys/git/work_tree.h"
#include <map>
#include <optional>
#include <string>

// Evidence belongs to this run: whether a report says something about the files that lie here.
namespace fairlead::gate {

class Freshness {
  public:
    // `folder`: absolute, in the work tree that is judged. Error: could_not when its repository can't be read.
    static Result<Freshness> of(const Age& age, const std::string& folder, SystemTime now);
    // Why the report (absolute, links resolved) is refused, a sentence; empty: it is fresh. Error: could_not when a
    // repository around it, such as a submodule, can't be read.
    Result<std::string> complaint(const std::string& path);

  private:
    Freshness(const Age& age, SystemTime now) : age_(age), now_(now) {}
    Result<std::string> tracked(const std::string& path);
    Age age_;
    SystemTime now_;
    std::optional<sys::WorkTree> tree_;
    std::optional<sys::WorkTree::Change> change_;                             // the latest
    std::map<std::string, std::optional<sys::WorkTree>, std::less<>> others_; // by their folder
};

// Whether what was written at one time is older than the other. File systems that only keep seconds can't say more.
bool is_older(std::int64_t written_ns, std::int64_t than_ns);

}
