#include "gate/new_findings.h"
#include <algorithm>
#include <map>

namespace fairlead::gate {
namespace {

class InChange {
  public:
    InChange(const ChangedLines& changed, const SourceTree& tree) : changed_(changed), tree_(tree) {}

    bool operator()(const Foreign& finding) {
        if (finding.file.empty()) return true;
        const auto [at, is_new] = files_.try_emplace(finding.file);
        if (is_new) at->second = look_up(finding.file);
        const auto& [is_ours, ranges] = at->second;
        if (!ranges) return !is_ours;
        return finding.line == 0 || std::any_of(ranges->begin(), ranges->end(), [&](const LineRange& range) {
                   return range.first <= std::max(finding.line, finding.last_line) && finding.line <= range.last;
               });
    }

  private:
    struct File {
        bool is_ours = false;
        const std::vector<LineRange>* ranges = nullptr; // null: the change adds nothing to it
    };

    File look_up(const std::string& name) const {
        auto path = tree_.find(name);
        if (path.empty()) path = tree_.tidy(name); // code of others in this repository, too
        const auto found = changed_.files.find(path);
        if (found != changed_.files.end()) return {true, &found->second.all};
        return {!path.starts_with('/') && tree_.has(path), nullptr};
    }

    const ChangedLines& changed_;
    const SourceTree& tree_;
    std::map<std::string, File> files_; // by the name in the report
};

}

std::function<bool(const Foreign&)> in_change(const ChangedLines& changed, const SourceTree& tree) {
    return InChange(changed, tree);
}

}
