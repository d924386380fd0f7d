#include "read/dockerfile/dockerfile_parts.h"
#include "base/text.h"
#include "read/dockerfile/dockerfile_words.h"
#include "read/place.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr std::size_t verbs = static_cast<std::size_t>(Verb::workdir) + 1;

Verb verb_of(std::string_view word) {
    const std::string name = upper(word);
    for (std::size_t i = 1; i < verbs; ++i)
        if (name_of(static_cast<Verb>(i)) == name) return static_cast<Verb>(i);
    return Verb::unknown;
}

class Arguments {
  public:
    Arguments(Instruction& instruction, const MappedText& line, Part part, char escape, std::vector<Problem>& problems)
        : instruction_(instruction), line_(line), part_(part), escape_(escape), problems_(problems) {}

    void read() {
        switch (instruction_.verb) {
        case Verb::add:
        case Verb::copy:
        case Verb::volume:
            if (!json()) instruction_.words = split_blanks(line_, part_);
            return;
        case Verb::run:
        case Verb::cmd:
        case Verb::entrypoint:
        case Verb::shell: json(); return;
        case Verb::expose:
        case Verb::from: instruction_.words = split_blanks(line_, part_); return;
        case Verb::healthcheck: health(); return;
        case Verb::env:
        case Verb::label: pairs(); return;
        case Verb::arg:
            instruction_.words = split_quoted(line_, part_, escape_);
            for (const Word& word : instruction_.words) pair(word);
            return;
        default:
            if (part_.begin < part_.end) instruction_.words = {{text(part_), line_.span(part_.begin, part_.end)}};
        }
    }

  private:
    std::string text(Part part) const { return std::string(line_.text().substr(part.begin, part.end - part.begin)); }

    void wrong(std::string message) {
        problems_.push_back({instruction_.line, 0, std::move(message)});
        instruction_.wrong = true;
    }

    bool json() {
        instruction_.broken_json = part_.begin < part_.end && line_.text()[part_.begin] == '[';
        auto array = read_json_array(line_, part_);
        if (!array) return false;
        instruction_.broken_json = false;
        if (array->others)
            wrong(fmt::format("{} has an array with items that are not strings; put each item in double quotes",
                              name_of(instruction_.verb)));
        instruction_.exec = !array->others;
        instruction_.words = std::move(array->strings);
        return true;
    }

    void health() {
        std::size_t end = part_.begin;
        while (end < part_.end && blank_at(line_.text(), end) != 1) ++end;
        const std::string kind = upper(line_.text().substr(part_.begin, end - part_.begin));
        const Part rest = trimmed(line_.text(), {end, part_.end});
        instruction_.health_none = kind == "NONE";
        if (kind != "CMD" && kind != "NONE") {
            wrong(kind.empty() ? "HEALTHCHECK has no argument; write CMD and a command, or NONE"
                               : fmt::format("HEALTHCHECK {} is unknown; expected CMD or NONE", kind));
        } else if ((kind == "CMD") == (rest.begin == rest.end)) {
            wrong(kind == "CMD" ? "HEALTHCHECK CMD has no command; write a command"
                                : "HEALTHCHECK NONE takes no argument; remove the text after NONE");
        }
        part_ = rest;
        instruction_.arguments = text(rest);
        instruction_.arguments_at = line_.span(rest.begin, rest.end);
        json();
    }

    void pair(const Word& word) {
        const auto equals = word.text.find('=');
        const bool has_value = equals != npos;
        instruction_.pairs.push_back(
            {word.text.substr(0, equals), has_value ? word.text.substr(equals + 1) : "", has_value, word.at});
    }

    void pairs() {
        const auto words = split_quoted(line_, part_, escape_);
        if (words.empty()) return;
        if (words.front().text.find('=') != npos) {
            for (const Word& word : words) {
                pair(word);
                if (!instruction_.pairs.back().has_value)
                    wrong(fmt::format("word {} of {} has no =; write NAME=value", &word - words.data() + 1,
                                      name_of(instruction_.verb))); // not the word: it may be a part of a password
            }
            return;
        }
        instruction_.legacy = true; // NAME, and the rest of the line
        const std::string_view whole = line_.text().substr(0, part_.end);
        const auto end = whole.find_first_of(" \t\v\f\r", part_.begin);
        if (end == npos) return wrong(fmt::format("{} has only a name; write NAME=value", name_of(instruction_.verb)));
        const auto value = std::min(whole.find_first_not_of(" \t\v\f\r", end), part_.end);
        instruction_.pairs.push_back(
            {text({part_.begin, end}), text({value, part_.end}), true, line_.span(part_.begin, part_.end)});
    }

    Instruction& instruction_;
    const MappedText& line_;
    Part part_;
    char escape_;
    std::vector<Problem>& problems_;
};

void read_part(Instruction& instruction, const MappedText& line, Part all, char escape,
               std::vector<Problem>& problems) {
    const std::string_view text = line.text();
    all = trimmed(text, all);
    const auto end = std::min(text.substr(0, all.end).find_first_of(" \t\v\f\r", all.begin), all.end);
    instruction.word = text.substr(all.begin, end - all.begin);
    instruction.word_at = line.span(all.begin, end);
    instruction.verb = verb_of(instruction.word);
    Flags flags = split_flags(line, {end, all.end}, escape);
    instruction.flags = std::move(flags.flags);
    const Part rest = trimmed(text, {flags.end, all.end});
    instruction.arguments = text.substr(rest.begin, rest.end - rest.begin);
    instruction.arguments_at = line.span(rest.begin, rest.end);
    if (instruction.verb != Verb::onbuild) {
        Arguments(instruction, line, rest, escape, problems).read();
        return;
    }
    Instruction trigger;
    trigger.line = instruction.line;
    trigger.column = instruction.column;
    const auto word_end = std::min(text.substr(0, rest.end).find_first_of(" \t\v\f\r", rest.begin), rest.end);
    const Verb verb = verb_of(text.substr(rest.begin, word_end - rest.begin));
    if (rest.begin == rest.end || verb == Verb::onbuild) return; // check_instruction() says why
    read_part(trigger, line, rest, escape, problems);
    instruction.trigger.push_back(std::move(trigger));
}

void append(ShellText& to, ShellText from, int heredoc) {
    const std::size_t pipelines = to.commands.empty() ? 0 : to.commands.back().pipeline + 1000000;
    for (Command& command : from.commands) {
        command.heredoc = heredoc;
        command.pipeline += pipelines;
        to.commands.push_back(std::move(command));
    }
    to.readable = to.readable && from.readable;
}

// A heredoc's text is a script where nothing else stands in the line, or where it is a shell's input.
bool is_script(const Instruction& instruction, const Heredoc& heredoc) {
    if (instruction.verb != Verb::run || heredoc.text.starts_with("#!")) {
        const std::string_view first = std::string_view(heredoc.text).substr(0, heredoc.text.find('\n'));
        const auto words = split(trim(first), ' ');
        const std::string_view program = words.empty() ? "" : std::string_view(words.front()).substr(2);
        return instruction.verb == Verb::run &&
               is_shell(program.ends_with("/env") && words.size() > 1 ? words[1] : program);
    }
    const auto& commands = instruction.shell.commands;
    return std::all_of(commands.begin(), commands.end(), [](const Command& one) { return is_shell(one.name()); });
}

MappedText body_of(const Heredoc& heredoc) {
    MappedText body;
    for (std::size_t at = 0; at < heredoc.text.size();) {
        const auto end = std::min(heredoc.text.find('\n', at), heredoc.text.size() - 1) + 1;
        std::size_t begin = at;
        while (heredoc.chomp && begin < end && heredoc.text[begin] == '\t') ++begin;
        body.add(std::string_view(heredoc.text).substr(begin, end - begin), heredoc.at.begin + begin);
        at = end;
    }
    return body;
}

}

void read_instruction(Instruction& instruction, const MappedText& line, char escape, std::vector<Problem>& problems) {
    read_part(instruction, line, {0, line.text().size()}, escape, problems);
}

void read_commands(Instruction& instruction, const MappedText& line, bool posix) {
    const Verb verb = instruction.verb;
    if (verb != Verb::run && verb != Verb::cmd && verb != Verb::entrypoint && verb != Verb::healthcheck) return;
    if (instruction.exec) {
        if (instruction.words.empty()) return;
        std::vector<ShellWord> words;
        for (const Word& word : instruction.words) words.push_back({word.text, word.at, true, false});
        instruction.shell = read_command(std::move(words));
        return;
    }
    instruction.shell.readable = posix;
    if (!posix || instruction.arguments.empty()) return;
    const std::size_t end = trimmed(line.text(), {0, line.text().size()}).end;
    instruction.shell = read_shell(line, end - instruction.arguments.size(), end);
    for (std::size_t i = 0; i < instruction.heredocs.size(); ++i) {
        const Heredoc& heredoc = instruction.heredocs[i];
        if (!is_script(instruction, heredoc)) continue;
        const MappedText body = body_of(heredoc);
        append(instruction.shell, read_shell(body, 0, body.text().size()), static_cast<int>(i));
    }
}

}
