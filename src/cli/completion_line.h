#pragma once
#include "cli/spec.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What there is to complete on a tool's command line, whatever the shell, and what its three writers share.
namespace fairlead::cli::completion {

enum class Values { free, words, files, folders, environments };

struct Option {
    std::string name;
    char short_name = 0;
    bool takes_value = false;
    bool repeats = false;
    std::string placeholder = {}, help = {};
    Values values = Values::free;
    std::vector<std::string> words = {}; // of Values::words
    std::vector<std::string> of = {};    // commands; empty: all
};

struct Line {
    std::string program, identifier; // "fairlead-deploy", "fairlead_deploy"
    std::vector<Command> commands;   // the first is the default
    std::vector<Option> options, positional;
    Command word;                   // where there are no commands: what may stand first and alone; no name: none
    std::vector<std::string> tools; // of the front command: `fairlead X` is `fairlead-X`
};

std::string bash(const Line& line);
std::string zsh(const Line& line);
std::string fish(const Line& line);

constexpr std::string_view help_of_help = "Shows what the tool, or one command of it, takes.";

std::vector<std::string> names_of(const std::vector<Command>& commands);
std::vector<std::string> spelled(const Option& option); // "--env", "-e"
std::vector<std::string> with_values(const Line& line); // the flags whose next word is theirs
bool belongs(const Option& option, const std::string& command);
std::string shell_word(std::string_view text); // a word that bash and zsh take as it is
std::string shell_words(const std::vector<std::string>& words);
std::string filled(std::string text, std::initializer_list<std::pair<const char*, std::string>> values);

}
