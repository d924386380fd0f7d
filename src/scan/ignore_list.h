#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// .gitleaksignore: lines `commit:file:rule:line` or `file:rule:line`, `#` comments (gitleaks, README).
class IgnoreList {
  public:
    static IgnoreList parse(std::string_view text);
    // An entry without commit holds for every commit.
    bool covers(std::string_view commit, std::string_view path, std::string_view rule, int line);
    // Entries that covered nothing so far, as written; of those with a commit only when commits were looked at.
    std::vector<std::string> unused(bool commits_scanned) const;
    const std::vector<std::string>& malformed() const { return malformed_; }

  private:
    struct Entry {
        bool has_commit = false;
        bool used = false;
    };
    std::map<std::string, Entry, std::less<>> entries_;
    std::vector<std::string> malformed_;
};

}
