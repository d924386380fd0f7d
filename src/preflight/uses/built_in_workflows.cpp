#include "preflight/uses/built_in_workflows.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include "preflight/parts/ci_look.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/told_commands.h"
#include "preflight/subjects.h"
#include "preflight/uses/compose_doubt.h"
#include "read/dockerfile/dockerfile.h"
#include "read/shell/shell_text.h"
#include "read/workflow_steps.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

using sys::YamlNode;

constexpr std::string_view expression = "$EXPRESSION"; // what GitHub fills in, as a word of the shell

// ${{ env.IMAGE }} by its value in the workflow; of other expressions only that there is one.
std::string filled_in(std::string text, const YamlNode& root, const YamlNode& job) {
    for (int most = 0; most < 64; ++most) {
        const auto begin = text.find("${{");
        const auto end = begin == text.npos ? text.npos : text.find("}}", begin);
        if (end == text.npos) break;
        const auto inside = std::string(trim(std::string_view(text).substr(begin + 3, end - begin - 3)));
        std::string value(expression);
        for (const auto* holder : {&job, &root})
            if (const auto* const env = holder->find("env"); env != nullptr && inside.starts_with("env."))
                if (const auto* const one = env->find(inside.substr(4)); one != nullptr && !one->scalar.empty()) {
                    value = one->scalar.find(inside) == std::string::npos ? one->scalar : std::string(expression);
                    break;
                }
        text.replace(begin, end + 2 - begin, value);
    }
    return text;
}

bool is_open(std::string_view text) { return text.find('$') != text.npos || text.find("{{") != text.npos; }

std::string repository_of(std::string_view tag) { return lower(compose::image_parts(trim(tag)).repository); }

std::vector<std::string> words_of_lines(const std::string& text) { // one a line, or separated by commas
    std::vector<std::string> words;
    for (const auto& line : split(replace_all(text, ",", "\n"), '\n'))
        if (const auto word = trim(std::string_view(line)); !word.empty() && !word.starts_with('#'))
            words.emplace_back(word);
    return words;
}

// images: of docker/metadata-action, for tags: ${{ steps.meta.outputs.tags }}
std::set<std::string> images_of_metadata(const YamlNode& root, const YamlNode& job) {
    std::set<std::string> images;
    for (const auto* const step : read::workflow_steps(job)) {
        const auto* const with = step->find("with");
        if (!ci::scalar_of(step->find("uses")).starts_with("docker/metadata-action") || with == nullptr) continue;
        for (const auto& word : words_of_lines(filled_in(ci::scalar_of(with->find("images")), root, job)))
            images.insert(repository_of(word.starts_with("name=") ? word.substr(5) : word));
    }
    return images;
}

WorkflowBuild build_of_action(const YamlNode& root, const YamlNode& job, const YamlNode& with) {
    const auto given = [&](std::string_view key) { return filled_in(ci::scalar_of(with.find(key)), root, job); };
    WorkflowBuild build;
    auto context = std::string(trim(ci::scalar_of(with.find("context"))));
    constexpr std::string_view of_git = "{{defaultContext}}";
    bool is_of_git = false; // its Dockerfile counts from the context then
    if (context.starts_with(of_git)) {
        context.erase(0, std::min(of_git.size() + 1, context.size()));
        is_of_git = true;
    }
    context = filled_in(context, root, job);
    if (context == expression && ci::scalar_of(with.find("context")).find("github.workspace") != std::string::npos)
        context.clear();
    const auto file = given("file"), outputs = given("outputs"), push = given("push");
    build.target = given("target");
    build.is_known =
        !is_open(context) && !is_open(file) && !is_open(build.target) && context.find("://") == std::string::npos;
    build.context = path_in("", context.empty() ? "." : context);
    build.dockerfile = path_in(file.empty() || is_of_git ? build.context : "", file.empty() ? "Dockerfile" : file);
    build.pushes = push == "true" || is_open(push) || has_any(outputs, {"push=true", "type=registry"});
    const auto tags = ci::scalar_of(with.find("tags"));
    if (tags.find(".outputs.tags") != std::string::npos) build.images = images_of_metadata(root, job);
    for (const auto& word : words_of_lines(given("tags"))) build.images.insert(repository_of(word));
    build.expires = given("labels").find("expires-after=") != std::string::npos;
    return build;
}

bool takes_value(std::string_view option) {
    return is_one_of(
        option,
        {"-f",           "--file",     "--target",   "-t",        "--tag",           "--build-arg",     "--platform",
         "--cache-from", "--cache-to", "--progress", "-o",        "--output",        "--label",         "--network",
         "--secret",     "--ssh",      "--builder",  "--iidfile", "--metadata-file", "--build-context", "--add-host",
         "--shm-size",   "--memory",   "-m",         "--attest",  "--annotation",    "--allow"});
}

// docker build -f api/Dockerfile --target web -t shop . in a folder.
WorkflowBuild build_of_command(const read::Command& command, std::size_t first, const std::string& folder) {
    WorkflowBuild build;
    std::string file, context;
    for (auto i = first; i < command.words.size(); ++i) {
        std::string word = command.words[i].text, value;
        if (!word.starts_with('-') || word == "-") {
            context = word;
            continue;
        }
        if (const auto equals = word.find('='); equals != word.npos && word.starts_with("--"))
            value = word.substr(equals + 1), word.erase(equals);
        else if (takes_value(word) && i + 1 < command.words.size())
            value = command.words[++i].text;
        if (word == "-f" || word == "--file") file = value;
        if (word == "--target") build.target = value;
        build.expires = build.expires || (word == "--label" && value.find("expires-after=") != value.npos);
        if (word == "-t" || word == "--tag") build.images.insert(repository_of(value));
        if (word == "--push" || value.find("push=true") != value.npos) build.pushes = true;
    }
    build.is_known = !is_open(context) && !is_open(file) && !is_open(build.target) && !is_open(folder) &&
                     !context.empty() && context != "-" && context.find("://") == context.npos;
    build.context = path_in(folder, context.empty() ? "." : context);
    build.dockerfile = file.empty() ? path_in(build.context, "Dockerfile") : path_in(folder, file);
    return build;
}

std::string folder_of_step(const YamlNode& root, const YamlNode& job, const YamlNode& step) {
    if (const auto own = ci::scalar_of(step.find("working-directory")); !own.empty()) return own;
    for (const auto* holder : {&job, &root})
        if (const auto* const defaults = holder->find("defaults"))
            if (const auto* const run = defaults->find("run"))
                if (const auto folder = ci::scalar_of(run->find("working-directory")); !folder.empty()) return folder;
    return "";
}

// $IMAGE and ${IMAGE} as env: sets them.
std::string with_variables(std::string script, const YamlNode& root, const YamlNode& job, const YamlNode& step) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    for (const auto* holder : {&step, &job, &root}) {
        const auto* const env = holder->find("env");
        for (const auto& [name, value] : env != nullptr ? env->entries : decltype(env->entries)()) {
            if (value.scalar.empty()) continue;
            script = replace_all(script, "${" + name.scalar + "}", value.scalar);
            const auto word = "$" + name.scalar;
            for (auto at = script.find(word); at != script.npos; at = script.find(word, at)) {
                const auto end = at + word.size();
                const bool ends = end == script.size() || letters.find(script[end]) == letters.npos;
                if (ends) script.replace(at, word.size(), value.scalar);
                at += ends ? value.scalar.size() : word.size();
            }
        }
    }
    return script;
}

void builds_of_script(const YamlNode& root, const YamlNode& job, const YamlNode& step,
                      std::vector<WorkflowBuild>& builds) {
    const auto script = ci::scalar_of(step.find("run"));
    if (script.find("docker") == script.npos) return;
    const read::MappedText text(filled_in(with_variables(script, root, job, step), root, job), {});
    auto folder = path_in("", filled_in(folder_of_step(root, job, step), root, job));
    for (const auto& command : read::read_shell(text, 0, text.text().size()).commands) {
        const auto word = [&](std::size_t at) { return word_at(command, at); };
        if (command.name() == "cd" && command.depth == 0) folder = path_in(folder, word(1));
        if (command.name() != "docker") continue;
        const std::size_t verb = word(1) == "buildx" || word(1) == "image" ? 2 : 1;
        if (word(verb) == "build") {
            builds.push_back(build_of_command(command, command.program + verb + 1, folder));
        } else if (word(verb) == "bake") { // what it builds stands in files of its own
            builds.push_back({.pushes = true, .is_known = false});
        }
    }
}

}

std::vector<WorkflowBuild> workflow_builds(const Project& project) {
    std::vector<WorkflowBuild> builds;
    for (const Workflow& workflow : project.workflows) {
        const auto* const root = ci::root_of(workflow);
        if (root == nullptr) continue;
        const auto begin = builds.size();
        ci::each_step(*root, [&](const YamlNode& job, const YamlNode& step) {
            const auto uses = ci::scalar_of(step.find("uses"));
            static const YamlNode nothing;
            const auto* const with = step.find("with");
            if (uses.starts_with("docker/build-push-action@"))
                builds.push_back(build_of_action(*root, job, with != nullptr ? *with : nothing));
            else if (has_any(uses, {"docker/bake-action@", "build-and-push", "docker-build-push", "kaniko"}))
                builds.push_back({.pushes = true, .is_known = false});
            builds_of_script(*root, job, step, builds);
        });
        // docker build in one line, docker push in another one
        const bool pushes = has_any(workflow.text, {"docker push", "docker image push"});
        for (auto i = begin; i < builds.size(); ++i) builds[i].pushes = builds[i].pushes || pushes;
    }
    return builds;
}

namespace {

// COPY --from=builder
bool is_taken_from(const read::Dockerfile& file, const std::string& stage) {
    return std::any_of(file.instructions.begin(), file.instructions.end(), [&](const read::Instruction& one) {
        return std::any_of(one.flags.begin(), one.flags.end(), [&](const read::Flag& flag) {
            return flag.name == "from" && lower(flag.value) == lower(stage);
        });
    });
}

}

std::vector<Dockerfile> pushed_stages(const Project& project, const Dockerfile& plain) {
    std::vector<Dockerfile> stages;
    bool names_one = false;
    for (const auto& build : project.builds) {
        if (!build.pushes || !build.is_known || build.dockerfile != plain.file) continue;
        Dockerfile one = plain;
        if (!build.target.empty()) {
            // Without the stage the build fails; one that others take files from is kept for the next build.
            if (!has_stage(plain, build.target) || is_taken_from(*plain.read, build.target)) continue;
            names_one = true;
            one.target = build.target;
            one.context = build.context;
            one.context_known = true;
            if (profile_in(lower(build.target)) == Profile::development) one.profile = Profile::development;
        }
        stages.push_back(std::move(one));
    }
    return names_one ? stages : std::vector<Dockerfile>();
}

const Dockerfile* dockerfile_pushed_as(const Project& project, std::string_view image) {
    const auto name = repository_of(image);
    if (name.empty() || is_open(name)) return nullptr;
    const auto is_named = [&](const std::string& pushed) {
        const auto open = pushed.rfind('$'); // ghcr.io/$EXPRESSION/shop
        const auto end = open == pushed.npos ? pushed.npos : pushed.find('/', open);
        return open == pushed.npos ? pushed == name || pushed == "docker.io/" + name
                                   : end != pushed.npos && name.ends_with(pushed.substr(end));
    };
    for (const auto& build : project.builds) {
        if (!build.pushes || !build.is_known || std::none_of(build.images.begin(), build.images.end(), is_named))
            continue;
        const auto found =
            std::find_if(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
                return one.file == build.dockerfile && lower(one.target) == lower(build.target);
            });
        if (found != project.dockerfiles.end()) return &*found;
    }
    return nullptr;
}

namespace {

// image: registry.example.org/acme/shop-web:1 of a file that isn't for development, for the folder web: somebody pushes
// it.
bool is_run_by_name(const Project& project, const std::string& folder) {
    const auto name = lower(file_name(folder));
    constexpr std::string_view key = "image:";
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const auto kind = kind_of(path);
        const bool runs = (kind == FileKind::yaml || kind == FileKind::compose) && !project.doubtful.contains(path) &&
                          profile_of(path).value_or(Profile::production) != Profile::development;
        const auto text = runs ? project.read(path) : std::nullopt;
        if (!text || text->find(key) == text->npos) return false;
        const auto lines = split(*text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            const auto at = line.find(key);
            if (at == line.npos) return false;
            const auto image = lower(compose::image_parts(trim(std::string_view(line).substr(at + key.size()))).name);
            return image == name || image.ends_with("-" + name) || image.ends_with("_" + name);
        });
    });
}

// A line of a script, a page or a workflow builds it by its folder or its path.
bool is_told_to_build(const Project& project, const std::string& path) {
    const auto folder = folder_of(path);
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find("docker") == text->npos) return false;
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return has_any(line, {"docker build", "docker buildx", "docker image build", "podman build"}) &&
                   (folder.empty() || line.find(folder) != line.npos);
        });
    });
}

// working-directory: ./apps/web, cd apps/web
bool works_in(std::string_view workflow, const std::string& folder) {
    const auto lines = split(workflow, '\n');
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        for (const std::string_view before : {"working-directory:", "cd ", "--cwd "})
            if (const auto at = line.find(before); at != line.npos) {
                const auto word = trim(std::string_view(line).substr(at + before.size()));
                const auto end = std::min(word.find_first_of(" &;"), word.size());
                if (path_in("", replace_all(replace_all(word.substr(0, end), "\"", ""), "'", "")) == folder)
                    return true;
            }
        return false;
    });
}

}

bool is_built_to_expire(const Project& project, const std::string& path) {
    bool expires = false;
    for (const auto& one : project.builds) {
        if (!one.is_known) return false;
        if (one.dockerfile != path || !one.pushes) continue;
        if (!one.expires) return false;
        expires = true;
    }
    return expires && !some_file_names(project, file_name(path), '.', [&](const std::string& by) {
               return by != path && kind_of(by) != FileKind::workflow;
           });
}

bool is_left_by_workflows(const Project& project, const std::string& path, bool is_built) {
    const auto& builds = project.builds;
    const auto is_it = [&](const WorkflowBuild& one) { return !one.is_known || one.dockerfile == path; };
    if (std::any_of(builds.begin(), builds.end(), is_it) || is_told_to_build(project, path)) return false;
    const auto folder = folder_of(path);
    if (is_run_by_name(project, folder)) return false;
    const bool goes_elsewhere = !folder.empty() && some_workflow(project, [&](std::string_view text) {
        return hands_to_platform(text) && works_in(text, folder);
    });
    const bool pushes_others =
        std::any_of(builds.begin(), builds.end(), [](const WorkflowBuild& one) { return one.pushes; });
    // src/api/Dockerfile, where src/Dockerfile is what they push
    const bool pushes_above = std::any_of(builds.begin(), builds.end(), [&](const WorkflowBuild& one) {
        const auto above = folder_of(one.dockerfile);
        return one.pushes && !above.empty() && folder.starts_with(above + "/");
    });
    return goes_elsewhere || (is_built && pushes_others && !folder.empty()) || pushes_above;
}

}
