#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

// Types for places, used by all readers with Problem.
namespace fairlead::read {

constexpr std::size_t npos = std::string_view::npos;

struct Span { // bytes of the file, for a fix
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct Position { // line and column (code points) from 1
    int line = 0;
    int column = 0;
};

// Finds line and column of a byte of `text`, which must outlive this object.
class Lines {
  public:
    explicit Lines(std::string_view text);
    Position at(std::size_t offset) const; // after the end: the place of the end
    std::size_t start(int line) const;     // `line` from 1; an absent line gives the end of the text

  private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

}
