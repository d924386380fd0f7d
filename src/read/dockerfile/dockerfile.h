#pragma once
#include "read/place.h"
#include "read/problem.h"
#include "read/shell/shell_text.h"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads a Dockerfile like BuildKit's parser (docs.docker.com/reference/dockerfile, syntax 1.x): directives, comments,
// continued lines, heredocs, flags, JSON forms, stages. A wrong instruction is one problem; other instructions are
// still read.
namespace fairlead::read {

enum class Verb {
    unknown,
    add,
    arg,
    cmd,
    copy,
    entrypoint,
    env,
    expose,
    from,
    healthcheck,
    label,
    maintainer,
    onbuild,
    run,
    shell,
    stopsignal,
    user,
    volume,
    workdir
};

struct Word {
    std::string text; // quotes and $NAME as written; in JSON, the string's value
    Span at;          // in JSON, including the quotes
};

struct Flag { // --name=value before the arguments, without quotes
    std::string name;
    std::string value;
    bool has_value = false; // it is written with '='
    Span at;
};

struct Pair { // of ENV, LABEL, ARG; quotes as written
    std::string key;
    std::string value;
    bool has_value = false; // false: only ARG NAME
    Span at;                // "KEY=value"
};

struct Heredoc {
    std::string name;
    bool expand = true;
    bool chomp = false; // <<-: leading tabs don't count
    std::string text;   // lines as written
    int line = 0;       // line where `text` begins
    Span at;
};

struct Instruction {
    Verb verb = Verb::unknown;
    std::string word; // as written: "from"
    int line = 0;     // first line; end_line is the last line, with heredocs
    int end_line = 0;
    int column = 0; // column of `word`
    Span word_at;
    Span at; // to the end of its own last line, without heredocs
    std::vector<Flag> flags;
    std::string arguments; // text after the flags, with continued lines joined
    Span arguments_at;
    // arguments split at blanks; in exec form, the strings; for HEALTHCHECK, without CMD or NONE
    std::vector<Word> words;
    bool exec = false;                // a JSON array of strings
    bool broken_json = false;         // begins with '[' but isn't JSON, so a shell runs it
    std::vector<Pair> pairs;          // ENV, LABEL, ARG
    bool legacy = false;              // ENV K V, LABEL K V
    bool health_none = false;         // HEALTHCHECK NONE
    std::vector<Heredoc> heredocs;    // RUN, COPY, ADD
    std::vector<int> empty_lines;     // blank lines within continued lines
    std::vector<Instruction> trigger; // ONBUILD's instruction; empty if it is wrong
    ShellText shell;                  // commands of RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD, also in heredocs
    bool wrong = false;               // has a problem

    const Flag* flag(std::string_view name) const; // the first flag of this name
};

struct Comment {
    int line = 0;
    std::string text; // without '#' and blanks around the text
};

struct Directive {
    int line = 0;
    std::string name; // syntax, escape, check
    std::string value;
};

struct Stage {
    std::size_t first = 0;  // index of its FROM in `instructions`
    std::size_t end = 0;    // index after its last instruction
    std::string name;       // in lower case; empty: no name
    std::string image;      // as written in FROM
    std::string base;       // with values of global ARGs, without quotes; an unknown $NAME stays as written
    bool base_known = true; // no $NAME is left in `base`
    int parent = -1;        // index of the earlier stage that FROM names
    std::string platform;   // --platform, as written
};

struct Dockerfile {
    char escape = '\\';
    std::vector<Directive> directives;
    std::vector<Comment> comments;
    std::vector<Instruction> instructions; // those before stages[0].first are global ARGs
    std::vector<Stage> stages;
    std::vector<Problem> problems;
    std::vector<std::size_t> lines; // offsets of the lines in bytes

    // Finds a stage by name (in any case) or number, among the first `before` stages.
    std::optional<std::size_t> stage(std::string_view name, std::size_t before) const;
    // Returns the stages that the target (empty: the last stage) is based on (FROM), oldest first, and then the target;
    // empty if the target is absent.
    std::vector<std::size_t> chain(std::string_view target) const;
};

// Never fails: mistakes are in `problems`. Text after 1 MiB is not read.
Dockerfile read_dockerfile(std::string_view text);

std::string_view name_of(Verb verb); // "FROM"; unknown: ""

}
