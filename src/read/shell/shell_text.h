#pragma once
#include "read/mapped_text.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Reads a shell text (POSIX XCU 2, and parts of bash that Dockerfiles use) as the simple commands that it would run,
// also inside of lists, pipes, if, for, case, subshells, $(...) and `sh -c '...'`. Nothing is run or expanded. Reading
// stops at text that can't be understood: commands before it are kept, and nothing is guessed.
namespace fairlead::read {

struct ShellWord {
    std::string text;     // without quotes; $NAME and $(...) as written
    Span at;              // in the file, including quotes
    bool quoted = false;  // at least partly
    bool expands = false; // contains $... or `...`, so its value is unknown
};

struct Assignment {
    std::string name;
    ShellWord value; // its span covers the whole NAME=value
};

struct Redirect {
    std::string operation; // "<<", ">", "2>&"
    ShellWord target;
};

enum class Join { end, sequence, both, either, pipe, background }; // ";" or a line's end, "&&", "||", "|", "&"

struct Command {
    std::vector<Assignment> assignments; // before the program; also those of `env A=b x`
    std::vector<ShellWord> words;
    std::size_t program = 0; // index of the program's word, after sudo, env, exec, nice, xargs ...
    std::vector<Redirect> redirects;
    Join after = Join::end;
    std::size_t pipeline = 0; // the same number for all commands of a pipeline
    int depth = 0;            // 0: outside of (...), $(...), sh -c
    bool exact = true;        // each word has its own place; false: all words share one place
    int heredoc = -1;         // index of the instruction's heredoc that contains the command; -1: it is in the line

    std::string_view name() const; // name of the program, without its folder; empty: only assignments
};

std::string_view word_at(const Command& command, std::size_t index); // counted after its program; empty: absent

struct ShellText {
    std::vector<Command> commands; // commands in $(...) come before the command around them
    bool readable = true;          // false: the text after the last command was not understood
};

// Reads the bytes [begin, end) of text.text().
ShellText read_shell(const MappedText& text, std::size_t begin, std::size_t end);
// Reads a command that no shell splits (exec form); a script for `sh -c` in it is read, too.
ShellText read_command(std::vector<ShellWord> words);

bool is_shell(std::string_view program); // sh, bash, ash, dash, zsh, ksh

}
