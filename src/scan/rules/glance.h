#pragma once
#include "scan/rules/rule.h"
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// A quick test of the text around a keyword, before the rule's pattern is tried, because most keywords are ordinary
// words. "Yes" may be wrong; "no" is certain: no match contains this keyword.
class Glance {
  public:
    explicit Glance(const Rule& rule);
    bool may_match(std::string_view text, std::size_t keyword_begin, std::size_t keyword_end) const;

  private:
    struct Step { // a step of the pattern's beginning
        std::bitset<256> letters;
        std::size_t count = 1;
    };
    bool begins_like(std::string_view rest) const;
    Shape shape_;
    bool (*follows_)(std::string_view rest);
    std::vector<Step> head_; // empty: it isn't known
    std::string prefix_;     // the letters that the pattern begins with, in lower case
};

}
