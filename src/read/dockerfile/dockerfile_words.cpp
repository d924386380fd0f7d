#include "read/dockerfile/dockerfile_words.h"
#include "base/utf8.h"
#include "read/place.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace fairlead::read {

namespace {

bool is_separator(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

Word word_of(const MappedText& line, std::size_t begin, std::size_t end) {
    return {std::string(line.text().substr(begin, end - begin)), line.span(begin, end)};
}

Flag flag_of(const MappedText& line, const std::string& word, std::size_t begin, std::size_t end) {
    const auto equals = word.find('=');
    return {word.substr(2, equals == word.npos ? equals : equals - 2),
            equals == word.npos ? "" : word.substr(equals + 1), equals != word.npos, line.span(begin, end)};
}

}

std::size_t blank_at(std::string_view text, std::size_t at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r') ? 1 : 0;
    const CodePoint point = decode_front(text.substr(at, 4));
    const char32_t v = point.value;
    const bool blank = v == 0x85 || v == 0xA0 || v == 0x1680 || (v >= 0x2000 && v <= 0x200A) || v == 0x2028 ||
                       v == 0x2029 || v == 0x202F || v == 0x205F || v == 0x3000;
    return blank ? point.bytes : 0;
}

Part trimmed(std::string_view text, Part part) {
    while (part.begin < part.end) {
        const std::size_t blank = blank_at(text, part.begin);
        if (blank == 0) break;
        part.begin += blank;
    }
    while (part.begin < part.end) {
        std::size_t last = part.end - 1;
        while (last > part.begin && part.end - last < 3 && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80)
            --last;
        if (blank_at(text.substr(0, part.end), last) != part.end - last) break;
        part.end = last;
    }
    return part;
}

Flags split_flags(const MappedText& line, Part part, char escape) {
    const std::string_view text = line.text();
    Flags out;
    for (std::size_t at = part.begin;;) {
        while (at < part.end && blank_at(text, at) == 1) ++at;
        out.end = at;
        if (text.substr(at, 2) != "--" || at + 2 > part.end) return out;
        std::string word;
        char quote = 0;
        bool quoted = false;
        const std::size_t begin = at;
        for (; at < part.end; ++at) {
            const char c = text[at];
            if (quote == 0 && blank_at(text, at) == 1) break;
            if (quote != 0 ? c == quote : c == '\'' || c == '"') {
                quote = quote == 0 ? c : '\0';
                quoted = true;
            } else if (c != escape) {
                word += c;
            } else if (at + 1 < part.end) {
                word += text[++at];
            }
        }
        out.end = at;
        if (word == "--") return out;
        if (quoted || !word.empty()) out.flags.push_back(flag_of(line, word, begin, at));
    }
}

std::vector<Word> split_blanks(const MappedText& line, Part part) {
    const std::string_view text = line.text();
    std::vector<Word> words;
    for (std::size_t at = part.begin; at < part.end;) {
        std::size_t end = at;
        while (end < part.end && !is_separator(text[end])) ++end;
        words.push_back(word_of(line, at, end));
        for (at = end; at < part.end && is_separator(text[at]);) ++at;
    }
    return words;
}

std::vector<Word> split_quoted(const MappedText& line, Part part, char escape) {
    const std::string_view text = line.text();
    std::vector<Word> words;
    for (std::size_t at = part.begin; at < part.end;) {
        if (const std::size_t blank = blank_at(text, at); blank > 0) {
            at += blank;
            continue;
        }
        Word word;
        const std::size_t begin = at;
        char quote = 0;
        while (at < part.end && (quote != 0 || blank_at(text, at) == 0)) {
            const char c = text[at];
            if (quote == 0 && (c == '\'' || c == '"'))
                quote = c;
            else if (c == quote)
                quote = 0;
            if (c == escape && quote != '\'') {
                if (at + 1 == part.end) { // at the end it goes
                    ++at;
                    break;
                }
                word.text += text[at++];
            }
            word.text += text[at++];
        }
        word.at = line.span(begin, at);
        if (at > begin) words.push_back(std::move(word));
    }
    return words;
}

std::optional<JsonArray> read_json_array(const MappedText& line, Part part) {
    const std::string_view text = line.text().substr(0, part.end);
    if (part.begin >= part.end || text[part.begin] != '[') return std::nullopt;
    const std::string_view whole = text.substr(part.begin);
    const auto parsed = nlohmann::json::parse(whole, nullptr, false);
    if (!parsed.is_array()) return std::nullopt;
    JsonArray out;
    std::size_t at = part.begin;
    for (const auto& item : parsed) {
        if (!item.is_string()) {
            out.others = true;
            return out;
        }
        const std::size_t begin = text.find('"', at);
        std::size_t end = begin + 1;
        while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        at = end + 1;
        out.strings.push_back({item.get<std::string>(), line.span(begin, at)});
    }
    return out;
}

namespace {

// The words of a line as BuildKit's expander sees them when it looks for `<<`: quotes and escapes kept. Where that one
// fails (an odd `${...}`, an open quote) it finds no heredoc at all.
class HeredocWords {
  public:
    explicit HeredocWords(std::string_view text) : text_(text) {}

    bool read() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\'' || c == '"') {
                const std::size_t begin = at_;
                if (!quoted(c)) return false;
                word_ += text_.substr(begin, at_ - begin);
            } else if (c == '$') {
                const std::size_t begin = at_;
                if (!dollar(0)) return false;
                add_split(text_.substr(begin, at_ - begin));
            } else if (text_.substr(at_, 2) == "<<") {
                const auto end = std::min(text_.find_first_not_of(" \t\r\v\f", at_ + 2), text_.size());
                word_ += text_.substr(at_, end - at_);
                at_ = end;
            } else if (c == '\\') {
                word_ += text_.substr(at_, 2);
                at_ = std::min(at_ + 2, text_.size());
            } else {
                add_split(text_.substr(at_, 1 + extra()));
                at_ += 1 + extra();
            }
        }
        flush();
        return true;
    }
    std::vector<std::string> words;

  private:
    std::size_t extra() const {
        const std::size_t blank = blank_at(text_, at_);
        return blank == 0 ? 0 : blank - 1;
    }
    void flush() {
        if (!word_.empty()) words.push_back(std::exchange(word_, {}));
    }
    void add_split(std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t blank = blank_at(text, i);
            if (blank > 0)
                flush();
            else
                word_ += text[i];
            i += std::max<std::size_t>(blank, 1);
        }
    }

    bool quoted(char quote) {
        for (++at_; at_ < text_.size() && text_[at_] != quote;) {
            if (quote == '"' && text_[at_] == '$') {
                if (!dollar(0)) return false;
            } else {
                at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1;
            }
        }
        if (at_ >= text_.size()) return false;
        ++at_;
        return true;
    }

    // $NAME or ${NAME...}; false: not what BuildKit knows.
    bool dollar(int depth) {
        if (++at_ >= text_.size()) return true;
        if (text_[at_] != '{') return name(), true;
        if (++at_ >= text_.size() || depth > 16) return false;
        if (text_[at_] == '{' || text_[at_] == '}' || text_[at_] == ':') return false;
        name();
        if (at_ >= text_.size()) return false;
        const char c = text_[at_++];
        if (c == '}') return true;
        if (c == ':' && (at_ >= text_.size() || text_[at_] == '#' || text_[at_] == '%')) return false;
        if (c == '/') return until('/', depth) && until('}', depth);
        if (c == ':') ++at_;
        return std::string_view(":+-?#%").find(c) != npos && until('}', depth);
    }

    bool until(char stop, int depth) {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == stop) return ++at_, true;
            if (c == '\'' || c == '"') {
                if (!quoted(c)) return false;
            } else if (c == '$') {
                if (!dollar(depth + 1)) return false;
            } else {
                at_ += c == '\\' ? 2 : 1;
            }
        }
        return false;
    }

    void name() {
        const auto digit = [](char c) { return c >= '0' && c <= '9'; };
        if (at_ >= text_.size()) return;
        if (digit(text_[at_])) {
            while (at_ < text_.size() && digit(text_[at_])) ++at_;
        } else if (std::string_view("@*#?-$!").find(text_[at_]) != npos) {
            ++at_;
        } else {
            const auto part = [&](char c) {
                return digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            };
            while (at_ < text_.size() && part(text_[at_])) ++at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string word_;
};

std::optional<Heredoc> heredoc_of(std::string_view word) {
    const auto digits = word.find_first_not_of("0123456789");
    if (digits == npos || word.substr(digits, 2) != "<<") return std::nullopt;
    word.remove_prefix(digits + 2);
    Heredoc heredoc;
    heredoc.chomp = word.starts_with('-');
    if (heredoc.chomp) word.remove_prefix(1);
    const Part rest = trimmed(word, {0, word.size()});
    word.remove_prefix(rest.begin);
    if (word.empty() || word.find('<') != npos) return std::nullopt;
    char quote = 0;
    for (std::size_t at = 0; at < word.size(); ++at) {
        const char c = word[at];
        if (quote == 0 && blank_at(word, at) > 0) return std::nullopt; // more than one word
        if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
            quote = quote == 0 ? c : '\0';
            heredoc.expand = false;
        } else if (c == '\\' && quote == 0 && at + 1 < word.size()) {
            heredoc.name += word[++at];
        } else {
            heredoc.name += c;
        }
    }
    return heredoc;
}

}

std::vector<Heredoc> find_heredocs(std::string_view line) {
    std::vector<Heredoc> heredocs;
    HeredocWords reader(line);
    if (line.find("<<") == npos || !reader.read()) return heredocs;
    for (const auto& word : reader.words)
        if (auto heredoc = heredoc_of(word)) heredocs.push_back(std::move(*heredoc));
    return heredocs;
}

bool is_heredoc(std::string_view word) { return heredoc_of(word).has_value(); }

}
