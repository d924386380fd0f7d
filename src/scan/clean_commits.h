#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <unordered_set>

// The commits of earlier runs in which nothing was found, so that the next run passes over them.
namespace fairlead::scan {

// A commit is clean for one set of rules and settings. The id covers all that a commit holds, also its parents.
class CleanCommits {
  public:
    // `key`: a digest of what decides besides the commit. Of another key, and damaged (then `why` says so), it begins
    // empty. Error (usage): the text is no cache.
    static Result<CleanCommits> read(std::string_view text, const std::string& key, const std::string& file);

    bool contains(const std::string& id) const { return ids_.contains(id); }
    void add(const std::string& id) { ids_.insert(id); }
    std::size_t size() const { return ids_.size(); }
    const std::string& why() const { return why_; }
    // The text to save: a head, the ids in order, a digest of all before.
    std::string text() const;

  private:
    explicit CleanCommits(std::string key) : key_(std::move(key)) {}
    std::string key_, why_;
    std::unordered_set<std::string> ids_;
};

}
