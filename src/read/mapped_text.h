#pragma once
#include "read/place.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// A text joined from pieces of a file (continued lines), with the place of each byte in the file.
class MappedText {
  public:
    MappedText() = default;
    // Gives all bytes one place, for the rest of a word without its quotes.
    MappedText(std::string text, Span all) : text_(std::move(text)), all_(all), fixed_(true) {}

    void add(std::string_view piece, std::size_t offset); // adds the file's bytes from `offset`
    std::string_view text() const { return text_; }
    bool exact() const { return !fixed_; }
    Span span(std::size_t begin, std::size_t end) const; // span in the file for bytes of text()

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
