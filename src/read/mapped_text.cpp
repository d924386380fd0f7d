#include "read/mapped_text.h"
#include <algorithm>

namespace fairlead::read {

void MappedText::add(std::string_view piece, std::size_t offset) {
    if (piece.empty() && !pieces_.empty()) return;
    pieces_.push_back({text_.size(), offset});
    text_ += piece;
}

std::size_t MappedText::at(std::size_t index) const {
    const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), index,
                                       [](std::size_t wanted, const Piece& piece) { return wanted < piece.begin; });
    return next == pieces_.begin() ? index : index - (next - 1)->begin + (next - 1)->offset;
}

Span MappedText::span(std::size_t begin, std::size_t end) const {
    if (fixed_) return all_;
    return {at(begin), begin < end ? at(end - 1) + 1 : at(begin)};
}

}
