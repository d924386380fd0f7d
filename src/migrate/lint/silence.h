#pragma once
#include "base/suppress.h"
#include "migrate/lint/rule.h"
#include <string>
#include <vector>

// Comments that silence findings: our own (base/suppress.h), before the statement or within its lines, and squawk's.
namespace fairlead::migrate::lint {

std::vector<Suppression> suppressions_in(const Script& script);

class Silence {
  public:
    explicit Silence(const Script& script);
    // Returns why the hit is silenced; empty: it counts.
    std::string covers(const Rule& rule, const Hit& hit) const;
    // If a comment is meant to silence the hit but is wrong, returns why.
    std::string unfinished(const Rule& rule, const Hit& hit) const;

  private:
    struct Foreign {
        int line = 0;
        bool whole_file = false;
        std::vector<std::string> rules; // squawk's names; empty: any rule
    };
    bool is_meant(const Foreign& comment, const Rule& rule, const Hit& hit) const;
    bool stood(bool whole_file, int line, const Hit& hit) const;
    std::vector<Suppression> ours(const Hit& hit) const; // our comments that may silence the hit
    const Stood* base_;
    std::vector<std::string> lines_;
    std::vector<Suppression> ours_;
    std::vector<Foreign> foreign_;
    std::string today_;
};

}
