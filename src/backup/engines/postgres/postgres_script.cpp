#include "backup/engines/postgres/postgres_script.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/words.h"
#include "sys/digest.h"
#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

constexpr std::size_t most_tokens = 64, longest_word = 64, longest_command = 200;
constexpr std::string_view restrict_word = "\\restrict ", unrestrict_word = "\\unrestrict ";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr std::string_view first_words[] = {"ALTER", "BEGIN",   "COMMENT", "COMMIT",   "COPY",   "CREATE",
                                            "GRANT", "REFRESH", "REVOKE",  "SECURITY", "SELECT", "SET"};
constexpr std::string_view asked_functions[] = {"SET_CONFIG",
                                                "SETVAL",
                                                "LO_CREATE",
                                                "LO_OPEN",
                                                "LOWRITE",
                                                "LO_CLOSE",
                                                "LO_UNLINK",
                                                "PG_RESTORE_RELATION_STATS",
                                                "PG_RESTORE_ATTRIBUTE_STATS",
                                                "PG_RESTORE_EXTENDED_STATS"};
// What stands between the parentheses of those: constants, and casts of them. A number is a word of digits.
constexpr std::string_view constants[] = {"'",       ",",      ":",       "-",      ".",        "[",
                                          "]",       "TRUE",   "FALSE",   "NULL",   "TEXT",     "REAL",
                                          "INTEGER", "BIGINT", "BOOLEAN", "DOUBLE", "PRECISION"};

bool is_constant(std::string_view token) {
    const bool is_number = std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_number || is_one_of(constants, token);
}

// Of the server, and in no dump of one database, which pg_dump writes without --create.
constexpr std::string_view of_server[] = {"SYSTEM", "ROLE", "GROUP", "DATABASE", "TABLESPACE", "PARAMETER"};

}

bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

Result<void> Script::write(std::string_view bytes) {
    out_.clear();
    while (!bytes.empty()) {
        if (state_ == State::data) {
            const auto taken = TRY(data(bytes));
            bytes.remove_prefix(taken);
            continue;
        }
        const char c = bytes.front();
        skips_ = false;
        TRY_VOID(step(c));
        if (!skips_) out_ += c;
        if (c == '\n') ++row_;
        before_ = std::exchange(is_apart_, false) ? ' ' : c;
        bytes.remove_prefix(1);
    }
    return out_.empty() ? Result<void>() : into_.write(out_);
}

// psql runs at the end what has no semicolon.
Result<void> Script::close() {
    if (state_ == State::command) TRY_VOID(command());
    end_word();
    return tokens_.empty() ? Result<void>() : end_statement();
}

Result<void> Script::step(char c) {
    switch (state_) {
    case State::top: return top(c);
    case State::line_comment:
        if (c == '\n') state_ = State::top;
        return {};
    case State::block_comment: comment(c); return {};
    case State::text:
    case State::escaped:
    case State::name: quoted(c, state_); return {};
    case State::tag: tag(c); return state_ == State::top ? top(c) : Result<void>();
    case State::dollar:
        matched_ = c == closing_[matched_] ? matched_ + 1 : c == '$' ? 1 : 0;
        if (matched_ == closing_.size()) state_ = State::top;
        return {};
    case State::command:
        skips_ = true;
        if (c == '\n') return command();
        if (line_.size() < longest_command) line_ += c;
        return {};
    case State::before_data:
        if (c == '\n') {
            state_ = State::data;
            line_.clear();
        } else if (!is_blank(c))
            return refused("text after COPY ... FROM stdin");
        return {};
    case State::data: return {};
    }
    return {};
}

Result<void> Script::top(char c) {
    const State again = std::exchange(reopens_, State::top);
    if ((c == '\'' || c == '"') && again != State::top && before_ == c) {
        state_ = again; // a doubled quote is one of the text
        return {};
    }
    if (is_word_byte(c) || (c == '$' && !word_.empty())) {
        if (word_.size() < longest_word) word_ += capital(c);
        return {};
    }
    const bool is_escaped = word_ == "E";
    if (c == '\'' && is_escaped) word_.clear();
    end_word();
    matched_ = 0;
    switch (c) {
    case '\'': state_ = is_escaped ? State::escaped : State::text; break;
    case '"': state_ = State::name; break;
    case '$':
        state_ = State::tag;
        closing_ = "$";
        break;
    case '\\':
        state_ = State::command;
        line_ = "\\";
        skips_ = true;
        break;
    case '(':
        if (++in_parentheses_ > 1) is_constant_ = false;
        break;
    case ')': in_parentheses_ -= in_parentheses_ > 0 ? 1 : 0; break;
    case ';':
        if (in_parentheses_ == 0 && in_body_ == 0) return end_statement();
        break;
    case '-':
        if (before_ == '-') {
            state_ = State::line_comment;
            if (!tokens_.empty() && tokens_.back() == "-") tokens_.pop_back();
            return {};
        }
        add("-");
        break;
    case '*':
        if (before_ == '/') {
            state_ = State::block_comment;
            in_comments_ = 1;
            is_apart_ = true;
            if (!tokens_.empty() && tokens_.back() == "/") tokens_.pop_back();
            return {};
        }
        add("*");
        break;
    default:
        if (!is_blank(c)) add(std::string(1, c));
    }
    return {};
}

void Script::quoted(char c, State how) {
    if (matched_ == 1) { // behind a backslash
        matched_ = 0;
        return;
    }
    if (how == State::escaped && c == '\\') matched_ = 1;
    if (c != (how == State::name ? '"' : '\'')) return;
    state_ = State::top;
    reopens_ = how;
    add(std::string(1, c));
}

void Script::comment(char c) {
    if (before_ == '/' && c == '*') {
        ++in_comments_;
        is_apart_ = true;
    } else if (before_ == '*' && c == '/') {
        if (--in_comments_ == 0) state_ = State::top;
        is_apart_ = true;
    }
}

void Script::tag(char c) {
    if (c == '$') {
        closing_ += c;
        matched_ = 0;
        state_ = State::dollar;
        add("'");
    } else if (is_word_byte(c) && !(closing_.size() == 1 && c >= '0' && c <= '9') && closing_.size() < longest_word) {
        closing_ += c;
    } else
        state_ = State::top; // a parameter
}

Result<void> Script::command() {
    state_ = State::top;
    std::string_view line = line_;
    while (line.ends_with('\r')) line.remove_suffix(1);
    const auto key_behind = [&](std::string_view word) {
        auto key = line.substr(std::min(word.size(), line.size()));
        if (!line.starts_with(word) || key.empty() || !std::all_of(key.begin(), key.end(), is_word_byte)) key = {};
        return key;
    };
    if (const auto key = key_behind(restrict_word); !key.empty() && key_.empty() && tokens_.empty()) {
        key_ = key;
        return {};
    }
    if (const auto key = key_behind(unrestrict_word); !key.empty() && key == key_ && tokens_.empty()) return {};
    return refused(fmt::format("the backslash command '{}'", to_valid_utf8(line.substr(0, line.find_first_of(" \t")))));
}

// All lines up to and with "\."; how many bytes of them.
Result<std::size_t> Script::data(std::string_view bytes) {
    constexpr std::size_t enough = 3; // of a line: whether it is "\."
    const auto* end = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    const std::size_t size = end ? static_cast<std::size_t>(end - bytes.data()) + 1 : bytes.size();
    const auto text = bytes.substr(0, end ? size - 1 : size);
    if (line_.size() < enough) line_ += text.substr(0, enough);
    out_ += bytes.substr(0, size);
    if (!end) return size;
    ++row_;
    if (line_ == "\\." || line_ == "\\.\r") state_ = State::top;
    before_ = '\n';
    line_.clear();
    return size;
}

void Script::add(std::string token) {
    if (in_parentheses_ > 0) is_constant_ = is_constant_ && is_constant(token);
    if (in_parentheses_ > 0) return;
    if (token == "FROM") ++froms_;
    if (tokens_.size() < most_tokens) tokens_.push_back(std::move(token));
}

// As psql does: semicolons in the body of a function in SQL end nothing.
void Script::follow_body(const std::string& word) {
    if (tokens_.empty() || tokens_[0] != "CREATE" || in_parentheses_ > 0) return;
    const auto makes = [&](std::size_t at) {
        return tokens_.size() > at && (tokens_[at] == "FUNCTION" || tokens_[at] == "PROCEDURE");
    };
    if (!makes(1) && !(tokens_.size() > 3 && tokens_[1] == "OR" && makes(3))) return;
    if (word == "BEGIN" || (word == "CASE" && in_body_ > 0)) ++in_body_;
    if (word == "END" && in_body_ > 0) --in_body_;
}

void Script::end_word() {
    if (word_.empty()) return;
    const std::string word = std::exchange(word_, {});
    has_program_ = has_program_ || word == "PROGRAM";
    follow_body(word);
    add(word);
}

Result<void> Script::end_statement() {
    const auto found = signed_ == Signed::yes ? std::string() : unlike_pg_dump();
    if (!found.empty()) return refused(found);
    state_ = begins_data() ? State::before_data : State::top;
    tokens_.clear();
    has_program_ = false;
    is_constant_ = true;
    in_parentheses_ = in_body_ = froms_ = 0;
    return {};
}

bool Script::begins_data() const {
    const auto count = tokens_.size();
    return count > 3 && tokens_[0] == "COPY" && tokens_[count - 2] == "FROM" && tokens_[count - 1] == "STDIN";
}

std::string Script::unlike_pg_dump() const {
    if (tokens_.empty()) return {};
    const auto at = [&](std::size_t number) {
        return number < tokens_.size() ? std::string_view(tokens_[number]) : std::string_view();
    };
    const std::string shown = "'" + to_valid_utf8(fmt::format("{} {}", at(0), at(1))) + " ...'";
    const auto has = [&](std::string_view word) {
        return std::find(tokens_.begin(), tokens_.end(), word) != tokens_.end();
    };
    if (!is_one_of(first_words, at(0))) return shown;
    if (at(0) == "COPY" && (!begins_data() || froms_ != 1 || tokens_.size() >= most_tokens))
        return has_program_ ? "'COPY ... PROGRAM', which runs a program" : "a COPY that is not of the dump's own rows";
    if (at(0) == "CREATE" || at(0) == "ALTER") {
        if (at(1) == "USER" && at(2) != "MAPPING") return shown;
        if (is_one_of(of_server, at(1))) return shown;
        if (at(1) == "FOREIGN" && has_program_) return "a foreign table that reads from a program";
        if (at(0) == "CREATE" && (at(1) == "TABLE" || at(2) == "TABLE") && has("AS"))
            return "a table made from a query";
    }
    const auto on = std::find(tokens_.begin(), tokens_.end(), "ON");
    const bool is_of_server = on != tokens_.end() && on + 1 != tokens_.end() && is_one_of(of_server, *(on + 1));
    if ((at(0) == "GRANT" || at(0) == "REVOKE") && on == tokens_.end()) return shown;
    if ((at(0) == "GRANT" || at(0) == "REVOKE" || at(0) == "COMMENT" || at(0) == "SECURITY") && is_of_server)
        return shown + " about the server";
    if (at(0) != "SELECT") return {};
    const std::size_t begin = at(1) == "*" && at(2) == "FROM" ? 3 : 1;
    if (at(begin) == "PG_CATALOG" && at(begin + 1) == "." && is_one_of(asked_functions, at(begin + 2)) &&
        tokens_.size() == begin + 3)
        return is_constant_ ? std::string() : shown + " with an argument that is not a constant";
    return shown;
}

Error Script::refused(const std::string& what) const {
    return no(fmt::format("'{}' holds {} at line {}, which pg_dump does not write; nothing of it is run: take another "
                          "set, or find out who wrote to the store",
                          file_, what, row_));
}

bool knows_restrict(std::string_view version) {
    constexpr std::array<std::pair<int, int>, 5> since{{{13, 22}, {14, 19}, {15, 14}, {16, 10}, {17, 6}}};
    const auto dot = version.find('.');
    const auto number = [](std::string_view text) {
        return static_cast<int>(parse_integer(text.substr(0, text.find_first_not_of("0123456789"))).value_or(0));
    };
    const int major = number(version), minor = dot == version.npos ? 0 : number(version.substr(dot + 1));
    if (major > since.back().first) return true;
    return std::any_of(since.begin(), since.end(),
                       [&](const auto& one) { return one.first == major && minor >= one.second; });
}

std::string restrict_line() {
    constexpr std::size_t bytes = 32;
    return std::string(restrict_word) + sys::random_hex(bytes) + "\n";
}

}
