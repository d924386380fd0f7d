#include "migrate/files/marks.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::files {

namespace {

using sql::Token;

// The words behind "-- fairlead:"; nothing where the comment is another.
std::optional<std::string> mark_in(std::string_view comment) {
    if (!comment.starts_with("--")) return std::nullopt;
    const std::string_view text = trim(comment.substr(2));
    constexpr std::string_view name = "fairlead:";
    if (!text.starts_with(name)) return std::nullopt;
    return std::string(trim(text.substr(name.size())));
}

bool parts_file(const Token& comment) {
    const auto mark = mark_in(comment.text);
    return mark && (*mark == "up" || *mark == "down");
}

struct Mark {
    std::string word, rest;
};
std::optional<Mark> read(std::string_view comment) {
    const auto mark = mark_in(comment);
    if (!mark) return std::nullopt;
    const auto space = mark->find_first_of(" =:[");
    if (space == mark->npos) return Mark{*mark, ""};
    return Mark{mark->substr(0, space), std::string(trim(std::string_view(*mark).substr(space + 1)))};
}

}

std::vector<Token> comments_of(std::string_view text, sql::Dialect dialect) {
    std::vector<Token> all;
    sql::Scanner scanner(text, dialect);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind == Token::Kind::comment) all.push_back(token);
    return all;
}

std::vector<Part> parts_of(std::string_view text, const std::vector<Token>& comments, bool is_down) {
    std::vector<Part> parts;
    for (const Token& comment : comments) {
        if (!parts_file(comment)) continue;
        if (!parts.empty()) parts.back().end = comment.begin;
        parts.push_back({comment.begin, text.size(), comment.line, mark_in(comment.text) == "down", false});
    }
    if (parts.empty()) return {{0, text.size(), 1, is_down, true}};
    parts.front().begin = 0;
    parts.front().line = 1;
    return parts;
}

Marks marks_of(const Part& part, const std::vector<Token>& comments) {
    Marks marks;
    const auto first = std::find_if(comments.begin(), comments.end(), parts_file);
    for (auto comment = comments.begin(); comment != comments.end(); ++comment) {
        const bool is_head = !part.is_whole && comment < first;
        if (!is_head && (comment->begin < part.begin || comment->begin >= part.end)) continue;
        if (comment->text.find("squawk-disable-assume-in-transaction") != comment->text.npos)
            marks.disables_assumption = true;
        const auto mark = read(comment->text);
        if (!mark) continue;
        if (mark->word == "no-transaction") marks.no_transaction = true;
        if (mark->word == "foreign-keys") marks.foreign_keys_off = mark->rest == "off";
        if (mark->word == "phase") {
            marks.phase = mark->rest;
            marks.phase_line = comment->line;
        }
        if (mark->word == "irreversible") {
            marks.irreversible = mark->rest.empty() ? "no reason" : mark->rest;
            marks.irreversible_line = comment->line;
        }
    }
    return marks;
}

Result<void> check_marks(const std::vector<Token>& comments, const std::string& file) {
    static const std::vector<std::string> known = {"up",           "down",         "no-transaction", "phase",
                                                   "irreversible", "foreign-keys", "ignore",         "ignore-file"};
    for (const Token& comment : comments) {
        const auto mark = read(comment.text);
        if (!mark) continue;
        const Place place{file, comment.line, 0, ""};
        if (std::find(known.begin(), known.end(), mark->word) == known.end()) {
            const auto near = nearest(mark->word, known);
            return usage(
                fmt::format("mark '{}' is unknown; {}", mark->word,
                            near.empty() ? "expected " + one_of(known) : fmt::format("did you mean '{}'?", near)),
                place);
        }
        if (mark->word == "phase" && mark->rest != "expand" && mark->rest != "contract")
            return usage(fmt::format("phase '{}' is unknown; expected expand or contract", mark->rest), place);
        if (mark->word == "foreign-keys" && mark->rest != "off" && mark->rest != "on")
            return usage(fmt::format("foreign-keys '{}' is unknown; expected off", mark->rest), place);
    }
    return {};
}

}
