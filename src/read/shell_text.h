#pragma once
#include "read/mapped_text.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A shell's text (POSIX XCU 2, and of bash what Dockerfiles use) as the simple commands that it would run, whatever
// stands around them: lists, pipes, if, for, case, subshells, $(...), `sh -c '...'`. Nothing is run or expanded. What
// can't be understood ends the reading: what stands before is kept, nothing is guessed.
namespace fairlead::read {

struct ShellWord {
    std::string text;     // without quotes; $NAME and $(...) as they stand
    Span at;              // in the file, with quotes
    bool quoted = false;  // in part at least
    bool expands = false; // holds $... or `...`: its value isn't known
};

struct Assignment {
    std::string name;
    ShellWord value; // its span is that of the whole NAME=value
};

struct Redirect {
    std::string operation; // "<<", ">", "2>&"
    ShellWord target;
};

enum class Join { end, sequence, both, either, pipe, background }; // ";" or a line's end, "&&", "||", "|", "&"

struct Command {
    std::vector<Assignment> assignments; // before the program; of `env A=b x`, too
    std::vector<ShellWord> words;
    std::size_t program = 0; // the word that is run: behind sudo, env, exec, nice, xargs ...
    std::vector<Redirect> redirects;
    Join after = Join::end;
    std::size_t pipeline = 0; // commands of one have the same number
    int depth = 0;            // 0: not within (...), $(...), sh -c
    bool exact = true;        // its words stand in the file as spans say; else all have one place
    int heredoc = -1;         // of the instruction, whose body holds it; -1: its line

    std::string_view name() const; // of the program, without its folder; empty: only assignments
};

struct ShellText {
    std::vector<Command> commands; // what $(...) holds comes before the command that it is part of
    bool readable = true;          // false: what follows the last command could not be understood
};

// Bytes [begin, end) of text.text().
ShellText read_shell(const MappedText& text, std::size_t begin, std::size_t end);
// A command that no shell takes apart (exec form); what it hands to `sh -c` is read all the same.
ShellText read_command(std::vector<ShellWord> words);

bool is_shell(std::string_view program); // sh, bash, ash, dash, zsh, ksh

}
