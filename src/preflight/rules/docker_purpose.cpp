#include "preflight/rules/docker_purpose.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/docker_begin.h"
#include <algorithm>

namespace fairlead::preflight::docker {

namespace {

bool builds(const read::ComposeService& service, const Dockerfile& subject) {
    return service.build && path_in(service.build->context, service.build->dockerfile) == subject.file;
}

// What stands for a person at work: CMD ["/bin/sh"]
bool is_for_people(const Dockerfile& subject) {
    const Instruction* last = nullptr;
    for (const Placed& placed : shipped(subject))
        if (placed.instruction->verb == Verb::cmd) last = placed.instruction;
    const auto& words = last == nullptr ? std::vector<read::Word>() : last->words;
    return words.size() == 1 && read::is_shell(file_name(words.front().text)) && !starts(subject, Verb::entrypoint);
}

// ENTRYPOINT ["bash", "/src/build_debian.sh"]
bool starts_a_build(const Dockerfile& subject) {
    const auto* const entrypoint = start_words(subject).entrypoint;
    return entrypoint != nullptr &&
           std::any_of(entrypoint->words.begin(), entrypoint->words.end(), [](const read::Word& word) {
               const auto name = replace_all(file_name(word.text), "\"", "");
               return name.starts_with("build") && name.ends_with(".sh");
           });
}

// Every service that runs the image has a command of its own, cp -r /app/build /static, and no port.
bool is_copied_from(const Dockerfile& subject, const Project& project) {
    const auto folder = std::string(file_name(folder_of(subject.file)));
    const auto is_of = [&](const read::ComposeService& service) {
        const bool pulls = !service.build && !folder.empty() && image_of(service.image).name.ends_with("_" + folder);
        return pulls || builds(service, subject);
    };
    return every_service(subject, project, is_of, [](const Compose&, const read::ComposeService& service) {
        const auto first = service.command.empty() ? "" : file_name(service.command.front());
        return service.ports.empty() && service.entrypoint.empty() && is_one_of(first, {"cp", "mv", "rsync"});
    });
}

// Whether a compose service starts its image with a command of its own.
bool service_starts_it(const Dockerfile& subject, const Project& project) {
    const auto composes = project.composes_for(subject.profile);
    return std::any_of(composes.begin(), composes.end(), [&](const Compose& compose) {
        const auto* const service =
            compose.files.front() != subject.compose_file ? nullptr : compose.read->service(subject.service);
        return service != nullptr && (!service->command.empty() || !service->entrypoint.empty());
    });
}

}

bool is_a_job(const Dockerfile& subject, const Project& project) {
    return every_service(
        subject, project, [&](const read::ComposeService& service) { return builds(service, subject); },
        [](const Compose& compose, const read::ComposeService& service) {
            return service.ports.empty() && compose::Jobs(*compose.read).has(service);
        });
}

bool is_for_others(const Dockerfile& subject, const Project& project) {
    if (is_for_people(subject)) return true;
    const auto is_tool = [](std::string_view program) {
        return is_one_of(program, {"zip", "tar", "cp", "mv", "make", "cat", "ls", "echo", "jq", "yq", "curl", "wget",
                                   "mkdir", "chmod", "chown", "sleep", "tail"});
    };
    if (is_tool(first_program(subject)) || starts_a_build(subject)) return true;
    if (is_copied_from(subject, project)) return true;
    const auto* const command = start_words(subject).command; // mkdir -p /out && cp -R dist /out
    if (command != nullptr && !starts(subject, Verb::entrypoint) && (command->words.empty() || is_script(*command))) {
        const auto steps = split(replace_all(script_of(*command), "&&", ";"), ';');
        if (std::all_of(steps.begin(), steps.end(), [&](const std::string& step) {
                const auto words = trim(std::string_view(step));
                return is_tool(words.substr(0, words.find(' ')));
            }))
            return true;
    }
    if (starts(subject, Verb::cmd) || starts(subject, Verb::entrypoint)) return false;
    const read::Stage& target = subject.read->stages[target_stage(subject)];
    const std::string family = image_of(target.base).family;
    if (is_one_of(family, {"golang", "rust", "gcc", "maven", "gradle"})) return true;
    if (is_one_of(family, {"busybox", "scratch"}) && !starts(subject, Verb::expose)) return true; // it carries files
    const bool is_bare = is_one_of(family, {"alpine", "debian", "ubuntu", "busybox", "fedora", "centos", "rockylinux",
                                            "almalinux", "amazonlinux", "archlinux"});
    if (is_bare && !service_starts_it(subject, project) && !starts(subject, Verb::expose) &&
        !starts(subject, Verb::healthcheck))
        return true; // its start is a shell
    const bool is_interpreter = is_one_of(family, {"node", "python", "ruby", "openjdk", "eclipse-temurin",
                                                   "amazoncorretto", "ibm-semeru-runtimes", "azul/zulu-openjdk",
                                                   "bellsoft/liberica-openjdk-alpine", "sapmachine", "bun", "deno"});
    if (is_interpreter && !service_starts_it(subject, project) && !starts(subject, Verb::healthcheck))
        return true; // its start is a prompt
    const std::string& stage = target.name;
    const std::string file = lower(subject.file.substr(subject.file.rfind('/') + 1));
    for (const std::string& name : {stage, file})
        for (const std::string& dotted : split(name, '.'))
            for (const std::string& word : split(dotted, '-'))
                if (is_one_of(word, {"base", "build", "builder", "compile", "deps", "dependencies", "cli"}))
                    return true;
    return false;
}

}
