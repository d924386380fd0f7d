#pragma once
#include "read/shell_text.h"
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

// Reads a part of a text as commands, into what is read so far. What it stands at is `at_`.
class CommandReader {
  public:
    CommandReader(const MappedText& map, std::size_t begin, std::size_t end, int depth, ShellText& out,
                  std::size_t& pipelines)
        : map_(map), text_(map.text().substr(0, end)), at_(begin), depth_(depth), out_(out), pipelines_(pipelines) {
        pipeline_ = pipelines_++;
    }

    // Up to the end, or behind the `stop` that ends it. False: not understood.
    bool run(char stop);
    std::size_t position() const { return at_; }

  private:
    bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }

    void skip_blanks();
    void finish(Join join);
    void read_script(const ShellWord& word);
    bool end_command();
    void skip_lines(); // a list goes on in the next line
    bool parenthesis();
    bool nested(char stop);
    bool skip_arithmetic();
    bool redirects() const;
    bool read_redirect();
    // The bodies that follow the line are no commands.
    bool skip_heredocs();
    // Reserved words are such only where a command may begin.
    bool read_next_word();
    bool skip_for();
    bool read_case();
    bool skip_pattern();
    bool skip_test(); // [[ a && b ]]
    // Up to what ends a word. An empty one is an error of the shell's.
    bool read_word(ShellWord& word);
    bool single(ShellWord& word);
    bool twofold(ShellWord& word);
    // $NAME, ${...}, $(...), $((...)), `...`: as it stands, and the commands within are read.
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
