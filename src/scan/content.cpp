#include "scan/content.h"
#include "base/archive.h"
#include "sys/encoding.h"
#include <algorithm>
#include <cstring>

namespace fairlead::scan {
namespace {

constexpr std::size_t git_looks_at = 8000; // bytes: for git, a NUL there makes a file binary

// As the lines of a change are handed out: without carriage returns at their ends, each with its newline.
std::string as_lines(std::string text) {
    if (text.find('\r') != text.npos) {
        std::string plain;
        plain.reserve(text.size());
        for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
            end = std::min(text.find('\r', begin), text.size());
            plain.append(text, begin, end - begin);
            const bool at_end = end + 1 >= text.size() || text[end + 1] == '\n';
            if (end < text.size() && !at_end) plain += '\r';
        }
        text = std::move(plain);
    }
    if (!text.ends_with('\n')) text += '\n';
    return text;
}

// Where two texts begin to differ.
std::size_t common_beginning(std::string_view a, std::string_view b) {
    constexpr std::size_t block = 256;
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t at = 0;
    while (at + block <= most && std::memcmp(a.data() + at, b.data() + at, block) == 0) at += block;
    while (at < most && a[at] == b[at]) ++at;
    return at;
}

std::size_t common_end(std::string_view a, std::string_view b) { // how many bytes
    constexpr std::size_t block = 256;
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t size = 0;
    const auto same = [&](std::size_t more) {
        return std::memcmp(a.data() + a.size() - size - more, b.data() + b.size() - size - more, more) == 0;
    };
    while (size + block <= most && same(block)) size += block;
    while (size < most && same(1)) ++size;
    return size;
}

// The whole lines of `now` that hold all of the difference, and so what any diff calls added: it only shifts a group of
// lines over lines that are equal to them.
Part changed_lines(std::string_view before, std::string_view now) {
    if (now.empty()) return {};
    const std::size_t same = common_beginning(before, now);
    const std::size_t newline = same == 0 ? now.npos : now.rfind('\n', same - 1);
    const std::size_t begin = newline == now.npos ? 0 : newline + 1;
    const std::size_t end = now.size() - common_end(before.substr(begin), now.substr(begin));
    return {begin, std::min(now.find('\n', end), now.size() - 1) + 1};
}

}

Content::Content(std::optional<std::string> its_text) : is_too_large(!its_text) {
    if (its_text) text = std::move(*its_text);
    is_archive = !archive_kind(text).empty();
    is_text = !sys::looks_binary(text) && std::string_view(text).substr(0, git_looks_at).find('\0') == text.npos;
}

bool Content::can_be_compared() const {
    constexpr std::ptrdiff_t most_lines = 999'000;
    return is_text && !is_archive && !is_too_large &&
           (text.size() < most_lines || std::count(text.begin(), text.end(), '\n') < most_lines);
}

Result<Verdict> judge(gitleaks::Detector& detector, Reading reading, const Content& now, const Content* before,
                      const std::string& path, std::span<const Part> places) {
    const bool closed = !reading.bytes;           // as gitleaks takes the lines of a change
    if (now.is_too_large) return Verdict::wanted; // told by who reads its lines
    if (now.is_archive && reading.archives) return Verdict::wanted;
    if (!now.is_text && !reading.bytes) return Verdict::binary;
    if (const std::string wide = reading.bytes ? sys::wide_text(now.text) : ""; !wide.empty()) {
        const Part all{0, wide.size()};
        const bool may_find = TRY(detector.may_find(wide, all, path, closed));
        if (may_find) return Verdict::wanted;
    }
    Part changed{0, now.text.size()};
    if (before && before->can_be_compared() && now.can_be_compared()) changed = changed_lines(before->text, now.text);
    const auto is_touched = [&](const Part& part) { return part.begin <= changed.end && changed.begin <= part.end; };
    if (!places.empty() && std::none_of(places.begin(), places.end(), is_touched)) return Verdict::clean;
    std::string plain;
    std::string_view lines = now.text;
    if (lines.find('\r') != lines.npos || !lines.ends_with('\n')) {
        plain = as_lines(now.text);
        changed.begin = changed.begin == 0 ? 0 : as_lines(std::string(lines.substr(0, changed.begin))).size();
        changed.end =
            changed.end == lines.size() ? plain.size() : as_lines(std::string(lines.substr(0, changed.end))).size();
        lines = plain;
    }
    const bool may_find = TRY(detector.may_find(lines, changed, path, closed));
    return may_find ? Verdict::wanted : Verdict::clean;
}

}
