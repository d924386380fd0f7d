#include "base/text.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "cli/render/render.h"
#include "cli/rules.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

struct Row {
    std::string left, right;
};

std::string left_of(const Flag& flag, const std::string& value) {
    const std::string short_form = flag.short_name ? fmt::format("-{}, ", flag.short_name) : "    ";
    return short_form + "--" + flag.name + (flag.takes_value ? " " + value : "");
}

constexpr std::size_t line_width = 80;

std::string wrapped(std::string_view text, std::size_t indent) {
    const std::size_t width = line_width - indent;
    std::string result, line;
    for (const std::string& word : split(text, ' ')) {
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            result += line + "\n" + std::string(indent, ' ');
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return result + line;
}

// A command line that is too long goes on in the next one, from flag to flag.
std::string example_lines(std::string rest) {
    std::string lines;
    for (std::string indent = "  "; !rest.empty(); indent = "      ") {
        const bool fits = indent.size() + rest.size() <= line_width;
        const std::size_t cut = fits ? rest.size() : rest.rfind(" --", line_width - indent.size() - 2);
        lines += indent + rest.substr(0, cut);
        rest.erase(0, cut == std::string::npos ? cut : cut + 1);
        lines += rest.empty() ? "\n" : " \\\n";
    }
    return lines;
}

std::string table(const std::string& title, const std::vector<Row>& rows) {
    if (rows.empty()) return {};
    constexpr std::size_t widest = 26;
    std::size_t column = 0;
    for (const Row& row : rows) column = std::max(column, std::min(row.left.size(), widest));
    std::string result = "\n" + title + ":\n";
    for (const Row& row : rows) {
        const std::string gap = row.left.size() > column ? "\n" + std::string(column + 4, ' ')
                                                         : std::string(column + 2 - row.left.size(), ' ');
        result += "  " + row.left + gap + wrapped(row.right, column + 4) + "\n";
    }
    return result;
}

// What help is about: a tool, or one command of it.
struct Subject {
    const Spec& spec;
    const Command* command; // nullptr: the whole tool
    std::vector<Flag> flags;

    bool shows(const Input& input) const { return command ? belongs(input, command->name) : !is_hidden(spec, input); }
    const Flag* flag_of(const std::string& name) const {
        const auto flag = std::find_if(flags.begin(), flags.end(), [&](const Flag& one) { return one.name == name; });
        return flag == flags.end() ? nullptr : &*flag;
    }
    std::string name() const { return program_name(spec) + (command ? " " + command->name : ""); }
};

std::vector<Row> flag_rows(const Subject& subject, const std::vector<Input>& inputs) {
    std::vector<Row> rows;
    for (const Input& input : inputs) {
        const Flag* flag = subject.flag_of(input.name);
        if (!flag || !subject.shows(input)) continue;
        const std::string& help = subject.command ? input.help : help_of(input); // of a command: all belongs to it
        Input shown = input;
        if (input.name == "format" && !input.allowed.empty())
            shown.allowed = format_names(subject.spec, subject.command);
        rows.push_back({left_of(*flag, placeholder_of(input)), in_full(subject.spec, shown, help)});
    }
    return rows;
}

std::vector<Row> command_rows(const Subject& subject) {
    std::vector<Row> rows;
    if (subject.command) return rows;
    for (const Command& command : subject.spec.commands) {
        if (command.hidden) continue;
        const bool first = &command == &subject.spec.commands.front();
        rows.push_back({command.name, command.help + (first ? " The default." : "")});
    }
    if (has_rules_word(subject.spec)) rows.push_back({rules_command().name, rules_command().help});
    return rows;
}

std::vector<Row> secret_rows(const Subject& subject) {
    std::vector<Row> rows;
    for (const Input& input : subject.spec.inputs)
        if (!has_flag(input) && subject.shows(input))
            rows.push_back({variable_names(subject.spec.tool, input.name).back(), input.help});
    return rows;
}

std::vector<Row> question_rows(const Subject& subject) {
    std::vector<Row> rows;
    for (const Question& question : questions())
        if (!question.hidden)
            rows.push_back({left_of(*subject.flag_of(question.name), question.placeholder), question.help});
    return rows;
}

std::string usage_line(const Subject& subject) {
    const Spec& spec = subject.spec;
    std::string line = "usage: " + subject.name();
    if (!spec.commands.empty() && !subject.command) line += " [COMMAND]";
    line += " [FLAG...]";
    for (const Input& input : spec.inputs) {
        if (input.positional && subject.shows(input))
            line += fmt::format(" [{}{}]", placeholder_of(input), input.target.type == Type::text_list ? "..." : "");
    }
    line += "\n";
    if (has_rules_word(spec)) line += fmt::format("       {} {} [FLAG...]\n", subject.name(), rules_command().name);
    return line;
}

// The command lines that are of the subject: of a command those that say it, or nothing where it is the default.
std::string examples(const Subject& subject) {
    std::string lines;
    for (const std::string& example : subject.spec.examples) {
        if (subject.command && command_of_example(subject.spec, example) != subject.command->name) continue;
        lines += example_lines(example);
    }
    return lines.empty() ? lines : "\nexamples:\n" + lines;
}

// "Each flag --x-y but --force": what no variable may ask for.
std::string each_flag(const Subject& subject) {
    std::vector<std::string> typed;
    for (const auto& input : subject.spec.inputs)
        if (input.typed && subject.flag_of(input.name) && subject.shows(input)) typed.push_back("--" + input.name);
    return "Each flag --x-y" + (typed.empty() ? "" : " except " + join(typed, ", "));
}

std::string footer(const Subject& subject) {
    const auto& spec = subject.spec;
    const std::string tool =
        spec.tool.empty() ? "" : fmt::format("FAIRLEAD_{}_X_Y, ", replace_all(upper(spec.tool), "-", "_"));
    const std::string sources = fmt::format("{} is also read from INPUT_X_Y, {}FAIRLEAD_X_Y and, if a key is named, "
                                            "from fairlead.yml; the first value that is given and not empty wins.",
                                            each_flag(subject), tool);
    return fmt::format("\n{}\nExit status: 0 yes, 1 no, 2 wrong use or configuration, 3 could not.\n",
                       wrapped(sources, 0));
}

}

std::string render_help(const Spec& spec, const Command* command) {
    Common common;
    const std::vector<Input> shared = common_inputs(spec, common);
    const Subject subject{spec, command, all_flags(spec, shared)};
    const std::string title =
        fmt::format("{} {}: {}", subject.name(), version(), command ? command->help : spec.summary);
    std::string text = wrapped(title, 0) + "\n\n" + usage_line(subject) + table("commands", command_rows(subject));
    if (!command && !spec.commands.empty())
        text += "\n" +
                wrapped(fmt::format("`{} COMMAND --help` shows the help of a single command.", program_name(spec)), 0) +
                "\n";
    for (const auto& [group, inputs] : in_groups(spec.inputs))
        text += table(group.empty() ? "flags" : group, flag_rows(subject, inputs));
    text += table("secrets, from these variables or the file that NAME_FILE names", secret_rows(subject));
    std::vector<Row> rest = flag_rows(subject, shared);
    for (Row& row : question_rows(subject)) rest.push_back(std::move(row));
    text += table("flags of every tool", rest);
    return text + examples(subject) + footer(subject);
}

}
