#include "preflight/parts/trials.h"
#include "base/text.h"
#include "preflight/parts/told_commands.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <vector>

namespace fairlead::preflight {

bool is_named_for_trials(std::string_view name) {
    std::string words = lower(name);
    for (char& c : words)
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) c = ' ';
    return has_any(" " + words + " ",
                   {" test ", " tests ", " testing ", " restore ", " e2e ", " drill ", " rehearsal "});
}

namespace {

// The value that the script gives the variable: NAME="${NAME:-shop-test}", export NAME=shop-test. Of several the last.
std::string value_set(std::string_view script, std::string_view name) {
    std::string value;
    for (const auto& line : split(script, '\n')) {
        auto words = trim(std::string_view(line));
        for (const std::string_view before : {"export ", "readonly ", "local ", "declare "})
            if (words.starts_with(before)) words = trim(words.substr(before.size()));
        if (words.starts_with(name) && words.substr(name.size()).starts_with('='))
            value = words.substr(name.size() + 1);
    }
    return value;
}

// "$PROJECT" by what the script sets it to.
std::string resolved(std::string_view script, std::string_view word) {
    static const auto variable = sys::Pattern::compile(R"x(\$\{?([A-Za-z_][A-Za-z0-9_]*))x");
    std::vector<std::string_view> groups;
    std::string all(word);
    if (!variable.value().search(word, 0, groups)) return all;
    const auto value = value_set(script, groups[1]);
    return value.empty() ? all : all + " " + value;
}

// What -p of a command of compose names; empty: it has no -p.
std::string project_in(std::string_view line) {
    static const auto flag = sys::Pattern::compile(R"x(\bdocker[ -]compose\b.*?(?:\s-p|\s--project-name)[ =]+(\S+))x");
    std::vector<std::string_view> groups;
    return flag.value().search(line, 0, groups) ? std::string(groups[1]) : std::string();
}

// The lines of the function that has this name.
std::vector<std::string> body_of(const std::vector<std::string>& lines, std::string_view name) {
    const auto opens = [&](const std::string& line) {
        const auto words = replace_all(replace_all(trim(std::string_view(line)), "function ", ""), " ", "");
        return !name.empty() && (words.starts_with(std::string(name) + "(){") || words == std::string(name) + "{");
    };
    const auto first = std::find_if(lines.begin(), lines.end(), opens);
    const auto last =
        std::find_if(first, lines.end(), [](const auto& line) { return trim(std::string_view(line)).ends_with('}'); });
    return {first, last == lines.end() ? last : last + 1};
}

}

std::string without_project(std::string_view line) {
    const auto words = split(line, ' ');
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool names_next = words[i] == "-p" || words[i] == "--project-name";
        const bool is_of_compose = !kept.empty() && (kept.back() == "compose" || kept.back() == "docker-compose");
        if (is_of_compose && names_next)
            ++i;
        else if (!is_of_compose || !words[i].starts_with("--project-name="))
            kept.push_back(words[i]);
    }
    return join(kept, " ");
}

bool works_in_trial_project(std::string_view script, std::string_view line) {
    const auto is_of_trial = [&](const std::string& word) {
        const auto all = resolved(script, word);
        const bool is_of_caller = word.find('$') != word.npos && (all == word || has_any(all, {"$(", "$1", "${1"}));
        return is_of_caller || is_named_for_trials(all);
    };
    if (const auto own = project_in(line); !own.empty()) return is_of_trial(own);
    const auto lines = command_lines(script);
    const auto words = trim(line);
    for (const auto& one : body_of(lines, words.substr(0, words.find(' '))))
        if (const auto project = project_in(one); !project.empty()) return is_of_trial(project);
    return is_of_trial(value_set(script, "COMPOSE_PROJECT_NAME"));
}

}
