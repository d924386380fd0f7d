#include "read/place.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::read {

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
    for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) starts_.push_back(at + 1);
}

Position Lines::at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const std::size_t start = *(next - 1);
    return {static_cast<int>(next - starts_.begin()),
            static_cast<int>(code_points(text_.substr(start, offset - start))) + 1};
}

std::size_t Lines::start(int line) const {
    const auto index = static_cast<std::size_t>(std::max(line, 1)) - 1;
    return index < starts_.size() ? starts_[index] : text_.size();
}

}
