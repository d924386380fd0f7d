#include "read/shell_text.h"
#include "base/path.h"
#include "read/place.h"
#include <algorithm>
#include <array>

namespace fairlead::read {

namespace {

constexpr int deepest_nesting = 12; // levels of $(...), (...) and sh -c

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 6> shells = {"sh", "bash", "ash", "dash", "zsh", "ksh"};
constexpr std::array<std::string_view, 15> skipped = {"if",   "then", "elif", "else", "fi", "while", "until", "do",
                                                      "done", "esac", "!",    "{",    "}",  "time",  "coproc"};

// Programs that run another: options that take a word of their own, and how many words come before that other.
struct Prefix {
    std::string_view name, with_value;
    int operands;
};
constexpr Prefix prefixes[] = {
    {"sudo", "ugpCDhRTrt", 0}, {"doas", "uC", 0},     {"env", "uCS", 0},
    {"exec", "a", 0},          {"nice", "n", 0},      {"ionice", "cnp", 0},
    {"nohup", "", 0},          {"time", "fo", 0},     {"command", "", 0},
    {"builtin", "", 0},        {"eatmydata", "", 0},  {"gosu", "", 1},
    {"su-exec", "", 1},        {"timeout", "ks", 1},  {"xargs", "adEeIiLlnPs", 0},
    {"tini", "pe", 0},         {"dumb-init", "r", 0}, {"stdbuf", "ioe", 0},
    {"setpriv", "", 0},        {"catatonit", "", 0},
};

bool is_shell_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// The word behind the options that begin at `at`; NAME=value of env are assignments.
std::size_t behind_options(Command& command, std::size_t at, const Prefix& prefix) {
    const auto& words = command.words;
    for (; at < words.size(); ++at) {
        const std::string_view word = words[at].text;
        const auto equals = word.find('=');
        if (word == "--") return at + 1;
        if (prefix.name == "env" && equals != npos && is_shell_name(word.substr(0, equals))) {
            ShellWord value = words[at];
            value.text = word.substr(equals + 1);
            command.assignments.push_back({std::string(word.substr(0, equals)), std::move(value)});
        } else if (word.size() < 2 || word.front() != '-') {
            return at;
        } else if (word.size() == 2 && prefix.with_value.find(word[1]) != npos) {
            ++at;
        }
    }
    return at;
}

void find_program(Command& command) {
    for (std::size_t at = 0; at < command.words.size();) {
        const std::string_view name = file_name(command.words[at].text);
        const auto prefix =
            std::find_if(std::begin(prefixes), std::end(prefixes), [&](const Prefix& one) { return one.name == name; });
        if (prefix == std::end(prefixes)) break;
        const bool asks = name == "command" && at + 1 < command.words.size() &&
                          command.words[at + 1].text.size() == 2 && command.words[at + 1].text.front() == '-' &&
                          command.words[at + 1].text[1] != 'p';
        const std::size_t next = behind_options(command, at + 1, *prefix) + static_cast<std::size_t>(prefix->operands);
        if (asks || next >= command.words.size()) break;
        command.program = at = next;
    }
}

// What `sh -c` is given, the -c among other options; none: npos.
std::size_t script_word(const Command& command) {
    if (!is_shell(command.name())) return npos;
    for (std::size_t at = command.program + 1; at < command.words.size(); ++at) {
        const std::string_view word = command.words[at].text;
        if (word.size() < 2 || (word.front() != '-' && word.front() != '+')) return npos;
        if (word[1] == '-') continue;
        if (word.front() == '-' && word.find('c') != npos) {
            std::size_t script = at + 1;
            if (word.back() == 'o') ++script; // -ceo pipefail
            return script < command.words.size() ? script : npos;
        }
        if (word.back() == 'o') ++at; // -o pipefail, -euo pipefail
    }
    return npos;
}

class CommandReader {
  public:
    CommandReader(const MappedText& map, std::size_t begin, std::size_t end, int depth, ShellText& out,
                  std::size_t& pipelines)
        : map_(map), text_(map.text().substr(0, end)), at_(begin), depth_(depth), out_(out), pipelines_(pipelines) {
        pipeline_ = pipelines_++;
    }

    // Up to the end, or behind the `stop` that ends it. False: not understood.
    bool run(char stop) {
        if (depth_ > deepest_nesting) return false;
        while (true) {
            skip_blanks();
            if (at_ >= text_.size()) {
                finish(Join::end);
                return stop == 0;
            }
            const char c = text_[at_];
            if (c == stop && stop != 0) {
                finish(Join::end);
                ++at_;
                return true;
            }
            if (c == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (std::string_view("\n;&|").find(c) != npos && !starts("&>")) {
                if (!end_command()) return false;
            } else if (c == '(' || c == ')') {
                if (!parenthesis()) return false;
            } else if (redirects()) {
                if (!read_redirect()) return false;
            } else if (!read_next_word()) {
                return false;
            }
        }
    }

    std::size_t position() const { return at_; }

  private:
    bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }

    void skip_blanks() {
        while (at_ < text_.size()) {
            if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\v' ||
                text_[at_] == '\f')
                ++at_;
            else if (starts("\\\n"))
                at_ += 2;
            else if (starts("\\\r\n"))
                at_ += 3;
            else
                return;
        }
    }

    void finish(Join join) {
        const bool is_command = !command_.words.empty() || !command_.assignments.empty();
        if (is_command) {
            find_program(command_);
            command_.after = join;
            command_.depth = depth_;
            command_.exact = map_.exact();
            command_.pipeline = pipeline_;
            const std::size_t script = script_word(command_);
            out_.commands.push_back(std::move(command_));
            if (script != npos) read_script(out_.commands.back().words[script]);
        } else if (!out_.commands.empty() && join != Join::end && out_.commands.back().after == Join::end) {
            out_.commands.back().after = join; // behind `)`, `fi` or `done`
        }
        command_ = {};
        if (join != Join::pipe) pipeline_ = pipelines_++;
    }

    void read_script(const ShellWord& word) {
        const MappedText script(word.text, word.at);
        CommandReader inner(script, 0, script.text().size(), depth_ + 1, out_, pipelines_);
        if (!inner.run(0)) out_.readable = false;
    }

    bool end_command() {
        struct Operator {
            std::string_view text;
            Join join;
        };
        constexpr Operator operators[] = {
            {"&&", Join::both}, {"||", Join::either}, {"|&", Join::pipe}, {"|", Join::pipe}, {"&", Join::background}};
        for (const Operator& one : operators) {
            if (!starts(one.text)) continue;
            at_ += one.text.size();
            finish(one.join);
            skip_lines();
            return true;
        }
        const bool newline = text_[at_] == '\n', arm = starts(";;") || starts(";&");
        at_ += arm ? 2 : 1;
        if (arm && at_ < text_.size() && text_[at_] == '&') ++at_;
        finish(Join::sequence);
        if (newline) return skip_heredocs();
        return !arm || cases_ == 0 || skip_pattern();
    }

    void skip_lines() { // a list goes on in the next line
        for (skip_blanks(); at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '#'); skip_blanks())
            at_ = text_[at_] == '\n' ? at_ + 1 : std::min(text_.find('\n', at_), text_.size());
    }

    bool parenthesis() {
        if (text_[at_] == ')') return false; // a stray one
        const bool at_start = command_.words.empty() && command_.assignments.empty();
        if (at_start && starts("((")) return skip_arithmetic();
        if (at_start) {
            ++at_;
            return nested(')');
        }
        const auto close = text_.find_first_not_of(" \t", at_ + 1); // name ( ) { ... }: a function
        if (command_.words.size() != 1 || close == npos || text_[close] != ')') return false;
        at_ = close + 1;
        command_ = {};
        skip_lines();
        return true;
    }

    bool nested(char stop) {
        CommandReader inner(map_, at_, text_.size(), depth_ + 1, out_, pipelines_);
        if (!inner.run(stop)) return false;
        at_ = inner.position();
        return true;
    }

    bool skip_arithmetic() {
        int open = 0;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '(') ++open;
            if (text_[at_] == ')' && --open == 0) return ++at_, true;
        }
        return false;
    }

    bool redirects() const {
        std::size_t at = at_;
        while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') ++at;
        return at < text_.size() && (text_[at] == '<' || text_[at] == '>' || starts("&>"));
    }

    bool read_redirect() {
        std::size_t end = at_;
        while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
        if ((text_[end] == '<' || text_[end] == '>') && end + 1 < text_.size() && text_[end + 1] == '(') {
            at_ = end + 2; // <(...)
            return nested(')');
        }
        end = std::min(text_.find_first_not_of(text_[end] == '<' ? "<>&-" : "<>&|-", end), text_.size());
        // `>&-` closes; in `<<-EOF` the dash belongs to the operator, in `< -` it is a file
        Redirect redirect{std::string(text_.substr(at_, end - at_)), {}};
        at_ = end;
        if (redirect.operation.ends_with("&-")) return true;
        skip_blanks();
        if (!read_word(redirect.target)) return false;
        if (redirect.operation.find("<<") != npos && redirect.operation.find("<<<") == npos)
            heredocs_.push_back({redirect.target.text, redirect.operation.ends_with('-')});
        command_.redirects.push_back(std::move(redirect));
        return true;
    }

    // The bodies that follow the line are no commands.
    bool skip_heredocs() {
        for (const Heredoc& heredoc : heredocs_) {
            for (bool ended = false; !ended;) {
                if (at_ >= text_.size()) return false;
                const auto end = std::min(text_.find('\n', at_), text_.size());
                std::string_view line = text_.substr(at_, end - at_);
                if (heredoc.tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
                ended = line == heredoc.name;
                at_ = std::min(end + 1, text_.size());
            }
        }
        heredocs_.clear();
        return true;
    }

    // Reserved words are such only where a command may begin.
    bool read_next_word() {
        ShellWord word;
        if (!read_word(word)) return false;
        const bool at_start = command_.words.empty() && command_.assignments.empty();
        if (at_start && !word.quoted) {
            if (word.text == "esac" && cases_ > 0) --cases_;
            if (among(skipped, word.text)) return true;
            if (word.text == "for" || word.text == "select") return skip_for();
            if (word.text == "case") return read_case();
            if (word.text == "[[") return skip_test();
            if (word.text == "function") return skip_blanks(), read_word(word);
        }
        const auto equals = word.text.find('=');
        if (command_.words.empty() && equals != npos && is_shell_name(word.text.substr(0, equals)) &&
            text_.substr(raw_, equals + 1) == word.text.substr(0, equals + 1)) {
            Assignment assignment{word.text.substr(0, equals), word};
            assignment.value.text.erase(0, equals + 1);
            command_.assignments.push_back(std::move(assignment));
        } else {
            command_.words.push_back(std::move(word));
        }
        return true;
    }

    bool skip_for() {
        ShellWord word;
        for (skip_blanks(); at_ < text_.size() && text_[at_] != ';' && text_[at_] != '\n'; skip_blanks()) {
            if (starts("((")) return skip_arithmetic();
            if (text_[at_] == '#') return at_ = std::min(text_.find('\n', at_), text_.size()), true;
            if (!read_word(word)) return false;
            if (word.text == "do" && !word.quoted) return true;
        }
        return true;
    }

    bool read_case() {
        ShellWord word;
        skip_blanks();
        if (!read_word(word)) return false;
        skip_lines();
        if (!read_word(word) || word.text != "in") return false;
        ++cases_;
        return skip_pattern();
    }

    bool skip_pattern() {
        skip_lines();
        if (starts("esac")) return true;
        if (at_ < text_.size() && text_[at_] == '(') ++at_;
        ShellWord word;
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
            if (text_[at_] == ')') return ++at_, true;
            if (text_[at_] == '|')
                ++at_;
            else if (!read_word(word))
                return false;
        }
        return false;
    }

    bool skip_test() { // [[ a && b ]]
        ShellWord word;
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
            if (std::string_view("&|()<>;\n").find(text_[at_]) != npos) {
                ++at_;
                continue;
            }
            if (!read_word(word)) return false;
            if (word.text == "]]" && !word.quoted) return true;
        }
        return false;
    }

    // Up to what ends a word. An empty one is an error of the shell's.
    bool read_word(ShellWord& word) {
        word = {};
        const std::size_t begin = raw_ = at_;
        while (at_ < text_.size() && std::string_view(" \t\r\v\f\n;&|()<>").find(text_[at_]) == npos) {
            const char c = text_[at_];
            if (c == '\'' ? !single(word) : c == '"' ? !twofold(word) : c == '$' || c == '`' ? !dollar(word) : false)
                return false;
            if (c == '\'' || c == '"' || c == '$' || c == '`') continue;
            if (c == '\\') {
                if (++at_ >= text_.size()) break;
                if (text_[at_] == '\n') {
                    ++at_;
                    continue;
                }
                word.quoted = true;
            }
            word.text += text_[at_++];
        }
        word.at = map_.span(begin, at_);
        return at_ > begin;
    }

    bool single(ShellWord& word) {
        const auto close = text_.find('\'', at_ + 1);
        if (close == npos) return false;
        word.text += text_.substr(at_ + 1, close - at_ - 1);
        word.quoted = true;
        at_ = close + 1;
        return true;
    }

    bool twofold(ShellWord& word) {
        word.quoted = true;
        for (++at_; at_ < text_.size();) {
            const char c = text_[at_];
            if (c == '"') return ++at_, true;
            if (c == '$' || c == '`') {
                if (!dollar(word, true)) return false;
                continue;
            }
            if (c == '\\' && at_ + 1 < text_.size() && std::string_view("$`\"\\\n").find(text_[at_ + 1]) != npos) {
                if (text_[++at_] == '\n') {
                    ++at_;
                    continue;
                }
            }
            word.text += text_[at_++];
        }
        return false;
    }

    // $NAME, ${...}, $(...), $((...)), `...`: as it stands, and the commands within are read.
    bool dollar(ShellWord& word, bool in_quotes = false) {
        const std::size_t begin = at_;
        if (starts("$'") && !in_quotes) {
            for (at_ += 2; at_ < text_.size() && text_[at_] != '\''; ++at_)
                if (text_[at_] == '\\') ++at_;
            if (at_ >= text_.size()) return false;
            word.text += text_.substr(begin + 2, at_ - begin - 2);
            word.quoted = true;
            return ++at_, true;
        }
        const bool arithmetic = starts("$((");
        if (text_[at_] == '`') {
            const std::size_t close = closing_backtick();
            if (close == npos) return false;
            CommandReader inner(map_, at_ + 1, close, depth_ + 1, out_, pipelines_);
            if (!inner.run(0)) return false;
            at_ = close + 1;
        } else if (arithmetic) {
            ++at_;
            if (!skip_arithmetic()) return false;
        } else if (starts("$(")) {
            at_ += 2;
            if (!nested(')')) return false;
        } else if (starts("${")) {
            if (!skip_braces()) return false;
        } else {
            ++at_;
            word.text += '$';
            const bool plain = at_ >= text_.size() || (!is_shell_name(text_.substr(at_, 1)) &&
                                                       std::string_view("@*#?-$!0123456789").find(text_[at_]) == npos);
            word.expands = word.expands || !plain;
            return true;
        }
        word.expands = true;
        word.text += text_.substr(begin, at_ - begin);
        return true;
    }

    std::size_t closing_backtick() const {
        for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
            if (text_[at] == '\\')
                ++at;
            else if (text_[at] == '`')
                return at;
        }
        return npos;
    }

    bool skip_braces() { // ${a:-"}"}
        int open = 0;
        char quote = 0;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\')
                ++at_;
            else if (quote != 0)
                quote = c == quote ? '\0' : quote;
            else if (c == '"')
                quote = c;
            else if (c == '{')
                ++open;
            else if (c == '}' && --open == 0)
                return ++at_, true;
        }
        return false;
    }

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

std::string_view Command::name() const {
    return program < words.size() ? file_name(words[program].text) : std::string_view();
}

bool is_shell(std::string_view program) { return among(shells, file_name(program)); }

ShellText read_shell(const MappedText& text, std::size_t begin, std::size_t end) {
    ShellText out;
    std::size_t pipelines = 0;
    CommandReader reader(text, begin, end, 0, out, pipelines);
    if (!reader.run(0)) out.readable = false;
    return out;
}

ShellText read_command(std::vector<ShellWord> words) {
    ShellText out;
    Command command;
    command.words = std::move(words);
    find_program(command);
    const std::size_t script = script_word(command);
    out.commands.push_back(std::move(command));
    if (script == npos) return out;
    const ShellWord word = out.commands.back().words[script];
    const MappedText text(word.text, word.at);
    std::size_t pipelines = 1;
    CommandReader reader(text, 0, text.text().size(), 1, out, pipelines);
    if (!reader.run(0)) out.readable = false;
    return out;
}

}
