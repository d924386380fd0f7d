#pragma once
#include "read/place.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// A text put together from pieces of a file (lines that are continued), and where each of its bytes stands there.
class MappedText {
  public:
    MappedText() = default;
    // All of it stands for one place: what is left of a word when its quotes are gone.
    MappedText(std::string text, Span all) : text_(std::move(text)), all_(all), fixed_(true) {}

    void add(std::string_view piece, std::size_t offset); // the file's bytes from `offset`
    std::string_view text() const { return text_; }
    bool exact() const { return !fixed_; }
    Span span(std::size_t begin, std::size_t end) const; // of bytes of text(), in the file

  private:
    std::size_t at(std::size_t index) const;

    struct Piece {
        std::size_t begin, offset;
    };
    std::string text_;
    std::vector<Piece> pieces_;
    Span all_;
    bool fixed_ = false;
};

}
