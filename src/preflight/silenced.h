#pragma once
#include "config/change.h"
#include "preflight/silence.h"
#include "report/report.h"
#include "sys/git/repository.h"
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::preflight {

// Reports findings that a change of this repository silences by new comments or by the baseline, as warnings
// preflight/silenced. The warnings show no text of the change. For fairlead.yml, config/milder.h does this.
class SilencedByChange {
  public:
    // `repository` must outlive this object. Nothing is reported without a repository, for a foreign change (there the
    // base's comments count), or if the commit before isn't in the clone (milder_by logs that).
    SilencedByChange(const config::Change& change, const sys::Repository* repository);
    void look_at(const SilencingComment& comment);
    void look_at_baseline(const std::string& path, std::string_view text);
    std::vector<report::Finding> take() { return std::move(findings_); }

  private:
    bool is_new(const std::string& path, const std::string& line);
    void tell(const std::string& path, int line, std::string message);

    const sys::Repository* repository_;
    std::string before_; // commit before the change; empty: nothing is reported
    std::map<std::string, std::set<std::string>> lines_before_;
    std::set<std::pair<std::string, int>> told_;
    std::vector<report::Finding> findings_;
};

}
