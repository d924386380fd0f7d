#include "migrate/files/marks.h"
#include "base/text.h"
#include "migrate/sql/split.h"
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
    char between = ' '; // what parts them
};
std::optional<Mark> read(std::string_view comment) {
    const auto mark = mark_in(comment);
    if (!mark) return std::nullopt;
    const auto space = mark->find_first_of(" =:[");
    if (space == mark->npos) return Mark{*mark, ""};
    return Mark{mark->substr(0, space), std::string(trim(std::string_view(*mark).substr(space + 1))), (*mark)[space]};
}

}

std::vector<Token> comments_of(std::string_view text, sql::Dialect dialect) {
    if (dialect == sql::Dialect::postgres) return sql::comments_in(text);
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
        if (mark->word == "no-transaction") {
            marks.no_transaction = true;
            marks.no_transaction_line = comment->line;
        }
        if (mark->word == "foreign-keys") marks.foreign_keys_off = mark->rest == "off";
        if (mark->word == "phase") {
            if (!marks.phase.empty() && marks.phase != mark->rest) marks.other_phase_line = comment->line;
            marks.phase = mark->rest;
            marks.phase_line = comment->line;
        }
        if (mark->word == "irreversible") {
            marks.irreversible = mark->rest;
            marks.irreversible_line = comment->line;
        }
    }
    return marks;
}

namespace {

const std::vector<std::string>& known_marks() {
    static const std::vector<std::string> known = {"up",           "down",         "no-transaction", "phase",
                                                   "irreversible", "foreign-keys", "ignore",         "ignore-file"};
    return known;
}

// The word with which `text` begins; cut off.
std::string take_word(std::string_view& text) {
    const auto is_of_word = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '_';
    };
    const auto end = std::find_if_not(text.begin(), text.end(), is_of_word);
    std::string word = lower(text.substr(0, static_cast<std::size_t>(end - text.begin())));
    text.remove_prefix(word.size());
    return word;
}

// Whether people mean a mark, and write it so that it is none.
bool is_mistyped(std::string_view comment) {
    auto text = comment.substr(std::min(comment.find_first_not_of("-/*#! \t\r\n"), comment.size()));
    const auto name = take_word(text);
    const bool has_colon = trim(text).starts_with(':');
    text.remove_prefix(std::min(text.find_first_not_of(": \t"), text.size()));
    const auto mark = take_word(text);
    const auto& known = known_marks();
    if (name == "fairlead") return !has_colon || !mark.starts_with("ignore"); // those count in any comment
    static const std::vector<std::string> names = {"fairlead"};
    if (name == "fairlead-migrate" && has_colon) return true;
    const bool names_mark = std::find(known.begin(), known.end(), mark) != known.end();
    return (has_colon || names_mark) && !nearest(name, names).empty();
}

// By which other tools part the ways of a file: to us they are comments, and both ways would be run.
struct Peer {
    std::string_view begin, tool;
};
constexpr Peer peers[] = {{"+goose up", "goose"},
                          {"+goose down", "goose"},
                          {"migrate:up", "dbmate"},
                          {"migrate:down", "dbmate"},
                          {"+migrate up", "sql-migrate"},
                          {"+migrate down", "sql-migrate"},
                          {"rambler up", "rambler"},
                          {"rambler down", "rambler"},
                          {"up migration", "node-pg-migrate"},
                          {"down migration", "node-pg-migrate"},
                          {"!ups", "Play"},
                          {"!downs", "Play"},
                          {"create above / drop below", "tern"},
                          {"@undo", "MyBatis"}};

const Peer* peer_of(std::string_view comment) {
    const auto first = comment.find_first_not_of("-/*# \t");
    if (first == comment.npos) return nullptr;
    const auto text = lower(comment.substr(first));
    const auto* const at = std::find_if(std::begin(peers), std::end(peers),
                                        [&](const Peer& peer) { return text.starts_with(peer.begin); });
    return at == std::end(peers) ? nullptr : at;
}

// "ignore[mig-a, mig-b] why": between brackets the rules' names. Reasons are lint's.
Result<void> check_ignore(const Mark& mark, const fairlead::Place& place) {
    const auto list = mark.rest.substr(0, mark.rest.find(']'));
    const bool is_list = mark.between == '[' && list.size() < mark.rest.size() && !trim(list).empty();
    if (is_list && list.find('*') == list.npos) return {};
    return usage(
        fmt::format(
            "{0} names no rule; write -- fairlead: {0}[mig-drop-table] and why, with the whole name of each rule",
            mark.word),
        place);
}

Result<void> check_mark(const Mark& mark, const fairlead::Place& place) {
    const auto& known = known_marks();
    if (std::find(known.begin(), known.end(), mark.word) == known.end()) {
        const auto near = nearest(mark.word, known);
        return usage(fmt::format("mark '{}' is unknown; {}", mark.word,
                                 near.empty() ? "expected " + one_of(known) : fmt::format("did you mean '{}'?", near)),
                     place);
    }
    if (mark.word.starts_with("ignore")) TRY_VOID(check_ignore(mark, place));
    if (mark.word == "phase" && mark.between != ' ')
        return usage("there has to be a blank after phase: -- fairlead: phase contract", place);
    if (mark.word == "phase" && mark.rest != "expand" && mark.rest != "contract")
        return usage(fmt::format("phase '{}' is unknown; expected expand or contract", mark.rest), place);
    if (mark.word == "foreign-keys" && mark.rest != "off")
        return usage(fmt::format("foreign-keys '{}' is unknown; write foreign-keys=off, or leave the mark out: they "
                                 "are on",
                                 mark.rest),
                     place);
    if (mark.word == "irreversible" && mark.rest.empty())
        return usage("irreversible has no reason; write why: -- fairlead: irreversible the rows are gone", place);
    if ((mark.word == "up" || mark.word == "down") && !mark.rest.empty())
        return usage(
            fmt::format("nothing may follow the mark '{}', and '{}' follows it; write it in a separate comment",
                        mark.word, mark.rest),
            place);
    return {};
}

}

Result<void> check_marks(const std::vector<Token>& comments, const std::string& file) {
    for (const Token& comment : comments) {
        const fairlead::Place place{file, comment.line, 0, ""};
        if (const auto mark = read(comment.text)) {
            TRY_VOID(check_mark(*mark, place));
            continue;
        }
        if (const Peer* peer = peer_of(comment.text))
            return usage(fmt::format("this is a mark of {}, and all of the file would be run as the way up; let {} run "
                                     "this folder, or write -- fairlead: up and -- fairlead: down instead",
                                     peer->tool, peer->tool),
                         place);
        if (is_mistyped(comment.text))
            return usage(fmt::format("this looks like a mark but is not; write -- fairlead: MARK in small letters, "
                                     "with {}, or begin the comment with another word",
                                     one_of(known_marks())),
                         place);
    }
    return {};
}

Result<void> check_together(const Marks& marks, const std::string& file, sql::Dialect dialect) {
    if (marks.other_phase_line > 0)
        return usage("a migration has one phase, and this file names both; leave one of the marks out",
                     {file, marks.other_phase_line, 0, ""});
    if (marks.foreign_keys_off && marks.no_transaction)
        return usage("foreign-keys=off needs a transaction, and no-transaction means that there is none; leave one of "
                     "the marks out",
                     {file, marks.no_transaction_line, 0, ""});
    if (marks.foreign_keys_off && dialect == sql::Dialect::postgres)
        return usage("foreign-keys=off is for SQLite and does nothing here; leave the mark out, and write ALTER TABLE "
                     "… ADD CONSTRAINT … NOT VALID, or SET CONSTRAINTS ALL DEFERRED",
                     {file, 1, 0, ""});
    return {};
}

}
