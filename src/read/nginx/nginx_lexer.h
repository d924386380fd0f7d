#pragma once
#include "read/nginx/nginx.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Splits text into words like ngx_conf_read_token(); used by nginx.cpp.
namespace fairlead::read {

struct NginxStatement {
    enum class End { directive, block, close, file };
    End end = End::file;
    std::vector<NginxWord> words; // empty for close, file and a block without a name
    Span span;                    // including its ;, { or }
    int line = 0, column = 0;     // of its first word
};

class NginxLexer {
  public:
    NginxLexer(std::string_view text, std::vector<Problem>& problems) : text_(text), problems_(problems) {}
    NginxStatement next();
    // Call it after the { of a *_by_lua_block: returns the text before its }, by Lua's rules for strings and comments.
    std::string lua_body();
    std::size_t offset() const { return at_.offset; }

  private:
    struct Cursor {
        std::size_t offset = 0;
        int line = 1, column = 1;
    };

    bool ended() const { return at_.offset >= text_.size(); }
    char peek() const { return text_[at_.offset]; }
    char take(); // reports a word over nginx's limit
    void skip_blanks();
    void word(NginxStatement& statement);
    void quoted_word(NginxStatement& statement, char quote);
    void add(NginxStatement& statement, const Cursor& from, std::size_t begin, std::size_t end, bool quoted);
    NginxStatement finish(NginxStatement statement, NginxStatement::End end);
    void unclosed(const NginxStatement& statement, std::string_view before);
    void problem(const Cursor& place, std::string message);
    void skip_lua_comment();
    void skip_lua_string(char quote);
    bool skip_long_bracket();

    std::string_view text_;
    std::vector<Problem>& problems_;
    Cursor at_;
    std::size_t start_ = 0; // begin of the text that the limit is for
    bool over_ = false;     // the limit was reported already
    int restarts_ = 0;      // after quotes that are never closed
};

std::string nginx_shown(std::string_view text); // for a message: one line, not too long

}
