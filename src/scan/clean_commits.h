#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <unordered_set>

// The commits in which earlier runs found nothing, so that the next run skips them.
namespace fairlead::scan {

// A commit is clean for one set of rules and settings. A commit's id covers its whole content and its parents.
class CleanCommits {
  public:
    // `key`: see key_of() in cache.h. If the text has another key or is damaged (then `why` says so), returns an empty
    // set. Error (usage): the text isn't a cache.
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
