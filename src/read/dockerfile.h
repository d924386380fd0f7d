#pragma once
#include "read/place.h"
#include "read/problem.h"
#include "read/shell_text.h"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A Dockerfile as BuildKit's parser reads it (docs.docker.com/reference/dockerfile, syntax 1.x): directives, comments,
// continued lines, heredocs, flags, JSON forms, stages. An instruction that is wrong is one problem, the rest is read.
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
    std::string text; // quotes and $NAME as they stand; of JSON the string's value
    Span at;          // of JSON with its quotes
};

struct Flag { // --name=value before the arguments, without quotes
    std::string name;
    std::string value;
    bool has_value = false; // an '=' stands there
    Span at;
};

struct Pair { // of ENV, LABEL, ARG: quotes as they stand
    std::string key;
    std::string value;
    bool has_value = false; // false: a bare ARG NAME
    Span at;                // "KEY=value"
};

struct Heredoc {
    std::string name;
    bool expand = true;
    bool chomp = false; // <<-: leading tabs don't count
    std::string text;   // lines as they stand
    int line = 0;       // of the first line of the text
    Span at;
};

struct Instruction {
    Verb verb = Verb::unknown;
    std::string word; // as it is written: "from"
    int line = 0;     // its first and its last one, with heredocs
    int end_line = 0;
    int column = 0; // of the word
    Span word_at;
    Span at; // to the end of its own last line, without heredocs
    std::vector<Flag> flags;
    std::string arguments; // what follows the flags, continued lines put together
    Span arguments_at;
    std::vector<Word> words;          // of it, by blanks; of exec form the strings; HEALTHCHECK's without CMD or NONE
    bool exec = false;                // a JSON array of strings
    bool broken_json = false;         // begins with '[' and is none: a shell sees it
    std::vector<Pair> pairs;          // ENV, LABEL, ARG
    bool legacy = false;              // ENV K V, LABEL K V
    bool health_none = false;         // HEALTHCHECK NONE
    std::vector<Heredoc> heredocs;    // RUN, COPY, ADD
    std::vector<int> empty_lines;     // blank ones within continued lines
    std::vector<Instruction> trigger; // ONBUILD's: one, or none when it is wrong
    ShellText shell;                  // RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD: what runs, also in heredocs
    bool wrong = false;               // has a problem

    const Flag* flag(std::string_view name) const; // the first of that name
};

struct Comment {
    int line = 0;
    std::string text; // without '#' and blanks around
};

struct Directive {
    int line = 0;
    std::string name; // syntax, escape, check
    std::string value;
};

struct Stage {
    std::size_t first = 0;  // of `instructions`: its FROM
    std::size_t end = 0;    // one behind its last
    std::string name;       // in lower case; empty: none
    std::string image;      // as FROM has it
    std::string base;       // with global ARGs put in, without quotes; what isn't known stays as $NAME
    bool base_known = true; // no $NAME is left
    int parent = -1;        // the earlier stage that FROM names
    std::string platform;   // --platform, as it stands
};

struct Dockerfile {
    char escape = '\\';
    std::vector<Directive> directives;
    std::vector<Comment> comments;
    std::vector<Instruction> instructions; // those before stages[0].first are global ARGs
    std::vector<Stage> stages;
    std::vector<Problem> problems;
    std::vector<std::size_t> lines; // where each begins, bytes

    // By name (any case) or number, among the first `before` stages.
    std::optional<std::size_t> stage(std::string_view name, std::size_t before) const;
    // The target (empty: the last one) behind the stages that it is FROM, the oldest first; none when it isn't there.
    std::vector<std::size_t> chain(std::string_view target) const;
};

// Never fails: what is wrong stands in `problems`. Beyond 1 MiB nothing is read.
Dockerfile read_dockerfile(std::string_view text);

std::string_view name_of(Verb verb); // "FROM"; unknown: ""

}
