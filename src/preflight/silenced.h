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

// What a change of this repository silences by comments and by the baseline, told where it does so: warnings
// preflight/silenced. None shows what the change wrote. fairlead.yml is config/milder.h's.
class SilencedByChange {
  public:
    // `repository` lives as long. Nothing is told where there is none, the change is foreign (then the base's word
    // counts), or the commit before isn't in the clone (milder_by logs that).
    SilencedByChange(const config::Change& change, const sys::Repository* repository);
    void look_at(const SilencingComment& comment);
    void look_at_baseline(const std::string& path, std::string_view text);
    std::vector<report::Finding> take() { return std::move(findings_); }

  private:
    bool is_new(const std::string& path, const std::string& line);
    void tell(const std::string& path, int line, std::string message);

    const sys::Repository* repository_;
    std::string before_; // commit; empty: nothing is told
    std::map<std::string, std::set<std::string>> lines_before_;
    std::set<std::pair<std::string, int>> told_;
    std::vector<report::Finding> findings_;
};

}
