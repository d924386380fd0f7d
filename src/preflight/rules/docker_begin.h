#pragma once
#include "preflight/rules/docker.h"
#include <string>
#include <vector>

// How a container begins: what ENTRYPOINT and CMD start, the scripts behind them, and whether these give up root.
namespace fairlead::preflight::docker {

bool starts(const Dockerfile& subject, Verb verb); // whether the image has such an instruction of its own

// The last ENTRYPOINT and CMD; null: there is none.
struct StartWords {
    const Instruction *entrypoint = nullptr, *command = nullptr;
};
StartWords start_words(const Dockerfile& subject);
// The program that the container begins with, by the last CMD or ENTRYPOINT; empty: they name none.
std::string first_program(const Dockerfile& subject);
bool is_script(const Instruction& begins);               // sh -c "nginx -g 'daemon off;'"
const std::string& script_of(const Instruction& begins); // what a shell is given, of the exec form or the other

struct Script {
    std::string path, text;
};
// The scripts that the container begins with, as far as the project has them.
std::vector<Script> scripts_of(const Dockerfile& subject, const Project& project);
// It says itself, or a script that it begins with says, that it goes on as another user.
bool start_drops_root(const Dockerfile& subject, const std::vector<Script>& scripts, const Project& project);
// The server whose workers run as another user by its own configuration: "nginx"; empty: it begins with none.
std::string server_that_drops(const Dockerfile& subject, const std::vector<Script>& scripts);

}
