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
    // An entry without a commit applies to every commit.
    bool covers(std::string_view commit, std::string_view path, std::string_view rule, int line);
    // Returns one sentence for each malformed line and, after a scan of a whole tree, for each entry that had no
    // effect. (Entries with a commit can't be judged after such a scan.) Lines are named by number only, so that the
    // file's author can't choose what a log shows.
    enum class Scanned { part, whole_tree };
    std::vector<std::string> complaints(Scanned scanned) const;

  private:
    struct Entry {
        int line = 0;
        bool has_commit = false;
        bool used = false;
    };
    std::map<std::string, Entry, std::less<>> entries_;
    std::vector<int> malformed_; // lines
};

}
