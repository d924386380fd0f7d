#include "read/env/env_collect.h"
#include <fmt/format.h>
#include <utility>

// `set -ae; . file` of a POSIX shell (dash): assignments, `export` and `readonly`. Whatever runs a command, opens a
// file or could only be known by running it is a problem; with -e a command that isn't there ends the file.
namespace fairlead::read {

namespace {

constexpr int deepest_default_value = 32; // ${A:-${B:-...
constexpr std::string_view word_ends = " \t\n;&|<>()";

enum class Within { word, quotes, braces, braces_in_quotes };

struct ShellPiece {
    std::string value;
    std::size_t begin = 0, end = 0;
    std::size_t equals = std::string::npos; // of NAME=, in the text
    std::size_t value_from = 0;             // in `value`
    int pieces = 0;                         // quoted ones, and whether something else stands beside them
    bool plain = false;
};

class ShellReader {
  public:
    explicit ShellReader(EnvCollector& out) : out_(out), text_(out.text) {}

    void read() {
        while (at_ < text_.size() && !out_.full()) {
            skip_blanks();
            if (at_ >= text_.size()) return;
            if (text_[at_] == '\n')
                ++at_;
            else if (text_[at_] == '#')
                at_ = end_of_line(text_, at_);
            else
                command();
        }
        if (!failed_.message.empty() && !out_.full())
            out_.refuse(failed_.at, "the file ends with a command that fails; remove it");
    }

  private:
    void skip_blanks() {
        for (; at_ < text_.size(); ++at_)
            if (text_.substr(at_, 2) == "\\\n")
                ++at_;
            else if (text_[at_] != ' ' && text_[at_] != '\t')
                return;
    }

    // Words up to what ends the command; the line's rest is skipped where it can't be judged.
    void command() {
        const auto begin = at_;
        const bool skipped = skipped_;
        if (!skipped) failed_ = {};
        std::vector<ShellPiece> arguments;
        wrong_ = false;
        for (;;) {
            skip_blanks();
            if (at_ >= text_.size() || word_ends.find(text_[at_]) != text_.npos) break;
            if (text_[at_] == '#' && at_ > begin) {
                at_ = end_of_line(text_, at_);
                break;
            }
            auto read_word = word();
            if (read_word.equals != text_.npos && arguments.empty())
                assign(read_word, read_word.begin, skipped);
            else if (!read_word.value.empty() || read_word.pieces > 0) // $EMPTY alone is no word
                arguments.push_back(std::move(read_word));
            if (wrong_) {
                at_ = std::max(at_, end_of_line(text_, at_));
                return;
            }
        }
        if (!arguments.empty() && !skipped) run(begin, arguments);
        finish(begin);
    }

    void finish(std::size_t begin) {
        const char c = at_ < text_.size() ? text_[at_] : '\n';
        const auto two = text_.substr(at_, 2);
        const bool list = two == "&&" || two == "||";
        skipped_ = list && (two == "&&") == !failed_.message.empty();
        tell(list || c == '&');
        if (at_ == begin && c != '\n') {
            out_.refuse(begin, fmt::format("'{}' has nothing before it; a shell refuses the file; quote the value", c));
            at_ = end_of_line(text_, at_);
        } else if (list || c == ';') {
            at_ += list ? 2 : 1;
        } else if (c == '&') {
            out_.problem(at_, "& runs the assignment before it in the background, where it sets no variable; put the "
                              "value in quotes");
            undo();
            failed_ = {};
            ++at_;
        } else if (c == '|' || c == '<' || c == '>' || c == '(' || c == ')') {
            out_.refuse(begin, fmt::format("'{}' can't be part of a value without quotes; put the value in quotes", c));
            undo();
            at_ = end_of_line(text_, at_);
        }
        set_.clear();
    }

    // In a list or in the background it doesn't end the file.
    void tell(bool goes_on) {
        if (failed_.message.empty() || failed_.told) return;
        failed_.told = true;
        if (goes_on)
            out_.problem(failed_.at, failed_.message);
        else
            out_.refuse(failed_.at, failed_.message);
    }

    void undo() { // what this command has set
        for (const auto& name : set_) out_.forget(name);
        set_.clear();
    }

    void assign(const ShellPiece& from, std::size_t begin, bool skipped) {
        auto& entry = out_.add({begin, {from.begin, from.equals}, from.equals, {from.equals + 1, from.end}});
        const bool quoted = from.pieces > 0;
        entry.quote = quoted && (from.plain || from.pieces > 1) ? EnvQuote::mixed : entry.quote;
        entry.left_out = wrong_ || skipped;
        if (entry.left_out) return;
        set_.push_back(entry.name);
        out_.define(entry, from.value.substr(from.value_from));
    }

    void run(std::size_t begin, const std::vector<ShellPiece>& words) {
        const auto& first = words[0].value;
        const bool exports = first == "export" || first == "readonly";
        for (std::size_t index = 1; index < words.size(); ++index) {
            const auto& argument = words[index];
            if (exports && argument.equals != text_.npos)
                assign(argument, index == 1 ? words[0].begin : argument.begin, false);
            else if (exports && is_name(argument.value))
                inherited(argument, index == 1 ? words[0].begin : argument.begin);
            else if (first == "unset" && is_name(argument.value))
                out_.forget(argument.value);
            else if (first == ":" || (first == "set" && (argument.value == "-a" || argument.value == "+a" ||
                                                         argument.value == "-o" || argument.value == "allexport")))
                continue;
            else
                return refuse_command(begin, words);
        }
        if (words.size() == 1 && first != ":") refuse_command(begin, words);
    }

    void inherited(const ShellPiece& name, std::size_t begin) {
        if (out_.earlier(name.value)) return;
        auto& entry = out_.add({begin, {name.begin, name.end}, text_.npos, {name.end, name.end}});
        entry.value = out_.caller(entry.name);
        entry.left_out = !entry.value;
    }

    void refuse_command(std::size_t begin, const std::vector<ShellPiece>& words) {
        const bool after = !set_.empty() && words[0].begin != begin;
        undo();
        if (!after && words.size() == 1 && is_name(words[0].value)) {
            failed_ = {begin, "a shell runs this word as a command; write NAME=value"};
            out_.add({begin, {words[0].begin, words[0].end}, text_.npos, {words[0].end, words[0].end}}).left_out = true;
            return;
        }
        failed_ = {words[0].begin, after ? "a shell runs the text after the blank as a command; put the value in quotes"
                                         : "a shell runs this line as a command; write NAME=value"};
        if (const auto equals = words[0].value.find('='); !after && equals != std::string::npos && equals > 0) {
            const auto at = text_.find('=', words[0].begin); // A-B=c, A =b
            if (at < words[0].end) out_.add({begin, {begin, at}, at, {at + 1, words[0].end}}).left_out = true;
        } else if (!after && words.size() > 1 && words[1].value[0] == '=') {
            out_.add({begin, {words[0].begin, words[0].end}, words[1].begin, {words[1].begin + 1, words.back().end}})
                .left_out = true;
        }
    }

    void refuse(std::size_t at, std::string message) {
        if (!wrong_) out_.refuse(at, std::move(message));
        wrong_ = true;
    }

    void unknown(std::size_t at, std::string_view what) {
        out_.problem(at, fmt::format("{} is known only when a shell runs it; write the value itself", what));
    }

    ShellPiece word() {
        ShellPiece made{.begin = at_};
        word_ = &made;
        piece(Within::word, made.value, true, 0);
        word_ = nullptr;
        made.end = at_;
        return made;
    }

    // Up to what ends it; `live`: not the unused word of ${A:-word}.
    void piece(Within within, std::string& made, bool live, int depth) {
        if (depth > deepest_default_value) return refuse(at_, "${ is nested too deeply; write the value itself");
        while (at_ < text_.size() && !wrong_) {
            const char c = text_[at_];
            if (within == Within::word && word_ends.find(c) != text_.npos) return;
            if (within == Within::quotes && c == '"') return;
            if (within != Within::word && within != Within::quotes && c == '}') return;
            if (c == '\\')
                escape(within, made);
            else if (c == '\'' && (within == Within::word || within == Within::braces))
                single(made);
            else if (c == '"')
                double_quoted(within, made, live, depth);
            else if (c == '$')
                dollar(within, made, live, depth);
            else if (c == '`')
                refuse(at_, "a backtick runs a command; write the value itself");
            else
                plain(within, made);
        }
    }

    void plain(Within within, std::string& made) {
        const char c = text_[at_++];
        if (within == Within::word && word_) {
            const bool starts = word_->equals == text_.npos && c == '=' && word_->pieces == 0 && is_name(made);
            if (starts) {
                word_->equals = at_ - 1;
                word_->value_from = made.size() + 1;
            } else if (word_->equals != text_.npos) {
                word_->plain = true;
            }
            made += c;
            const bool tilde = starts || (c == ':' && word_->equals != text_.npos);
            if (tilde && at_ < text_.size() && text_[at_] == '~') home(made);
            return;
        }
        made += c;
    }

    void home(std::string& made) { // ~ and ~/x at the start of a value and behind its ':'
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\n';
        if (next != '/' && next != ':' && word_ends.find(next) == text_.npos) return;
        if (const auto value = variable("HOME")) {
            made += *value;
            ++at_;
        }
    }

    void escape(Within within, std::string& made) {
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        const bool quoted = within == Within::quotes || within == Within::braces_in_quotes;
        mark_piece(within);
        at_ += 2;
        if (next == '\n') return;
        if (at_ > text_.size() || (quoted && std::string_view("$`\"\\").find(next) == text_.npos &&
                                   !(within == Within::braces_in_quotes && next == '}')))
            made += '\\';
        if (at_ <= text_.size()) made += next;
        at_ = std::min(at_, text_.size());
    }

    void mark_piece(Within within) {
        if (within == Within::word && word_) word_->plain = true;
    }

    void single(std::string& made) {
        const auto close = text_.find('\'', at_ + 1);
        if (close == text_.npos) {
            refuse(at_, "a quote opened here is never closed; a shell refuses the file; close it");
            at_ = text_.size();
            return;
        }
        if (word_) ++word_->pieces;
        made += text_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
    }

    void double_quoted(Within within, std::string& made, bool live, int depth) {
        const auto opened = at_++;
        if (within == Within::word && word_) ++word_->pieces;
        piece(Within::quotes, made, live, depth + 1);
        if (wrong_) return;
        if (at_ >= text_.size())
            return refuse(opened, "a quote opened here is never closed; a shell refuses the file; close it");
        ++at_;
    }

    std::optional<std::string> variable(const std::string& name) const {
        auto found = out_.earlier(name);
        return found ? found : out_.caller(name);
    }

    void dollar(Within within, std::string& made, bool live, int depth) {
        const auto begin = at_++;
        mark_piece(within);
        while (text_.substr(at_, 2) == "\\\n") at_ += 2;
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        if (c == '{') return braced(within, made, live, depth);
        if (c == '(') return refuse(begin, "$( runs a command; write the value itself");
        std::string name;
        while (at_ < text_.size())
            if (text_.substr(at_, 2) == "\\\n")
                at_ += 2; // in the middle of a name, too
            else if (is_name_part(text_[at_]) && (!name.empty() || is_name(text_.substr(at_, 1))))
                name += text_[at_++];
            else
                break;
        if (!name.empty()) {
            if (live) made += variable(name).value_or("");
        } else if (c >= '1' && c <= '9') {
            ++at_; // no arguments
        } else if (c != '\0' && std::string_view("@*!").find(c) != text_.npos) {
            ++at_;
        } else if (c == '#' || c == '?') {
            ++at_;
            made += '0';
        } else {
            made += '$';
            if (c == '$' || c == '0' || c == '-') {
                unknown(begin, std::string("$") + c);
                made += text_[at_++];
            }
        }
    }

    static bool is_name_part(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    }

    void braced(Within within, std::string& made, bool live, int depth) {
        const auto begin = at_ - 1;
        auto end = ++at_;
        while (end < text_.size() && is_name_part(text_[end])) ++end;
        const std::string name(text_.substr(at_, end - at_));
        at_ = end;
        if (!is_name(name) || at_ >= text_.size())
            return refuse(begin, "${ is not followed by a name and '}'; write ${NAME}");
        const bool colon = text_[at_] == ':';
        at_ += colon;
        const char mark = at_ < text_.size() ? text_[at_] : '\0';
        const auto value = variable(name);
        if (mark == '}' && !colon) {
            ++at_;
            if (live) made += value.value_or("");
            return;
        }
        if (std::string_view("-=?+").find(mark) == text_.npos || mark == '\0')
            return refuse(begin, "this form of ${ is not read here; write the value itself");
        ++at_;
        std::string fallback;
        const bool there = value && (!colon || !value->empty());
        const bool used = live && (mark == '+' ? there : !there);
        const bool quoted = within == Within::quotes || within == Within::braces_in_quotes;
        piece(quoted ? Within::braces_in_quotes : Within::braces, fallback, used, depth + 1);
        if (wrong_) return;
        if (at_ >= text_.size())
            return refuse(begin, "${ opened here is never closed; a shell refuses the file; add }");
        ++at_;
        if (used && mark == '?') return refuse(begin, fmt::format("{} is required (${{{}?}}) but not set", name, name));
        if (used && mark == '=') out_.define(name, fallback);
        if (live) made += used ? fallback : mark == '+' ? std::string() : value.value_or("");
    }

    EnvCollector& out_;
    std::string_view text_;
    std::size_t at_ = 0;
    ShellPiece* word_ = nullptr;
    bool wrong_ = false;   // this command can't be judged
    bool skipped_ = false; // behind || of what succeeds, behind && of what fails
    struct Failed {
        std::size_t at = 0;
        std::string message; // empty: it succeeds
        bool told = false;
    };
    Failed failed_; // the last command that is run
    std::vector<std::string> set_;
};

}

void read_shell_env(EnvCollector& out) { ShellReader(out).read(); }

}
