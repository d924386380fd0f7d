#include "gate/new_findings.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "report/report.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::gate {
namespace {

class InChange {
  public:
    InChange(const ChangedLines& changed, const SourceTree& tree) : changed_(changed), tree_(tree) {}

    bool operator()(std::span<const Foreign> places) {
        return std::any_of(places.begin(), places.end(), [this](const Foreign& place) { return is_new(place); });
    }

  private:
    bool is_new(const Foreign& finding) {
        if (finding.file.empty()) return true;
        const auto [at, is_first] = files_.try_emplace(finding.file);
        if (is_first) at->second = look_up(finding.file);
        const auto& [is_ours, ranges, count] = at->second;
        if (!ranges) return !is_ours;
        const bool is_beyond =
            count != 0 && std::max(finding.line, finding.last_line) > count; // git knows no such line
        return finding.line == 0 || is_beyond ||
               std::any_of(ranges->begin(), ranges->end(), [&](const LineRange& range) {
                   return range.first <= std::max(finding.line, finding.last_line) && finding.line <= range.last;
               });
    }

    struct File {
        bool is_ours = false;
        const std::vector<LineRange>* ranges = nullptr; // null: the change adds nothing to it
        int count = 0;                                  // as in ChangedLines
    };

    File look_up(const std::string& name) const {
        auto path = tree_.find(name);
        if (path.empty()) path = tree_.tidy(name); // code of others in this repository, too
        const auto found = changed_.files.find(path);
        if (found != changed_.files.end()) return {true, &found->second.all, found->second.count};
        return {!path.starts_with('/') && tree_.has(path), nullptr, 0};
    }

    const ChangedLines& changed_;
    const SourceTree& tree_;
    std::map<std::string, File> files_; // by the name in the report
};

// The lines of the file that was asked for last: findings mostly come file by file.
class Lines {
  public:
    explicit Lines(const SourceTree& tree) : tree_(tree) {}
    // Empty: there is no such line.
    std::string at(const std::string& path, int number) {
        if (path != path_) {
            path_ = path;
            lines_ = split(tree_.read(path), '\n');
        }
        const auto index = static_cast<std::size_t>(number);
        return number > 0 && index <= lines_.size() ? std::string(trim(lines_[index - 1])) : std::string();
    }

  private:
    const SourceTree& tree_;
    std::string path_;
    std::vector<std::string> lines_;
};

}

IsJudged in_change(const ChangedLines& changed, const SourceTree& tree) { return InChange(changed, tree); }

std::string KnownFindings::id_of(const Foreign& finding, const std::string& path, const std::string& text) {
    const auto rule = one_line(mask(finding.rule)), file = one_line(mask(path), 4096);
    const int occurrence = occurrences_[report::fingerprint(rule, file, text, 0)]++;
    return fmt::format("{} {} {} ", file, rule, report::fingerprint(rule, file, text, occurrence));
}

bool KnownFindings::is_overdue(const std::string& since) {
    undated_ += !days_.oldest.empty() && (since.empty() || since > days_.today);
    const bool overdue = !since.empty() && since < days_.oldest;
    overdue_ += overdue;
    return overdue;
}

IsJudged KnownFindings::by(const SourceTree& tree) {
    return [this, &tree, lines = Lines(tree)](std::span<const Foreign> places) mutable {
        const Foreign& finding = places.front();
        const auto path = finding.file.empty() ? std::string() : tree.find_or_tidy(finding.file);
        const auto line = lines.at(path, finding.line);
        auto id = id_of(finding, path, line.empty() ? finding.message : line);
        if (!known_) {
            kept_.emplace(id.append(name_of(finding.level)), days_.today);
            return false;
        }
        for (const Level level : levels) { // from the highest: what became worse is new
            const auto known = known_->find(id + std::string(name_of(level)));
            if (known != known_->end()) return is_overdue(known->second);
            if (level == finding.level) break;
        }
        return true;
    };
}

}
