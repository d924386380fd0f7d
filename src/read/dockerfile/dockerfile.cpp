#include "read/dockerfile/dockerfile.h"
#include "base/text.h"
#include "read/dockerfile/dockerfile_parts.h"
#include "read/dockerfile/dockerfile_words.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr std::size_t largest_dockerfile = 1 << 20;
constexpr std::size_t longest_line = 65535; // BuildKit's scanner takes no longer one
constexpr int open_heredocs = 8;            // that the end of the file is looked for

struct SourceLine {
    std::string_view text; // without its end
    std::size_t begin = 0, next = 0;
};

class LineReader {
  public:
    explicit LineReader(std::string_view text) : text_(text) {}

    bool more() const { return at_ < text_.size(); }
    int number() const { return number_; } // of the line that take() gave last
    SourceLine take() {
        const auto end = std::min(text_.find('\n', at_), text_.size());
        SourceLine line{text_.substr(at_, end - at_), at_, std::min(end + 1, text_.size())};
        while (!line.text.empty() && line.text.back() == '\r') line.text.remove_suffix(1);
        at_ = line.next;
        ++number_;
        return line;
    }
    struct Mark {
        std::size_t at;
        int number;
    };
    Mark mark() const { return {at_, number_}; }
    void back_to(Mark mark) {
        at_ = mark.at;
        number_ = mark.number;
    }
    std::size_t position() const { return at_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    int number_ = 0;
};

std::size_t leading(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && blank_at(text, at) > 0) at += blank_at(text, at);
    return at;
}

// The length without a continuation at the end, or nothing: the last that isn't blank is the escape character, which
// no other one stands before.
std::optional<std::size_t> continued(std::string_view line, char escape) {
    const auto last = line.find_last_not_of(" \t");
    if (last == line.npos || line[last] != escape || (last > 0 && line[last - 1] == escape)) return std::nullopt;
    return last;
}

std::optional<Directive> directive_of(std::string_view line, int number) {
    if (!line.starts_with('#')) return std::nullopt;
    line.remove_prefix(1);
    line.remove_prefix(leading(line));
    const auto equals = line.find('=');
    if (equals == line.npos) return std::nullopt;
    const std::string name = lower(trim(line.substr(0, equals)));
    const std::string_view value = trim(line.substr(equals + 1));
    if (value.empty() || (name != "syntax" && name != "escape" && name != "check")) return std::nullopt;
    return Directive{number, name, std::string(value)};
}

class DockerfileReader {
  public:
    explicit DockerfileReader(std::string_view text) : text_(text), lines_(text) {
        file_.lines = {0};
        for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) file_.lines.push_back(at + 1);
    }

    Dockerfile read() {
        if (text_.starts_with("\xEF\xBB\xBF")) bom_ = 3;
        while (lines_.more()) {
            const SourceLine line = lines_.take();
            std::string_view text = line.text;
            std::size_t begin = line.begin;
            if (lines_.number() == 1) {
                text.remove_prefix(bom_);
                begin += bom_;
            }
            const std::size_t blanks = leading(text);
            text.remove_prefix(blanks);
            begin += blanks;
            directive(text);
            if (text.starts_with('#')) comment(text);
            if (text.empty() || text.front() == '#' || too_long(line)) continue;
            instruction(text, begin, static_cast<int>(code_points(line.text.substr(0, begin - line.begin))) + 1);
        }
        if (file_.instructions.empty()) problem(1, 0, "the Dockerfile has no instruction; begin it with FROM");
        find_stages(file_);
        return std::move(file_);
    }

  private:
    void problem(int line, int column, std::string message) {
        file_.problems.push_back({line, column, std::move(message)});
    }

    bool too_long(const SourceLine& line) {
        if (line.text.size() <= longest_line) return false;
        problem(
            lines_.number(), 0,
            fmt::format("the line has {} bytes; BuildKit reads at most {}; split it", line.text.size(), longest_line));
        return true;
    }

    void directive(std::string_view line) {
        if (directives_over_) return;
        auto found = directive_of(line, lines_.number());
        directives_over_ = !found;
        if (!found) return;
        const auto same = [&](const Directive& one) { return one.name == found->name; };
        if (std::any_of(file_.directives.begin(), file_.directives.end(), same))
            problem(lines_.number(), 1,
                    fmt::format("directive '{}' is here twice; remove one of the two", found->name));
        else if (found->name == "escape" && found->value != "\\" && found->value != "`")
            problem(lines_.number(), 1, "the escape character is not \\ or `; write either of them");
        else if (found->name == "escape")
            file_.escape = found->value.front();
        file_.directives.push_back(std::move(*found));
    }

    void comment(std::string_view line) {
        file_.comments.push_back({lines_.number(), std::string(trim(line.substr(1)))});
    }

    void instruction(std::string_view first, std::size_t begin, int column) {
        Instruction instruction;
        instruction.column = column;
        instruction.line = lines_.number();
        MappedText line;
        auto end = continued(first, file_.escape);
        line.add(first.substr(0, end.value_or(first.size())), begin);
        std::size_t last = begin + first.size();
        while (end && lines_.more()) {
            const SourceLine next = lines_.take();
            last = next.begin + next.text.size();
            const std::string_view content = next.text.substr(leading(next.text));
            directives_over_ = true;
            if (content.starts_with('#')) {
                comment(content);
            } else if (content.empty()) {
                instruction.empty_lines.push_back(lines_.number());
            } else if (!too_long(next)) {
                end = continued(next.text, file_.escape);
                line.add(next.text.substr(0, end.value_or(next.text.size())), next.begin);
            }
        }
        instruction.end_line = lines_.number();
        instruction.at = {begin, last};
        finish(std::move(instruction), line);
    }

    void finish(Instruction instruction, const MappedText& line) {
        read_instruction(instruction, line, file_.escape, file_.problems);
        Instruction* inner = instruction.trigger.empty() ? &instruction : &instruction.trigger.front();
        if (!inner->exec && (inner->verb == Verb::run || inner->verb == Verb::copy || inner->verb == Verb::add))
            heredocs(*inner, line.text(), instruction);
        if (inner != &instruction) {
            inner->line = instruction.line;
            inner->end_line = instruction.end_line;
            inner->at = instruction.at;
        }
        if (inner->verb == Verb::from) posix_ = file_.escape == '\\';
        read_commands(*inner, line, posix_);
        if (inner->verb == Verb::shell && inner->exec && !inner->words.empty())
            posix_ = is_shell(inner->words.front().text);
        check_instruction(instruction, file_.problems);
        file_.instructions.push_back(std::move(instruction));
    }

    void heredocs(Instruction& owner, std::string_view line, Instruction& outer) {
        for (Heredoc& heredoc : find_heredocs(line)) {
            const auto start = lines_.mark();
            heredoc.line = lines_.number() + 1;
            heredoc.at = {lines_.position(), lines_.position()};
            bool ended = false;
            while (!ended && lines_.more() && unended_ < open_heredocs) {
                const SourceLine next = lines_.take();
                std::string_view possible = next.text;
                if (heredoc.chomp) possible.remove_prefix(std::min(possible.find_first_not_of('\t'), possible.size()));
                ended = possible == heredoc.name;
                if (!ended) heredoc.at.end = next.next;
            }
            if (!ended) {
                ++unended_;
                problem(
                    outer.line, 0,
                    fmt::format("the heredoc {0} never ends; end it with a line that holds only {0}", heredoc.name));
                outer.wrong = owner.wrong = true;
                lines_.back_to(start);
                return;
            }
            heredoc.text = text_.substr(heredoc.at.begin, heredoc.at.end - heredoc.at.begin);
            outer.end_line = lines_.number();
            owner.heredocs.push_back(std::move(heredoc));
        }
    }

    std::string_view text_;
    LineReader lines_;
    Dockerfile file_;
    std::size_t bom_ = 0;
    int unended_ = 0;
    bool directives_over_ = false, posix_ = true;
};

constexpr std::array<std::string_view, 19> instruction_names = {
    "",      "ADD",        "ARG",     "CMD", "COPY",  "ENTRYPOINT", "ENV",  "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"};

}

std::string_view name_of(Verb verb) { return instruction_names[static_cast<std::size_t>(verb)]; }

const Flag* Instruction::flag(std::string_view name) const {
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& one) { return one.name == name; });
    return found == flags.end() ? nullptr : &*found;
}

Dockerfile read_dockerfile(std::string_view text) {
    if (text.size() <= largest_dockerfile) return DockerfileReader(text).read();
    Dockerfile file;
    file.lines = {0};
    file.problems.push_back({1, 0, "the file is larger than 1 MiB, the limit for a Dockerfile; split it"});
    return file;
}

}
