#pragma once
#include "read/shell/shell_text.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// Reads a part of a text as commands, and adds them to `out`.
class CommandReader {
  public:
    CommandReader(const MappedText& map, std::size_t begin, std::size_t end, int depth, ShellText& out,
                  std::size_t& pipelines)
        : map_(map), text_(map.text().substr(0, end)), at_(begin), depth_(depth), out_(out), pipelines_(pipelines) {
        pipeline_ = pipelines_++;
    }

    // Reads up to the end, or up to and including `stop`. False: not understood.
    bool run(char stop);
    std::size_t position() const { return at_; }

  private:
    bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }

    void skip_blanks();
    void finish(Join join);
    void read_script(const ShellWord& word);
    bool end_command();
    void skip_lines(); // a list continues on the next line
    bool parenthesis();
    bool nested(char stop);
    bool skip_arithmetic();
    bool redirects() const;
    bool read_redirect();
    // Skips heredoc bodies after the line: they contain no commands.
    bool skip_heredocs();
    // Reads a word; reserved words only have a meaning where a command may begin.
    bool read_next_word();
    bool skip_for();
    bool read_case();
    bool skip_pattern();
    bool skip_test(); // [[ a && b ]]
    // Reads up to the end of a word. An empty word is a syntax error of the shell.
    bool read_word(ShellWord& word);
    bool single(ShellWord& word);
    bool twofold(ShellWord& word);
    // Reads $NAME, ${...}, $(...), $((...)), `...`: keeps the text as written, and reads the commands inside.
    bool dollar(ShellWord& word, bool in_quotes = false);
    std::size_t closing_backtick() const;
    bool skip_braces(); // ${a:-"}"}

    struct Heredoc {
        std::string name;
        bool tabs;
    };
    const MappedText& map_;
    std::string_view text_;
    std::size_t at_, raw_ = 0;
    int depth_, cases_ = 0;
    ShellText& out_;
    std::size_t& pipelines_;
    std::size_t pipeline_ = 0;
    Command command_;
    std::vector<Heredoc> heredocs_;
};

}
