#pragma once
#include "base/result.h"
#include "sys/pattern.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan {

// Finds the lines worth looking at: many literals at once, ASCII case-blind. It starts as a small automaton that is
// built in a fraction of a millisecond, which is all that a commit hook needs, and moves on to vectorscan, five times
// as fast but slow to compile, once the amount of text pays for that.
class Prefilter {
  public:
    using Hit = sys::LiteralSet::Hit;
    explicit Prefilter(std::vector<std::string> literals); // lower case
    // Appends, ordered by `end`; every occurrence of every literal.
    Result<void> scan(std::string_view text, std::vector<Hit>& hits);

  private:
    void build();
    void walk(std::string_view text, std::vector<Hit>& hits) const;

    std::vector<std::string> literals_;
    std::uint64_t scanned_ = 0; // bytes so far
    std::optional<sys::LiteralSet> fast_;

    // Aho and Corasick's automaton over classes of bytes; the top bit of a cell says that its state has outputs.
    std::array<std::uint8_t, 256> class_of_{};
    std::size_t classes_ = 1;
    std::vector<std::uint16_t> next_;
    std::vector<std::vector<std::uint32_t>> outputs_;
};

}
