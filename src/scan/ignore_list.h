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
    // One sentence for each line that is no entry. And, once a whole tree was scanned, for each entry that covered
    // nothing; entries with a commit can't be judged then. Lines are told by their number: whoever brings the file must
    // not choose what a log shows.
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
