#pragma once
#include "preflight/project.h"
#include "read/dockerfile.h"
#include "read/dockerfile_scope.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What the docker-* rules share: which instructions count, what a command says, how a hit gets its place.
namespace fairlead::preflight::docker {

using read::Command;
using read::Instruction;
using read::Verb;

struct Placed {
    const Instruction* instruction = nullptr;
    std::size_t stage = 0;
    bool trigger = false; // ONBUILD's: it runs in another build
};

// What the image is made of: the target stage behind those that it is FROM, in order, with what ONBUILD holds.
std::vector<Placed> shipped(const Dockerfile& subject);
// The same and, before, the stages that it copies from or mounts.
std::vector<Placed> built(const Dockerfile& subject);
std::size_t target_stage(const Dockerfile& subject); // there is one, or shipped() is empty

std::string stage_name(const Dockerfile& subject); // the target's: "stage web", "the last stage"

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words);
std::string brief(std::string_view text, std::size_t most = 40); // of code points, "…" where it is cut

Hit& hit(const Dockerfile& subject, Hits& hits, const Instruction& instruction, std::string message);
Hit& hit_at(const Dockerfile& subject, Hits& hits, std::size_t offset, std::string message);
Hit& hit_at(const Dockerfile& subject, Hits& hits, const Command& command, std::string message);
// Where an exact word stands as it is, `--fix` may write another text there.
void replace(const Dockerfile& subject, Hit& hit, read::Span at, std::string text);
void insert(const Dockerfile& subject, Hit& hit, std::size_t at, std::string text);

// Of a command: whether an option stands among its words, long ones by name (--yes, --opt=value), short ones in
// clusters (-qy). Quoted or not.
bool has_option(const Command& command, std::initializer_list<std::string_view> names);
std::string_view option_value(const Command& command, std::string_view name); // "--name=value", "--name value"
// The first word behind the program that is no option: "install"; and the words behind that one which aren't either.
std::string_view subcommand(const Command& command);
std::vector<const read::ShellWord*> operands(const Command& command,
                                             std::initializer_list<std::string_view> with_value = {});
bool runs(const Command& command, std::initializer_list<std::string_view> programs, std::string_view sub = {});

// A rule of one command of RUN: the message, or nothing. Every instruction that the target needs is looked at.
using Judge = std::string (*)(const Command& command);
template <Judge judge>
void each_command(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        if (placed.instruction->verb != Verb::run) continue;
        for (const Command& command : placed.instruction->shell.commands)
            if (std::string message = judge(command); !message.empty()) hit_at(subject, hits, command, message);
    }
}

struct Image {
    std::string name;   // as it stands, without tag and digest: "ghcr.io/a/b"
    std::string family; // "python" of docker.io/library/python
    std::string tag, digest;
};
Image image_of(std::string_view reference);
// The image that the target stage stands on in the end; empty name: scratch or not known.
Image base_image(const Dockerfile& subject);

bool has_mount(const Instruction& run, std::string_view type, std::string_view target_part); // RUN --mount
// ENV or ARG of the stages that count, as it is at the end of the target: empty where it isn't set.
std::string environment(const Dockerfile& subject, std::string_view name);

}
