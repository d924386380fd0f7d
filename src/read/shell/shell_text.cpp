#include "read/shell/shell_text.h"
#include "base/path.h"
#include "read/place.h"
#include "read/shell/shell_program.h"
#include "read/shell/shell_reader.h"
#include <algorithm>

namespace fairlead::read {

namespace {

constexpr int deepest_nesting = 12; // levels of $(...), (...) and sh -c

constexpr std::string_view skipped[] = {"if",   "then", "elif", "else", "fi", "while", "until", "do",
                                        "done", "esac", "!",    "{",    "}",  "time",  "coproc"};

}

bool CommandReader::run(char stop) {
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

void CommandReader::skip_blanks() {
    while (at_ < text_.size()) {
        if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\v' || text_[at_] == '\f')
            ++at_;
        else if (starts("\\\n"))
            at_ += 2;
        else if (starts("\\\r\n"))
            at_ += 3;
        else
            return;
    }
}

void CommandReader::finish(Join join) {
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

void CommandReader::read_script(const ShellWord& word) {
    const MappedText script(word.text, word.at);
    CommandReader inner(script, 0, script.text().size(), depth_ + 1, out_, pipelines_);
    if (!inner.run(0)) out_.readable = false;
}

bool CommandReader::end_command() {
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

void CommandReader::skip_lines() {
    for (skip_blanks(); at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '#'); skip_blanks())
        at_ = text_[at_] == '\n' ? at_ + 1 : std::min(text_.find('\n', at_), text_.size());
}

bool CommandReader::parenthesis() {
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

bool CommandReader::nested(char stop) {
    CommandReader inner(map_, at_, text_.size(), depth_ + 1, out_, pipelines_);
    if (!inner.run(stop)) return false;
    at_ = inner.position();
    return true;
}

bool CommandReader::redirects() const {
    std::size_t at = at_;
    while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') ++at;
    return at < text_.size() && (text_[at] == '<' || text_[at] == '>' || starts("&>"));
}

bool CommandReader::read_redirect() {
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

bool CommandReader::skip_heredocs() {
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

bool CommandReader::read_next_word() {
    ShellWord word;
    if (!read_word(word)) return false;
    const bool at_start = command_.words.empty() && command_.assignments.empty();
    if (at_start && !word.quoted) {
        if (word.text == "esac" && cases_ > 0) --cases_;
        if (std::find(std::begin(skipped), std::end(skipped), word.text) != std::end(skipped)) return true;
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

bool CommandReader::skip_for() {
    ShellWord word;
    for (skip_blanks(); at_ < text_.size() && text_[at_] != ';' && text_[at_] != '\n'; skip_blanks()) {
        if (starts("((")) return skip_arithmetic();
        if (text_[at_] == '#') return at_ = std::min(text_.find('\n', at_), text_.size()), true;
        if (!read_word(word)) return false;
        if (word.text == "do" && !word.quoted) return true;
    }
    return true;
}

bool CommandReader::read_case() {
    ShellWord word;
    skip_blanks();
    if (!read_word(word)) return false;
    skip_lines();
    if (!read_word(word) || word.text != "in") return false;
    ++cases_;
    return skip_pattern();
}

bool CommandReader::skip_pattern() {
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

bool CommandReader::skip_test() {
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

std::string_view Command::name() const {
    return program < words.size() ? file_name(words[program].text) : std::string_view();
}

std::string_view word_at(const Command& command, std::size_t index) {
    index += command.program;
    return index < command.words.size() ? std::string_view(command.words[index].text) : std::string_view();
}

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
