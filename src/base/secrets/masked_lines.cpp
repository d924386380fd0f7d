#include "base/secrets/masked_lines.h"
#include "base/secrets/secret.h"
#include <utility>

namespace fairlead {

namespace {
constexpr std::size_t longest_line = 64u << 10;
constexpr std::size_t margin = 16u << 10; // over that, so that a secret at the cut is seen whole
}

std::string MaskedLines::add(std::string_view bytes) {
    if (skipping_) {
        const auto newline = bytes.find('\n');
        if (newline == std::string_view::npos) return {};
        bytes.remove_prefix(newline + 1);
        skipping_ = false;
    }
    rest_ += bytes;
    const auto whole = settled(rest_);
    auto text = mask(std::string_view(rest_).substr(0, whole));
    rest_.erase(0, whole);
    if (rest_.size() > longest_line + margin) {
        const auto line = mask(std::exchange(rest_, {}));
        text += line.substr(0, line.size() > margin ? line.size() - margin : 0) + " [cut]\n";
        skipping_ = true;
    }
    return text;
}

std::string MaskedLines::end() { return mask(std::exchange(rest_, {})); }

}
