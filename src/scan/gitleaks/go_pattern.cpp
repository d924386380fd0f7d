#include "scan/gitleaks/go_pattern.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::scan::gitleaks {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

std::size_t length_by_first_byte(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (byte < 0x80) return 1;
    if (byte < 0xe0) return 2;
    return byte < 0xf0 ? 3 : 4;
}

}

std::size_t go_character(std::string_view text, std::size_t offset) {
    const std::size_t length = length_by_first_byte(text[offset]);
    return valid_utf8(text.substr(offset, length)) && offset + length <= text.size() ? length : 0;
}

GoText::GoText(std::string_view text) : original_(text) {
    if (valid_utf8(text)) return;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = go_character(text, i);
        if (length == 0) wrong_.push_back(replaced_.size());
        replaced_ += length == 0 ? replacement : text.substr(i, length);
        i += std::max<std::size_t>(length, 1);
    }
}

std::size_t GoText::to_original(std::size_t offset) const {
    const auto before = std::lower_bound(wrong_.begin(), wrong_.end(), offset) - wrong_.begin();
    return offset - static_cast<std::size_t>(before) * (replacement.size() - 1);
}

std::string_view GoText::to_original(std::string_view part) const {
    if (!part.data()) return {};
    const auto begin = static_cast<std::size_t>(part.data() - searched().data());
    const std::size_t from = to_original(begin);
    return original_.substr(from, to_original(begin + part.size()) - from);
}

Result<GoPattern> GoPattern::compile(std::string_view expression) {
    auto pattern = TRY(sys::Pattern::compile(expression));
    return GoPattern(expression, std::move(pattern));
}

std::vector<std::pair<std::size_t, std::size_t>> GoPattern::find_all(const GoText& text) const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    const std::string_view searched = text.searched();
    std::vector<std::string_view> groups;
    std::size_t last_end = searched.npos;
    for (std::size_t at = 0; at <= searched.size() && pattern_.search(searched, at, groups);) {
        const auto begin = static_cast<std::size_t>(groups[0].data() - searched.data());
        const std::size_t end = begin + groups[0].size();
        // An empty match isn't one directly after another match.
        if (end != at || begin != last_end) found.emplace_back(text.to_original(begin), text.to_original(end));
        if (end == at)
            at += at < searched.size() ? std::max<std::size_t>(go_character(searched, at), 1) : 1;
        else
            at = end;
        last_end = end;
    }
    return found;
}

std::vector<std::string_view> GoPattern::groups(std::string_view text) const {
    const GoText go(text);
    std::vector<std::string_view> found;
    if (!pattern_.search(go.searched(), 0, found)) return {};
    for (std::string_view& group : found) group = go.to_original(group);
    return found;
}

bool GoPattern::matches(const GoText& text) const { return pattern_.matches(text.searched()); }

}
