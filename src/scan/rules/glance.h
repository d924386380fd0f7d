#pragma once
#include "scan/rules/rule.h"
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// A look at what stands around a keyword, before the rule's pattern is tried: most keywords are words of a text. Yes
// may be wrong, no isn't, of a match that this keyword is a part of.
class Glance {
  public:
    explicit Glance(const Rule& rule);
    bool may_match(std::string_view text, std::size_t keyword_begin, std::size_t keyword_end) const;

  private:
    struct Step { // of how the pattern begins
        std::bitset<256> letters;
        std::size_t count = 1;
    };
    bool begins_like(std::string_view rest) const;
    Shape shape_;
    bool (*follows_)(std::string_view rest);
    std::vector<Step> head_; // empty: it isn't known
    std::string prefix_;     // the letters that it begins with, in lower case
};

}
