#include "scan/sieve.h"
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

Result<std::shared_ptr<const Sieve::Text>> Sieve::text_of(const sys::ObjectId& id) {
    constexpr std::uint64_t most_kept = 32u << 20;
    if (const auto known = texts_.find(id); known != texts_.end()) return known->second;
    auto content = TRY(files_.read(id));
    auto text = std::make_shared<Text>();
    text->is_too_large = !content;
    text->content = std::move(content).value_or("");
    const std::string_view bytes = text->content;
    text->is_archive = !archive_kind(bytes).empty();
    text->is_text = !sys::looks_binary(bytes) && bytes.substr(0, git_looks_at).find('\0') == bytes.npos;
    if (kept_ > most_kept) {
        texts_.clear();
        kept_ = 0;
    }
    kept_ += text->content.size();
    texts_.emplace(id, text);
    return std::shared_ptr<const Text>(std::move(text));
}

Result<Sieve::Answer> Sieve::look(const sys::CommitFile& file) {
    constexpr std::size_t most_known = 400'000; // about 60 MB
    const auto is_there = [](const sys::ObjectId& id) { return id != sys::ObjectId{}; };
    const auto parent = std::find_if(file.before.begin(), file.before.end(), is_there);
    const sys::ObjectId before = parent == file.before.end() ? sys::ObjectId{} : *parent;
    const std::string path = detector_.has_rule_for(file.path) ? file.path : "";
    const auto key = std::tuple(file.content, before, path);
    if (const auto known = known_.find(key); known != known_.end()) return Answer{known->second, 0};
    const auto now = TRY(text_of(file.content));
    std::shared_ptr<const Text> old;
    if (is_there(before)) old = TRY(text_of(before));
    const Verdict verdict = TRY(judge(*now, old.get(), path));
    Answer answer{verdict, 0};
    if (answer.verdict == Verdict::clean) answer.bytes = now->content.size();
    if (known_.size() >= most_known) known_.clear();
    known_.emplace(key, answer.verdict);
    return answer;
}

// Of bytes, and of a file with very many lines, all count as added (sys/git/changes.cpp).
bool Sieve::can_be_compared(const Text& text) {
    constexpr std::ptrdiff_t most_lines = 999'000;
    const std::string& content = text.content;
    return text.is_text && !text.is_archive && !text.is_too_large &&
           (content.size() < most_lines || std::count(content.begin(), content.end(), '\n') < most_lines);
}

Result<Sieve::Verdict> Sieve::judge(const Text& now, const Text* before, const std::string& path) {
    const bool closed = !reading_.bytes;          // as gitleaks takes the lines of a change
    if (now.is_too_large) return Verdict::wanted; // told by who reads its lines
    if (now.is_archive && reading_.archives) return Verdict::wanted;
    if (!now.is_text && !reading_.bytes) return Verdict::binary;
    if (const std::string wide = reading_.bytes ? sys::wide_text(now.content) : ""; !wide.empty()) {
        const Part all{0, wide.size()};
        const bool may_find = TRY(detector_.may_find(wide, all, path, closed));
        if (may_find) return Verdict::wanted;
    }
    Part changed{0, now.content.size()};
    if (before && can_be_compared(*before) && can_be_compared(now))
        changed = changed_lines(before->content, now.content);
    std::string plain;
    std::string_view lines = now.content;
    if (lines.find('\r') != lines.npos || !lines.ends_with('\n')) {
        plain = as_lines(now.content);
        changed.begin = changed.begin == 0 ? 0 : as_lines(std::string(lines.substr(0, changed.begin))).size();
        changed.end =
            changed.end == lines.size() ? plain.size() : as_lines(std::string(lines.substr(0, changed.end))).size();
        lines = plain;
    }
    const bool may_find = TRY(detector_.may_find(lines, changed, path, closed));
    return may_find ? Verdict::wanted : Verdict::clean;
}

}
