#include "cli/render/man.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/common.h"
#include "cli/hold.h"
#include "cli/inputs.h"
#include "cli/rules.h"
#include "cli/section.h"
#include "config/config.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

// -- text as mdoc takes it ---------------------------------------------------------------------------------------

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// A character beyond ASCII by its number: not every formatter reads UTF-8.
std::string by_number(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    unsigned code = lead & (0x3fU >> more);
    for (std::size_t i = 0; i < more && at + 1 < text.size(); ++i)
        code = code << 6U | (static_cast<unsigned char>(text[++at]) & 0x3fU);
    return fmt::format("\\[u{:04X}]", code);
}

enum class Wording { prose, literal }; // what is literal can be copied from the page into a shell

std::string escaped(std::string_view text, Wording words) {
    std::string result;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool as_it_is = words == Wording::literal || quoted;
        if (static_cast<unsigned char>(c) >= 0x80)
            result += by_number(text, i);
        else if (c == '\\')
            result += "\\e";
        else if (c == '"')
            result += "\\(dq";
        else if (c == '`' && words == Wording::prose)
            result += (quoted = !quoted) ? "\\(oq" : "\\(cq";
        else if (c == '`')
            result += "\\(ga";
        else if (c == '\'' && as_it_is)
            result += "\\(aq";
        else if (c == '^')
            result += "\\(ha";
        else if (c == '~')
            result += "\\(ti";
        else if (c == '-' && (as_it_is || text.substr(i, 2) == "--" || (i > 0 && text[i - 1] == '-')))
            result += "\\-";
        else
            result += c;
    }
    return result;
}

// A line of text that begins like a request is none.
std::string line_of(std::string text) { return (text.starts_with('.') || text.starts_with('\'') ? "\\&" : "") + text; }

// A name of ours is never hyphenated: it could not be copied.
bool is_name(std::string_view word) {
    const auto dot = word.find('.');
    const bool inner_dot = dot != std::string_view::npos && dot + 1 < word.size() && dot > 0;
    return inner_dot || word.find('_') != std::string_view::npos || word.starts_with("fairlead");
}

// Each sentence begins a line, and no line is longer than 80 bytes: what mandoc -Tlint asks for.
std::string prose(std::string_view text) {
    constexpr std::size_t width = 78;
    std::string result, line;
    bool sentence_ends = false;
    for (const std::string& piece : split(escaped(replace_all(text, "\n", " "), Wording::prose), ' ')) {
        if (piece.empty()) continue;
        const std::string word = (is_name(piece) ? "\\%" : "") + piece;
        const bool begins = sentence_ends && !is_lower(piece.front());
        if (!line.empty() && (begins || line.size() + 1 + word.size() > width)) {
            result += line_of(line) + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
        sentence_ends = word.ends_with('.') || word.ends_with('?') || word.ends_with('!') || word.ends_with(".)");
    }
    return result + line_of(line) + "\n";
}

// A word as the argument of a macro: neither a macro itself (two or three letters, `Ar`) nor punctuation of its own.
std::string argument(std::string_view text) {
    const bool macro_like =
        text.size() <= 3 && !text.empty() && is_upper(text[0]) && std::all_of(text.begin() + 1, text.end(), is_lower);
    const bool plain = !text.empty() && std::isalnum(static_cast<unsigned char>(text[0])) && !macro_like;
    const std::string word = (plain ? "" : "\\&") + escaped(text, Wording::literal);
    return word.find(' ') == std::string::npos ? word : '"' + word + '"';
}

std::string item(const std::string& head, std::string_view text) { return ".It " + head + "\n" + prose(text); }

std::string list(const std::string& items) { return items.empty() ? items : ".Bl -tag -width Ds\n" + items + ".El\n"; }

std::string part(std::string_view title, const std::string& text) {
    return text.empty() ? text : fmt::format(".Sh {}\n{}", title, text);
}

// -- the parts of the page ---------------------------------------------------------------------------------------

std::string date() {
    constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
    const auto parts = split(day(), '-');
    const auto number = [&](std::size_t i) { return i < parts.size() ? parse_integer(parts[i]).value_or(1) : 1; };
    const auto month = std::clamp<std::int64_t>(number(1), 1, 12);
    return fmt::format("{} {}, {}", months[month - 1], number(2), number(0));
}

// "judges reports: may this change go on"
std::string one_line(std::string text) {
    while (text.ends_with('.') || text.ends_with('?')) text.pop_back();
    if (text.size() > 1 && is_upper(text[0]) && !is_upper(text[1])) text[0] = lower(text.substr(0, 1))[0];
    return escaped(text, Wording::prose);
}

std::string words_of(const Spec& spec, const Command* command) {
    std::string text;
    for (const Input& input : spec.inputs) {
        const bool taken = input.of.empty() || !command ||
                           std::find(input.of.begin(), input.of.end(), command->name) != input.of.end();
        if (!input.positional || !taken || is_hidden(spec, input)) continue;
        const std::string more = input.target.type == Type::text_list ? " ..." : "";
        text += fmt::format(".Op Ar {}{}\n", argument(placeholder_of(input)), more);
    }
    return text;
}

std::string synopsis(const Spec& spec) {
    const std::string name = program_name(spec);
    const std::string flags = ".Op Ar flag ...\n";
    std::string text;
    if (spec.commands.empty()) text = fmt::format(".Nm {}\n{}{}", name, flags, words_of(spec, nullptr));
    if (has_rules_word(spec)) text += fmt::format(".Nm {}\n.Cm {}\n{}", name, rules_command().name, flags);
    if (spec.commands.empty()) return text;
    for (const Command& command : spec.commands) {
        if (command.hidden) continue;
        const bool first = &command == &spec.commands.front();
        text += fmt::format(".Nm {}\n{}{}\n{}{}", name, first ? ".Op Cm " : ".Cm ", argument(command.name), flags,
                            words_of(spec, &command));
    }
    return text + fmt::format(".Nm {}\n.Cm help\n.Op Ar command\n", name);
}

std::string description(const Spec& spec) {
    std::string text = prose(spec.summary);
    std::string paragraph;
    for (const std::string& line : split(std::string(trim(spec.details)) + "\n", '\n')) {
        if (!line.empty()) {
            paragraph += line + " ";
        } else if (!paragraph.empty()) {
            text += ".Pp\n" + prose(paragraph);
            paragraph.clear();
        }
    }
    return text;
}

std::string commands(const Spec& spec) {
    std::string items;
    for (const Command& command : spec.commands) {
        if (command.hidden) continue;
        const bool first = &command == &spec.commands.front();
        items += item("Cm " + argument(command.name), command.help + (first ? " This is the default." : ""));
    }
    if (has_rules_word(spec)) return list(item("Cm " + rules_command().name, rules_command().help));
    if (!items.empty())
        items +=
            item("Cm help Op Ar command", "Shows the help of the tool, or of a single command; --help does the same.");
    return list(items);
}

std::string head_of(const Flag& flag, const std::string& value) {
    const std::string short_form = flag.short_name ? fmt::format("Fl {} , ", flag.short_name) : "";
    const std::string placeholder = flag.takes_value ? " Ar " + argument(value) : "";
    return short_form + "Fl " + escaped("-" + flag.name, Wording::literal) + placeholder;
}

std::string options(const Spec& spec) {
    Common common;
    const std::vector<Input> shared = common_inputs(spec, common);
    const std::vector<Flag> flags = all_flags(spec, shared);
    const auto flag_of = [&](const std::string& name) {
        return *std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
    };
    const auto items = [&](const std::vector<Input>& inputs) {
        std::string text;
        for (const Input& input : inputs)
            if (has_flag(input) && !is_hidden(spec, input))
                text += item(head_of(flag_of(input.name), placeholder_of(input)), in_full(spec, input, help_of(input)));
        return text;
    };
    std::string text;
    for (const Group& group : in_groups(spec.inputs)) {
        const std::string rows = items(group.inputs);
        if (rows.empty()) continue;
        const std::string title =
            group.title.empty() ? "" : ".Ss " + upper(group.title.substr(0, 1)) + group.title.substr(1) + "\n";
        text += title + list(rows);
    }
    std::string rest = items(shared);
    for (const Question& question : questions())
        if (!question.hidden) rest += item(head_of(flag_of(question.name), question.placeholder), question.help);
    return text + ".Ss Flags of every tool\n" + list(rest);
}

std::string environment(const Spec& spec) {
    const auto names = variable_names(spec.tool, "x-y");
    std::vector<std::string> without_dashes;
    for (const std::string& name : names)
        if (name.find('-') == std::string::npos) without_dashes.push_back(name);
    std::vector<std::string> typed;
    for (const Input& input : spec.inputs)
        if (input.typed && has_flag(input)) typed.push_back("--" + input.name);
    std::string text =
        prose(fmt::format("A flag --x-y{} is also read from {} and, if a key is named, from fairlead.yml; the first "
                          "value that is given and not empty wins, starting with the flag.",
                          typed.empty() ? "" : " except " + join(typed, ", "), join(without_dashes, ", ")));
    std::string items;
    for (const Input& input : spec.inputs) {
        if (has_flag(input)) continue;
        const std::string name = variable_names(spec.tool, input.name).back();
        items += item("Ev " + argument(name), fmt::format("{} A secret: no flag takes it. {}_FILE may name a file "
                                                          "that holds it.",
                                                          input.help, name));
    }
    if (!spec.outputs.empty()) {
        std::vector<std::string> outputs;
        for (const Output& output : spec.outputs) outputs.push_back(output.name);
        items +=
            item("Ev GITHUB_OUTPUT", fmt::format("A file to which the outputs are added: {}.", join(outputs, ", ")));
    }
    items += item("Ev GITHUB_STEP_SUMMARY", "A file to which a summary of the report is added.");
    return text + list(items);
}

std::string meaning(const Field& field) {
    std::string text(field.help);
    if (!text.empty()) text[0] = upper(text.substr(0, 1))[0];
    if (!text.ends_with('.')) text += '.';
    if (!field.allowed.empty()) {
        const std::vector<std::string> allowed(field.allowed.begin(), field.allowed.end());
        text += fmt::format(" One of {}.", join(allowed, ", "));
    }
    if (field.needed == Needed::required) return text + " It is required.";
    const auto says = [&](const std::string& words) { return lower(field.help).find(words) != std::string::npos; };
    const bool told = field.fallback.empty() || says("default") || says("(" + field.fallback + ")");
    return text + (told ? "" : fmt::format(" Default: {}.", field.fallback));
}

// Where there are several kinds, a key says with which it goes.
std::string its_kind(std::span<const Field> fields, const Field& field) {
    const Field* kind = find_field(fields, "kind");
    if (field.of.empty() || !kind || kind->allowed.size() < 2) return {};
    return fmt::format(" Only for kind {}.", one_of(std::vector<std::string>(field.of.begin(), field.of.end())));
}

std::string keys(std::span<const Field> fields, const std::string& above) {
    std::string items;
    for (const Field& field : fields) {
        const std::string name = above + std::string(field.name.empty() ? "NAME" : field.name);
        const bool opens = !field.children.empty();
        // A map says all that it is by what is in it.
        if (!opens || field.or_text || !field.help.empty())
            items += item(fmt::format("Va {} Pq {}", argument(name), name_of(field.type)),
                          meaning(field) + its_kind(fields, field));
        const std::string below = field.type == Type::map_list ? "[]." : field.type == Type::open_map ? ".NAME." : ".";
        if (!opens) continue;
        const bool free_name = field.type == Type::open_map;
        items += keys(free_name ? field.children.front().children : field.children, name + below);
    }
    return items;
}

std::string files(const Spec& spec) {
    const Section section(spec);
    const auto fields = spec.tool.empty() ? config::common_fields() : section.fields();
    const std::string whose =
        spec.tool.empty()
            ? ""
            : fmt::format(" in the section {0}, and for a single environment in environments.NAME.{0}", spec.tool);
    const std::string items = keys(fields, spec.tool.empty() ? "" : spec.tool + ".");
    const std::string file = item("Pa fairlead.yml", "The configuration: the nearest fairlead.yml in this folder or "
                                                     "above it, within the repository, or the file of --config.");
    if (items.empty()) return list(file);
    return list(file) + prose(fmt::format("It may say{}:", whose)) + list(items);
}

std::string exit_status() {
    return list(item("0", "Yes: clean, passed, done.") +
                item("1", "No: findings, failed, refused; also evidence that can't be read.") +
                item("2", "Wrong use or configuration; nothing was changed.") +
                item("3", "Could not: network, disk, lock, interrupted."));
}

std::string examples(const Spec& spec) {
    std::string text;
    for (const std::string& example : spec.examples) // unfilled: a line that is broken within quotes is another command
        text += ".Bd -literal -offset indent\n" + escaped(example, Wording::literal) + "\n.Ed\n";
    return text;
}

std::string see_also(const Spec& spec) {
    std::vector<std::string> pages = {"fairlead"};
    for (const std::string_view tool : config::built_tools()) pages.push_back("fairlead-" + std::string(tool));
    std::erase(pages, program_name(spec));
    std::sort(pages.begin(), pages.end());
    std::string text;
    for (const std::string& page : pages) text += fmt::format(".Xr {} 1{}\n", page, &page == &pages.back() ? "" : " ,");
    return text;
}

}

std::string render_man(const Spec& spec) {
    const std::string name = program_name(spec);
    return fmt::format(
               ".\\\" Rendered from the declaration in tools/{}.cpp; do not edit.\n.Dd {}\n.Dt {} 1\n.Os Fairlead {}\n",
               spec.tool.empty() ? "fairlead" : spec.tool, date(), upper(name), version()) +
           part("NAME", fmt::format(".Nm {}\n.Nd {}\n", name, one_line(spec.summary))) +
           part("SYNOPSIS", synopsis(spec)) + part("DESCRIPTION", description(spec)) +
           part("COMMANDS", commands(spec)) + part("OPTIONS", options(spec)) + part("ENVIRONMENT", environment(spec)) +
           part("FILES", files(spec)) + part("EXIT STATUS", exit_status()) + part("EXAMPLES", examples(spec)) +
           part("SEE ALSO", see_also(spec)) +
           part("SECURITY CONSIDERATIONS", describe_needs(spec).empty() ? "" : prose(describe_needs(spec)));
}

}
