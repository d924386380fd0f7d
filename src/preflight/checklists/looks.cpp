#include "preflight/checklists/looks.h"
#include "base/printable.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

constexpr Look look_rows[] = {
    {"backup", "status"},  {"backup", "list"},     {"backup", "doctor"},   {"backup", "prune", true},
    {"deploy", "plan"},    {"deploy", "status"},   {"deploy", "history"},  {"deploy", "rollback", true},
    {"gate", ""},          {"migrate", "ping"},    {"migrate", "plan"},    {"migrate", "pending"},
    {"migrate", "status"}, {"migrate", "history"}, {"migrate", "lint"},    {"smoke", ""},
    {"scan", "staged"},    {"scan", "range"},      {"scan", "tree", true}, {"migrate", "rehearse"},
};

std::string spelled(const Look& look) {
    return fmt::format("fairlead-{}{}{}{}", look.tool, look.command.empty() ? "" : " ", look.command,
                       look.dry ? " --dry-run" : "");
}

// Flags that let a command that looks write after all, start a program of the project, or make it another one.
constexpr std::string_view writing[] = {
    "--export",  "--sign-off", "--rebuild", "--plan", "--metrics",    "--install",  "--output", "--write-baseline",
    "--confirm", "--config",   "--watch",   "--fix",  "--accept-new", "--log-file", "--run",    "--ask-tool"};

// Flags by which a command asks nothing and says yes.
constexpr std::string_view telling[] = {"--help", "-h", "--version", "--explain-config", "--render"};

bool is_flag(const std::string& word, std::string_view flag) {
    return word == flag || (word.starts_with(flag) && word.size() > flag.size() && word[flag.size()] == '=');
}

template <std::size_t Count>
bool is_among(const std::string_view (&flags)[Count], const std::string& word) {
    return std::any_of(std::begin(flags), std::end(flags), [&](std::string_view flag) { return is_flag(word, flag); });
}

}

std::span<const Look> looks() { return look_rows; }

Result<void> check_look(const std::vector<std::string>& command) {
    const auto is_meant = [&](const Look& look) {
        if (command.empty() || command[0] != "fairlead-" + std::string(look.tool)) return false;
        const bool has_word = command.size() > 1 && !command[1].starts_with('-');
        if (look.command.empty() ? has_word : !has_word || command[1] != look.command) return false;
        return !look.dry || std::find(command.begin(), command.end(), "--dry-run") != command.end();
    };
    const auto* const look = std::find_if(std::begin(look_rows), std::end(look_rows), is_meant);
    if (look == std::end(look_rows)) {
        std::vector<std::string> known;
        for (const Look& look : look_rows) known.push_back(spelled(look));
        return usage(fmt::format("command '{}' is not one of the commands that only look; expected {}",
                                 one_line(join(command, " ")), one_of(known)));
    }
    for (const auto& word : command)
        if (is_among(telling, word) || (!look->dry && is_flag(word, "--dry-run")))
            return usage(fmt::format("with '{}', {} checks nothing and always passes; leave it out", one_line(word),
                                     command[0]));
    for (const auto& word : command)
        if (is_among(writing, word))
            return usage(fmt::format("an item only looks, so '{}' is not allowed: with it, {} could write a file, do "
                                     "something else or start a program of the project; leave it out",
                                     one_line(word), command[0]));
    return {};
}

}
