#include "preflight/comments.h"
#include "base/text.h"
#include "read/dockerfile/dockerfile.h"
#include "read/env/env.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Where the content of a line's key begins: behind blanks and the dashes of lists.
std::size_t column_of_key(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && (line[at] == ' ' || (line[at] == '-' && at + 1 < line.size() && line[at + 1] == ' ')))
        ++at;
    return at;
}

// "key: |", "- >-", "key: |2+": the lines that follow and are further in are a text.
bool begins_block(std::string_view line) {
    auto text = trim(line);
    while (!text.empty() && std::string_view("+-0123456789").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    if (text.empty() || (text.back() != '|' && text.back() != '>')) return false;
    text.remove_suffix(1);
    return !text.empty() && is_blank(text.back()) && (trim(text).ends_with(':') || trim(text).ends_with('-'));
}

// YAML's (1.2, 7.3 and 8.1) and nginx's texts go on over lines until their quote ends.
class Scan {
  public:
    explicit Scan(bool is_yaml) : is_yaml_(is_yaml) {}

    bool is_text(std::string_view line) { // the next line
        if (in_block_) {
            const auto first = line.find_first_not_of(' ');
            if (first == line.npos || first > block_) return true;
            in_block_ = false;
        }
        const bool within = quote_ != 0;
        const auto end = end_of_code(line);
        in_block_ = is_yaml_ && quote_ == 0 && begins_block(line.substr(0, end));
        block_ = column_of_key(line);
        return within;
    }

  private:
    // Where a comment begins, else the line's end.
    std::size_t end_of_code(std::string_view line) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            const bool begins = i == 0 || is_blank(line[i - 1]) ||
                                std::string_view("[{,(;}").find(line[i - 1]) != std::string_view::npos;
            if (quote_ != 0) {
                if (c == '\\' && (quote_ == '"' || !is_yaml_))
                    ++i;
                else if (c == quote_)
                    quote_ = 0;
            } else if (c == '#' && begins) {
                return i;
            } else if ((c == '"' || c == '\'') && begins) {
                quote_ = c;
            }
        }
        return line.size();
    }

    bool is_yaml_, in_block_ = false;
    std::size_t block_ = 0; // the column of the key that has the block
    char quote_ = 0;
};

void mark(std::vector<bool>& lines, int first, int last) { // from 1
    for (int line = std::max(first, 1); line <= last && line <= static_cast<int>(lines.size()); ++line)
        lines[static_cast<std::size_t>(line - 1)] = true;
}

void mark_copied(std::vector<bool>& lines, std::string_view text) {
    for (const auto& instruction : read::read_dockerfile(text).instructions)
        if (instruction.verb == read::Verb::copy || instruction.verb == read::Verb::add)
            for (const auto& heredoc : instruction.heredocs)
                mark(lines, heredoc.line,
                     heredoc.line + static_cast<int>(std::count(heredoc.text.begin(), heredoc.text.end(), '\n')));
}

}

std::vector<bool> lines_of_texts(std::optional<FileKind> kind, std::string_view text) {
    const auto lines = split(text, '\n');
    std::vector<bool> are(lines.size());
    if (kind == FileKind::compose || kind == FileKind::yaml || kind == FileKind::nginx) {
        Scan scan(kind != FileKind::nginx);
        for (std::size_t i = 0; i < lines.size(); ++i) are[i] = scan.is_text(lines[i]);
    } else if (kind == FileKind::env) {
        for (const auto& entry :
             read::read_env(text, read::EnvDialect::compose, [](const auto&) { return std::nullopt; }).entries)
            mark(are, entry.line + 1, entry.end_line);
    } else if (kind == FileKind::dockerfile) {
        mark_copied(are, text);
    }
    return are;
}

bool stands_in_comment(std::optional<FileKind> kind, std::string_view line, std::size_t at) {
    if (kind == FileKind::dockerfile || kind == FileKind::unit)
        return trim(line).starts_with('#') || (kind == FileKind::unit && trim(line).starts_with(';'));
    char quote = 0;
    for (std::size_t i = 0; i < at && i < line.size(); ++i) {
        const char c = line[i];
        const bool begins = i == 0 || is_blank(line[i - 1]) || line[i - 1] == ';' || line[i - 1] == '}';
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '#' && begins)
            return true;
        else if (c == '"' || c == '\'')
            quote = c;
    }
    return line.substr(0, at).find("//") != line.npos || line.substr(0, at).find("<!--") != line.npos;
}

}
