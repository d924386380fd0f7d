#include "migrate/sql/split_others.h"
#include <algorithm>

namespace fairlead::migrate::sql {

namespace {

// CREATE … TRIGGER, PROCEDURE, FUNCTION or EVENT … BEGIN … END: BEGIN, CASE and the blocks of MySQL that END closes.
class Body {
  public:
    void take(const Token& token) {
        if (token.kind != Token::Kind::word) return;
        const bool is_behind_end = is_behind_end_;
        is_behind_end_ = false;
        if (count_++ == 0) is_create_ = token.is("create");
        constexpr std::string_view routines[] = {"trigger", "procedure", "function", "event"};
        const auto is_one = [&](auto each) { return token.is(each); };
        if (is_create_ && std::any_of(std::begin(routines), std::end(routines), is_one)) is_routine_ = true;
        if (!is_routine_) return;
        if (token.is("end")) {
            depth_ -= depth_ > 0;
            is_behind_end_ = true;
            return;
        }
        constexpr std::string_view within[] = {"case", "if", "loop", "repeat", "while"};
        if (is_behind_end) return; // END CASE, END IF
        if (token.is("begin") || (depth_ > 0 && token.is("case"))) ++depth_;
        const bool is_block = std::any_of(std::begin(within) + 1, std::end(within), is_one);
        if (depth_ > 0 && is_block && begins_statement_) ++depth_;
    }
    void follows(const Token& token) {
        begins_statement_ =
            token.is(';') || token.is("begin") || token.is("then") || token.is("else") || token.is("do");
    }
    bool is_within() const { return depth_ > 0; }

  private:
    std::size_t count_ = 0;
    bool is_create_ = false, is_routine_ = false, is_behind_end_ = false, begins_statement_ = false;
    int depth_ = 0;
};

}

Result<void> split_as(Dialect dialect, std::string_view sql, const std::string& file, const TakePiece& take) {
    if (dialect == Dialect::postgres) return split(sql, file, take);
    Scanner scanner(sql, dialect);
    Body body;
    std::size_t begin = 0, end = 0; // of the statement; alike: none has begun
    int line = 0;
    const auto finish = [&] {
        if (end > begin) take({sql.substr(begin, end - begin), line, false});
        begin = end = 0;
        body = {};
    };
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        if (token.kind == Token::Kind::open)
            return no("a quote or comment begins here and nothing closes it; close it", {file, token.line, 0, ""});
        if (end == begin && token.is("delimiter") && dialect == Dialect::mysql)
            return no("DELIMITER is a command of MySQL's client, and only SQL is sent to the server; take it out",
                      {file, token.line, 0, ""});
        body.take(token);
        body.follows(token);
        if (token.is(';') && !body.is_within()) {
            finish();
            continue;
        }
        if (end == begin) {
            begin = token.begin;
            line = token.line;
        }
        end = token.end();
    }
    finish();
    return {};
}

}
