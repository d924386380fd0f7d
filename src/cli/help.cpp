#include "base/text.h"
#include "base/version.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "cli/render.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

struct Row {
    std::string left, right;
};

std::string placeholder(const Input& input) {
    if (!input.placeholder.empty()) return input.placeholder;
    switch (input.target.type) {
    case Type::integer:
    case Type::number: return "N";
    case Type::duration: return "DURATION";
    case Type::text_list: return "LIST";
    default: return "TEXT";
    }
}

std::string left_of(const Flag& flag, const std::string& value) {
    const std::string short_form = flag.short_name ? fmt::format("-{}, ", flag.short_name) : "    ";
    return short_form + "--" + flag.name + (flag.takes_value ? " " + value : "");
}

std::string right_of(const Spec& spec, const Input& input) {
    std::string text = help_of(input);
    if (!input.allowed.empty()) text += fmt::format(" One of {}.", join(input.allowed, ", "));
    const std::string value = replace_all(input.target.shown(), "\n", "\\n");
    if (!value.empty() && value != "false") text += fmt::format(" Default {}.", value);
    if (!input.key.empty()) text += fmt::format(" In fairlead.yml: {}.{}.", spec.tool, input.key);
    return text;
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

std::vector<Row> flag_rows(const Spec& spec, const std::vector<Input>& inputs, const std::vector<Flag>& flags) {
    std::vector<Row> rows;
    for (const Input& input : inputs) {
        if (is_hidden(spec, input)) continue;
        const auto flag = std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return f.name == input.name; });
        if (flag != flags.end()) rows.push_back({left_of(*flag, placeholder(input)), right_of(spec, input)});
    }
    return rows;
}

std::string usage_line(const Spec& spec) {
    std::string line = "usage: " + program_name(spec);
    if (!spec.commands.empty()) line += " [COMMAND]";
    line += " [FLAG...]";
    for (const Input& input : spec.inputs) {
        if (input.positional && !is_hidden(spec, input))
            line += fmt::format(" [{}{}]", placeholder(input), input.target.type == Type::text_list ? "..." : "");
    }
    return line + "\n";
}

std::string footer(const Spec& spec) {
    const std::string tool =
        spec.tool.empty() ? "" : fmt::format("FAIRLEAD_{}_X_Y, ", replace_all(upper(spec.tool), "-", "_"));
    const std::string sources =
        fmt::format("Each flag --x-y is also read from INPUT_X_Y, {}FAIRLEAD_X_Y and, where a key is named, from "
                    "fairlead.yml; the first that is given and not empty wins.",
                    tool);
    return fmt::format("\n{}\nExit status: 0 yes, 1 no, 2 wrong use or configuration, 3 could not.\n",
                       wrapped(sources, 0));
}

}

std::string render_help(const Spec& spec) {
    Common common;
    const std::vector<Input> shared = common_inputs(spec, common);
    const std::vector<Flag> flags = all_flags(spec, shared);
    const std::string title = fmt::format("{} {}: {}", program_name(spec), version(), spec.summary);
    std::string text = wrapped(title, 0) + "\n\n" + usage_line(spec);

    std::vector<Row> commands, secrets, asked;
    for (const Command& command : spec.commands) {
        if (command.hidden) continue;
        const bool first = &command == &spec.commands.front();
        commands.push_back({command.name, command.help + (first ? " The default." : "")});
    }
    for (const Input& input : spec.inputs) {
        if (!has_flag(input)) secrets.push_back({variable_names(spec.tool, input.name).back(), input.help});
    }
    for (const Question& question : questions()) {
        if (question.hidden) continue;
        const auto flag =
            std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return f.name == question.name; });
        asked.push_back({left_of(*flag, question.placeholder), question.help});
    }
    text += table("commands", commands) + table("flags", flag_rows(spec, spec.inputs, flags));
    text += table("secrets, from these variables or the file that NAME_FILE names", secrets);
    std::vector<Row> rest = flag_rows(spec, shared, flags);
    rest.insert(rest.end(), asked.begin(), asked.end());
    text += table("flags of every tool", rest);
    if (!spec.examples.empty()) text += "\nexamples:\n";
    for (const std::string& example : spec.examples) text += example_lines(example);
    return text + footer(spec);
}

}
