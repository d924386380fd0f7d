#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

// What readers say places in, beside Problem.
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

// Which line and column a byte of `text` stands in. The text has to outlive it.
class Lines {
  public:
    explicit Lines(std::string_view text);
    Position at(std::size_t offset) const; // beyond the end: the end
    std::size_t start(int line) const;     // of a line from 1; one that isn't there: the end of the text

  private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

}
