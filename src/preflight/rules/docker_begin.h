#pragma once
#include "preflight/parts/docker.h"
#include <string>
#include <string_view>
#include <vector>

// Examines how a container starts: the programs of ENTRYPOINT and CMD, their scripts, and whether these give up root.
namespace fairlead::preflight::docker {

bool starts(const Dockerfile& subject, Verb verb); // whether the image itself has such an instruction

// The last ENTRYPOINT and CMD; null: absent.
struct StartWords {
    const Instruction *entrypoint = nullptr, *command = nullptr;
};
StartWords start_words(const Dockerfile& subject);
// Returns the container's first program, from the last CMD or ENTRYPOINT; empty: there is no such program.
std::string first_program(const Dockerfile& subject);
bool is_script(const Instruction& begins);               // sh -c "nginx -g 'daemon off;'"
const std::string& script_of(const Instruction& begins); // the text for the shell, from the exec form or the shell form

struct Script {
    std::string path, text;
};
// Returns the scripts that the container starts with, if the project has them.
std::vector<Script> scripts_of(const Dockerfile& subject, const Project& project);
// Returns whether the container only prints something and ends, or it is the template of JetBrains' editors, which adds
// nothing to its base and starts top.
bool runs_nothing(const Dockerfile& subject);
// Returns whether it is an AWS Lambda function, by its base image or because it starts the client of Lambda's runtime.
// Only Lambda can run it, and chooses the user itself.
bool is_for_lambda(const Dockerfile& subject);
// Returns whether the start command, or a script of it, switches to another user.
bool start_drops_root(const Dockerfile& subject, const std::vector<Script>& scripts, const Project& project);
// Returns the server that runs its workers as another user by its own configuration: "nginx"; empty: no such server
// starts.
std::string server_that_drops(const Dockerfile& subject, const std::vector<Script>& scripts, const Project& project);
// Returns the program of a script's last command, which is the one that keeps running: "php-fpm7.3" for
// "/usr/sbin/php-fpm7.3 -F"; empty: the script starts something in the background, or has no command.
std::string last_program(std::string_view script);
// Returns whether the service built from it gets capabilities by `cap_add`, which a process that isn't root would not
// have.
bool gets_capabilities(const Project& project, const Dockerfile& subject);

}
