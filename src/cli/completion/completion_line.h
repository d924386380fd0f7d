#pragma once
#include "cli/spec.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The parts of a tool's command line that a shell can complete, and helpers that the writers for bash, zsh and fish
// share.
namespace fairlead::cli::completion {

enum class Values { free, words, files, folders, environments };

struct Option {
    std::string name;
    char short_name = 0;
    bool takes_value = false;
    bool repeats = false;
    std::string placeholder = {}, help = {};
    Values values = Values::free;
    std::vector<std::string> words = {}; // values for Values::words
    std::vector<std::string> of = {};    // commands that have it; empty: all
};

struct Line {
    std::string program, identifier; // "fairlead-deploy", "fairlead_deploy"
    std::vector<Command> commands;   // the first is the default
    std::vector<Option> options, positional;
    Command word; // for a tool without commands: a word that may be its only word; no name: there is no such word
    std::vector<std::string> tools; // for the front command: `fairlead X` means `fairlead-X`
};

std::string bash(const Line& line);
std::string zsh(const Line& line);
std::string fish(const Line& line);

constexpr std::string_view help_of_help = "Shows the help of the tool, or of a single command.";

std::vector<std::string> names_of(const std::vector<Command>& commands);
std::vector<std::string> spelled(const Option& option); // "--env", "-e"
std::vector<std::string> with_values(const Line& line); // the flags that take the next word as their value
bool belongs(const Option& option, const std::string& command);
std::string shell_word(std::string_view text); // a word that bash and zsh don't change
std::string shell_words(const std::vector<std::string>& words);
std::string filled(std::string text, std::initializer_list<std::pair<const char*, std::string>> values);

}
