#include "read/unified_diff.h"
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace fairlead::read {
namespace {

constexpr std::size_t lines_around = 64;          // of a piece
constexpr std::string_view nowhere = "/dev/null"; // the name of a file that is not there
constexpr std::string_view no_newline = "\\ No newline at end of file\n";

struct Hunk {
    long old_line = 0, old_lines = 1, new_line = 0, new_lines = 1;
    // Where it begins and ends; without lines it stands behind its line.
    long old_begin() const { return old_line + (old_lines == 0 ? 1 : 0); }
    long new_begin() const { return new_line + (new_lines == 0 ? 1 : 0); }
};

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool read_number(std::string_view& text, long& number) {
    constexpr long most = 1L << 30;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > most) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

// "@@ -12,3 +12,4 @@ name of the function"
std::optional<Hunk> hunk_of(std::string_view line) {
    Hunk hunk;
    if (!take(line, "@@ -") || !read_number(line, hunk.old_line)) return std::nullopt;
    if (take(line, ",") && !read_number(line, hunk.old_lines)) return std::nullopt;
    if (!take(line, " +") || !read_number(line, hunk.new_line)) return std::nullopt;
    if (take(line, ",") && !read_number(line, hunk.new_lines)) return std::nullopt;
    return take(line, " @@") ? std::optional(hunk) : std::nullopt;
}

// git quotes names with odd bytes as C does: "b/\303\244.txt"
std::string unescaped(std::string_view name) {
    constexpr std::pair<char, char> escapes[] = {{'a', '\a'}, {'b', '\b'}, {'t', '\t'}, {'n', '\n'},
                                                 {'v', '\v'}, {'f', '\f'}, {'r', '\r'}};
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '\\' || i + 1 == name.size()) {
            plain += name[i];
            continue;
        }
        unsigned byte = 0;
        const char* const digits = name.data() + i + 1;
        const auto end = std::from_chars(digits, digits + std::min<std::size_t>(3, name.size() - i - 1), byte, 8).ptr;
        const auto escape = std::find_if(std::begin(escapes), std::end(escapes),
                                         [&](const auto& one) { return one.first == name[i + 1]; });
        if (end != digits)
            plain += static_cast<char>(byte);
        else
            plain += escape == std::end(escapes) ? name[i + 1] : escape->second;
        i += end != digits ? static_cast<std::size_t>(end - digits) : 1;
    }
    return plain;
}

// Where the quote ends that the name begins with; 0: it begins with none.
std::size_t quoted_end(std::string_view name) {
    if (!name.starts_with('"')) return 0;
    for (std::size_t i = 1; i < name.size(); ++i) {
        if (name[i] == '"') return i;
        if (name[i] == '\\') ++i;
    }
    return 0;
}

// The name in "+++ b/name", which GNU diff ends with a tab and a time; without git's prefix (a/ b/, or i/ w/ c/ o/ with
// diff.mnemonicPrefix).
std::string name_of(std::string_view header) {
    std::string_view name = header.substr(4);
    while (name.ends_with('\r')) name.remove_suffix(1);
    std::string plain;
    if (const auto end = quoted_end(name); end > 0) // git ends a name that holds a blank with a tab
        plain = unescaped(name.substr(1, end - 1));
    else
        plain = name.substr(0, name.find('\t'));
    const bool prefixed =
        plain.size() > 2 && plain[1] == '/' && std::string_view("abciow").find(plain[0]) != std::string::npos;
    return prefixed ? plain.substr(2) : plain;
}

class DiffReader {
  public:
    explicit DiffReader(std::string_view text) : rest_(text) {}

    std::vector<DiffPiece> read() {
        std::string_view before; // the line before
        while (!rest_.empty()) {
            const std::string_view line = peek();
            if (before.starts_with("--- ") && line.starts_with("+++ ")) {
                add_text();
                const std::string path = name_of(without_end(line));
                was_there_ = name_of(without_end(before)) != nowhere;
                is_there_ = path != nowhere;
                old_end_ = new_end_ = 0;
                while (!path.empty() && !rest_.empty() && add_hunk(path)) {
                }
                before = {};
                continue;
            }
            before = line;
            add_text();
        }
        return std::move(pieces_);
    }

  private:
    std::string_view peek() const { return rest_.substr(0, std::min(rest_.find('\n'), rest_.size() - 1) + 1); }
    static std::string_view without_end(std::string_view line) {
        if (line.ends_with('\n')) line.remove_suffix(1);
        return line;
    }
    void advance(std::string_view line) {
        rest_.remove_prefix(line.size());
        ++number_;
    }
    // The next line is text outside of hunks.
    void add_text() {
        const std::string_view line = peek();
        if (!in_text_) pieces_.push_back({.first_line = number_});
        in_text_ = true;
        pieces_.back().text += line;
        advance(line);
    }
    // Lines of the new file, with whether each was added.
    using Lines = std::vector<std::pair<std::string_view, bool>>;
    // Returns nothing if the lines don't fit the hunk's numbers.
    std::optional<Lines> lines_of(Hunk hunk) {
        Lines lines;
        while (hunk.old_lines > 0 || hunk.new_lines > 0) {
            const std::string_view line = rest_.empty() ? std::string_view() : peek();
            const bool is_cut = line.empty() || line == "\n" || line == "\r\n"; // by an editor, of a blank
            const char kind = is_cut ? ' ' : line[0];
            if (kind == ' ' || kind == '-') --hunk.old_lines;
            if (kind == ' ' || kind == '+') --hunk.new_lines;
            if (line.empty() || hunk.old_lines < 0 || hunk.new_lines < 0) return std::nullopt;
            if (kind != ' ' && kind != '+' && kind != '-' && !line.starts_with(no_newline)) return std::nullopt;
            if (kind == ' ' || kind == '+') lines.emplace_back(is_cut ? line : line.substr(1), kind == '+');
            advance(line);
        }
        if (rest_.starts_with(no_newline)) advance(peek());
        return lines;
    }
    // Whether a diff may hold the hunk here. Who believes others reads nothing of what they show as unchanged.
    bool may_follow(const Hunk& hunk) const {
        if ((!was_there_ && hunk.old_lines > 0) || (!is_there_ && hunk.new_lines > 0)) return false;
        return hunk.old_begin() >= old_end_ && hunk.new_begin() >= new_end_;
    }
    static bool changes(const Hunk& hunk, const Lines& lines) {
        const bool adds = std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.second; });
        return adds || hunk.old_lines > static_cast<long>(lines.size());
    }
    bool add_hunk(const std::string& path) {
        const std::string_view head = peek();
        const auto hunk = hunk_of(head);
        if (!hunk || !may_follow(*hunk)) return false;
        const auto [rest, number] = std::pair(rest_, number_);
        advance(head);
        const auto lines = lines_of(*hunk);
        if (!lines || !changes(*hunk, *lines)) {
            rest_ = rest;
            number_ = number;
            return false;
        }
        old_end_ = hunk->old_begin() + hunk->old_lines;
        new_end_ = hunk->new_begin() + hunk->new_lines;
        add_runs(path, static_cast<int>(hunk->new_line), *lines);
        in_text_ = false;
        return true;
    }
    void add_runs(const std::string& path, int first_line, const Lines& lines) {
        for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
            end = begin + 1;
            if (!lines[begin].second) continue;
            while (end < lines.size() && lines[end].second) ++end;
            DiffPiece piece{.path = path, .first_line = first_line + static_cast<int>(begin)};
            for (std::size_t i = begin - std::min(begin, lines_around); i < std::min(end + lines_around, lines.size());
                 ++i)
                (i < begin ? piece.before : i < end ? piece.text : piece.after) += lines[i].first;
            pieces_.push_back(std::move(piece));
        }
    }
    std::string_view rest_;
    int number_ = 1;       // of the next line of the text
    bool in_text_ = false; // the last piece is text that ends here
    // Of the file whose hunks are read: whether it was and is there, and where its last hunk ends.
    bool was_there_ = true, is_there_ = true;
    long old_end_ = 0, new_end_ = 0;
    std::vector<DiffPiece> pieces_;
};

}

std::vector<DiffPiece> pieces_of_diff(std::string_view text) { return DiffReader(text).read(); }

}
