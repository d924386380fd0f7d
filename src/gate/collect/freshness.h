#pragma once
#include "gate/policy.h"
#include "sys/git/work_tree.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>

// Decides whether a report is about the current files of the work tree.
namespace fairlead::gate {

class Freshness {
  public:
    // `folder`: absolute, in the judged work tree. Error (could_not): its repository can't be read.
    static Result<Freshness> of(const Age& age, const std::string& folder, SystemTime now);
    // Returns a sentence that says why the report (absolute, links resolved) is refused; empty: it is fresh. Error
    // (could_not): a repository around it, such as a submodule, can't be read.
    // `again`: how to get a fresh one, for the sentence.
    Result<std::string> complaint(const std::string& path, std::string_view again = "run the tests again");

  private:
    Freshness(const Age& age, SystemTime now) : age_(age), now_(now) {}
    Result<std::string> tracked(const std::string& path);
    Age age_;
    SystemTime now_;
    std::optional<sys::WorkTree> tree_;
    std::optional<sys::WorkTree::Change> change_;                             // the latest change
    std::map<std::string, std::optional<sys::WorkTree>, std::less<>> others_; // by their folder
};

// Whether the first time is before the second. If a file system only keeps seconds, it compares seconds.
bool is_older(std::int64_t written_ns, std::int64_t than_ns);

}
