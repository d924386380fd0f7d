#pragma once
#include "base/words.h"
#include "preflight/project.h"
#include "read/dockerfile/dockerfile.h"
#include "read/dockerfile/dockerfile_scope.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// Helpers of the docker-* rules: which instructions count, what a command does, where a hit is placed.
namespace fairlead::preflight::docker {

using read::Command;
using read::Instruction;
using read::Verb;

struct Placed {
    const Instruction* instruction = nullptr;
    std::size_t stage = 0;
    bool trigger = false; // from ONBUILD, so it runs in another build
};

// Returns the instructions that make the image: those of the stages that the target is based on (FROM), in order, then
// the target's own, with the content of ONBUILD.
std::vector<Placed> shipped(const Dockerfile& subject);
// Returns the same, preceded by the instructions of stages that these copy from or mount.
std::vector<Placed> built(const Dockerfile& subject);
std::size_t target_stage(const Dockerfile& subject); // only valid if shipped() is not empty

std::string stage_name(const Dockerfile& subject); // name of the target stage: "stage web", "the last stage"

std::string brief(std::string_view text, std::size_t most = 40); // `most` in code points, "…" if cut

Hit& hit(const Dockerfile& subject, Hits& hits, const Instruction& instruction, std::string message);
Hit& hit_at(const Dockerfile& subject, Hits& hits, std::size_t offset, std::string message);
Hit& hit_at(const Dockerfile& subject, Hits& hits, const Command& command, std::string message);
// These functions add an edit for `--fix`, but only for words that the file contains unchanged.
void replace(const Dockerfile& subject, Hit& hit, read::Span at, std::string text);
void insert(const Dockerfile& subject, Hit& hit, std::size_t at, std::string text);

// Returns whether a command has one of the options: long options by name (--yes, --opt=value), short options also in
// clusters (-qy). Quotes don't matter.
bool has_option(const Command& command, std::initializer_list<std::string_view> names);
std::string_view option_value(const Command& command, std::string_view name); // "--name=value", "--name value"
// Returns the first word after the program that is not an option: "install". operands() returns the later words that
// are not options.
std::string_view subcommand(const Command& command);
std::vector<const read::ShellWord*> operands(const Command& command,
                                             std::initializer_list<std::string_view> with_value = {});
bool runs(const Command& command, std::initializer_list<std::string_view> programs, std::string_view sub = {});

// Runs a rule for one command of RUN, on every instruction that the target needs. `judge` returns the message, or an
// empty text.
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
    std::string name;   // as written, without tag and digest: "ghcr.io/a/b"
    std::string family; // "python" for docker.io/library/python
    std::string tag, digest;
};
Image image_of(std::string_view reference);
// Returns the image at the end of the target stage's FROM chain; empty name: scratch or unknown.
Image base_image(const Dockerfile& subject);

bool has_mount(const Instruction& run, std::string_view type, std::string_view target_part); // RUN --mount
// Returns the value of an ENV or ARG at the end of the target; empty: not set.
std::string environment(const Dockerfile& subject, std::string_view name);

}
