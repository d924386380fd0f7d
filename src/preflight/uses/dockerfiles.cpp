#include "preflight/uses/dockerfiles.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/told_commands.h"
#include "preflight/subjects.h"
#include "preflight/uses/built_in_workflows.h"
#include "preflight/uses/compose_doubt.h"
#include "preflight/uses/development_only.h"
#include "preflight/uses/platforms.h"
#include "preflight/uses/recognised.h"
#include "preflight/uses/started_words.h"
#include "project/development.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include "read/ignore.h"
#include <algorithm>
#include <map>
#include <memory>

namespace fairlead::preflight {

namespace {

using Paths = std::vector<std::string>;

// Where nobody says what is sent: the Dockerfile's own folder, unless what it copies stands in one above it.
std::string likely_context(const Project& project, const std::string& path, const read::Dockerfile& file) {
    const auto own = folder_of(path);
    if (own.empty()) return own;
    std::vector<std::pair<std::string, int>> above; // the nearest first, and what speaks for it
    for (auto folder = own; !folder.empty() && above.size() < 16;) {
        folder = folder_of(folder);
        above.emplace_back(folder, 0);
    }
    above.back().second = project.has(".dockerignore") && !project.has(own + "/.dockerignore") ? 1 : 0;
    for (const auto& one : file.instructions) {
        if (!docker::from_context(one)) continue;
        for (std::size_t i = 0; i + 1 < one.words.size(); ++i) {
            std::string source = one.words[i].text;
            while (source.starts_with("../")) source.erase(0, 3); // at the context's root it leads nowhere
            if (source.find_first_of("$*?[<:") != source.npos) continue;
            const auto in_own = path_in(own, "./" + source);
            if (path_in("", "./" + source).empty() || in_own == own) continue; // "."
            for (auto& [folder, votes] : above)
                votes +=
                    (project.is_there(path_in(folder, "./" + source)) ? 2 : 0) - (project.is_there(in_own) ? 2 : 0);
        }
    }
    const auto most =
        std::max_element(above.begin(), above.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most->second > 0 ? most->first : own;
}

// The plain one beside Dockerfile.prod is that of development, unless somebody deploys it.
bool has_twin_of_production(const Project& project, const std::string& path) {
    return project.has(path + ".prod") || project.has(path + ".production");
}

// FROM production AS development, as the last stage: whoever deploys names another one.
void leave_stage_of_development(Dockerfile& one) {
    const auto& stages = one.read->stages;
    if (stages.size() < 2 || profile_in(lower(stages.back().name)) != Profile::development) return;
    const auto other = std::find_if(stages.rbegin(), stages.rend(), [](const read::Stage& stage) {
        return profile_in(lower(stage.name)) == Profile::production;
    });
    if (other == stages.rend())
        one.profile = Profile::development;
    else
        one.target = other->name;
}

// FROM shop:development
bool stands_on_development(const read::Dockerfile& file) {
    if (file.stages.empty() || file.stages.back().parent >= 0) return false;
    const std::string_view base = file.stages.back().base;
    const auto colon = base.rfind(':');
    return colon != base.npos && profile_in(lower(base.substr(colon + 1))) == Profile::development;
}

Dockerfile first_dockerfile_of(const Project& project, const std::string& path) {
    Dockerfile one;
    one.file = path;
    one.text = project.read(path).value_or("");
    one.read = std::make_shared<read::Dockerfile>(read::read_dockerfile(one.text));
    one.context = likely_context(project, path, *one.read);
    one.profile =
        has_twin_of_production(project, path) ? Profile::development : profile_by_words(project, path, one.text);
    leave_stage_of_development(one);
    if (stands_on_development(*one.read)) one.profile = Profile::development;
    return one;
}

// The one beside the Dockerfile with its name counts, else that of the context.
void add_ignore(const Project& project, Dockerfile& one) {
    for (const auto& path : {one.file + ".dockerignore", path_in(one.context, ".dockerignore")}) {
        const auto text = project.read(path);
        if (!text) continue;
        one.ignore_file = path;
        one.ignore = std::make_shared<read::IgnoreFile>(read::read_ignore(*text));
        return;
    }
}

// All who build it are plain compose files with one of production beside them that builds other images, or runs one
// that is pulled in its place: what production runs is known, and this isn't part of it.
bool is_left_by_production(const Project& project, const std::string& path, const std::vector<Dockerfile>& users) {
    const bool may_be_pushed = std::any_of(project.builds.begin(), project.builds.end(), [&](const WorkflowBuild& one) {
        return !one.is_known || one.dockerfile == path;
    });
    const auto is_by_plain_file = [&](const Dockerfile& user) { // and not by what is laid over it
        return is_taken_by_itself(user.compose_file) &&
               std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
                   const auto* const service = compose.read->service(user.service);
                   return compose.files == Paths{user.compose_file} && service != nullptr && service->build;
               });
    };
    return !users.empty() && std::all_of(users.begin(), users.end(), [&](const Dockerfile& user) {
        return is_by_plain_file(user) &&
               std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
                   if (compose.profile == Profile::development ||
                       folder_of(compose.files.front()) != folder_of(user.compose_file))
                       return false;
                   const auto& services = compose.read->services;
                   const auto* const same = compose.read->service(user.service);
                   const bool is_pulled = same != nullptr && !same->build && same->at("image") != nullptr;
                   const bool is_other =
                       same != nullptr && same->build &&
                       dockerfile_taken(project, path_in(same->build->context, same->build->dockerfile)) != path;
                   return compose.files.size() == 1 ? std::any_of(services.begin(), services.end(),
                                                                  [](const auto& one) { return one.build.has_value(); })
                                                    : (is_pulled || is_other) && !may_be_pushed;
               });
    });
}

// A page, a script, a workflow or settings of some tool; JSON is mostly data.
bool may_build(std::string_view by) {
    if (by.ends_with(".json"))
        return is_one_of(file_name(by), {"package.json", "project.json", "nx.json", "turbo.json", "railway.json",
                                         "app.json", "tasks.json", "launch.json", "devcontainer.json"});
    return !only_lists_paths(by) && !is_code(by) &&
           !has_any(file_name(by), {".svg", ".csv", ".html", ".css", ".sql", ".log", ".txt", ".map"});
}

// The project says how its images are built, and this one in a folder of its own is not among them.
bool is_built_by_nobody(const Project& project, const std::string& path) {
    const auto builds = [&](const Compose& compose) {
        return !project.is_for_development(compose) &&
               std::any_of(compose.read->services.begin(), compose.read->services.end(),
                           [](const auto& service) { return service.build.has_value(); });
    };
    const auto folder = folder_of(path);
    const auto runs_image = [&](const Compose& compose) { // docker/mysql/Dockerfile beside image: mysql:8.0
        return compose.profile != Profile::development &&
               std::any_of(compose.read->services.begin(), compose.read->services.end(), [&](const auto& service) {
                   return !service.build && compose::image_parts(service.image).name == file_name(folder);
               });
    };
    if (folder.empty() || std::none_of(project.composes.begin(), project.composes.end(),
                                       [&](const Compose& one) { return builds(one) || runs_image(one); }))
        return false;
    const auto is_outside = [&](const std::string& by) { return may_build(by) && !by.starts_with(folder + "/"); };
    if (folder != "docker") return !some_file_names(project, folder, '-', is_outside);
    // The folder has the name of the program: its mention says nothing.
    return std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        return is_outside(by) && has_any(project.read(by).value_or(""),
                                         {path, "cd docker", "context: docker", "context: ./docker", "build docker",
                                          "build ./docker", "build -f docker", "-C docker"});
    });
}

// Only development builds it, and it serves while files change.
bool reloads_for_development(const std::vector<Dockerfile>& users, const Dockerfile& file) {
    return !users.empty() && has_any(file.text, {"--reload", "\"dev\"]", "run dev", "nodemon", "start:dev"});
}

// Somebody hands images to others.
bool is_pushed(const Project& project) {
    return builds_in_workflow(project) ||
           std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
               return tells_commands(by) && project.read(by).value_or("").find("docker push") != std::string::npos;
           });
}

using Builders = std::vector<Dockerfile>; // one path, as each of those who build it does

// Of two users the stricter counts.
void prefer_stricter(const Project& project, Dockerfile& known, const Compose& compose, const std::string& service) {
    const bool is_surer = compose.profile == known.profile && project.doubtful.contains(known.compose_file) &&
                          !project.doubtful.contains(compose.files.front());
    if (compose.profile <= known.profile && !is_surer) return;
    known.profile = compose.profile;
    known.compose_file = compose.files.front();
    known.service = service;
}

void add_user(const Project& project, Builders& users, const Compose& compose, const read::ComposeService& service) {
    const auto context = path_in(service.build->context, "");
    const auto known = std::find_if(users.begin(), users.end(), [&](const Dockerfile& one) {
        return one.target == service.build->target && one.context == context;
    });
    if (known != users.end()) return prefer_stricter(project, *known, compose, service.name);
    Dockerfile one;
    one.context = context.ends_with('/') ? context.substr(0, context.size() - 1) : context;
    one.context_known = true;
    one.target = service.build->target;
    one.compose_file = compose.files.front();
    one.service = service.name;
    one.profile = compose.profile;
    users.push_back(std::move(one));
}

// Services that build, by the path of their Dockerfile.
std::map<std::string, Builders> users_by_path(const Project& project) {
    std::map<std::string, Builders> users;
    for (const auto& compose : project.composes)
        for (const auto& service : compose.read->services) {
            if (!service.build || service.build->inline_dockerfile) continue;
            const auto path = dockerfile_taken(project, path_in(service.build->context, service.build->dockerfile));
            add_user(project, users[path], compose, service);
        }
    return users;
}

// docker/base/Dockerfile, base.Dockerfile: others stand on it, and nobody runs it.
bool is_base(std::string_view path) {
    const auto folder = file_name(folder_of(path));
    const auto words = split(
        replace_all(replace_all(lower(std::string(folder) + "." + std::string(file_name(path))), "-", "."), "_", "."),
        '.');
    return std::find(words.begin(), words.end(), "base") != words.end();
}

// Who builds it for development or tests doesn't say that nobody deploys it.
bool is_built_for_development_alone(const Builders& users, const Builders& pushed) {
    return pushed.empty() && std::all_of(users.begin(), users.end(),
                                         [](const Dockerfile& one) { return one.profile == Profile::development; });
}

// By what it says and by its place, whoever builds it.
void note_doubt_by_itself(Project& project, const Dockerfile& plain, const Builders& users, const Builders& pushed) {
    const auto& path = plain.file;
    if (users.empty() && (is_built_by_nobody(project, path) || is_base(path))) project.doubtful.insert(path);
    const bool is_of_development = is_built_for_development_alone(users, pushed);
    if (is_of_development && reloads_for_development(users, plain)) project.doubtful.insert(path);
    if (is_built_to_develop(project, path, *plain.read) ||
        (pushed.empty() && is_frame_to_develop(project, path, *plain.read)))
        project.doubtful.insert(path);
    if (is_of_development && project::head_comment(plain.text)) project.doubtful.insert(path);
    if (pushed.empty() && (is_testing_image(plain, users) || is_mounted_to_develop(project, path)))
        project.doubtful.insert(path);
}

// By those who build it, or by there being nobody.
void note_doubt_by_users(Project& project, const Dockerfile& plain, const Builders& users, const Builders& pushed) {
    const auto& path = plain.file;
    const auto is_in_doubt = [&](const Dockerfile& one) {
        return one.profile == Profile::development || project.doubtful.contains(one.compose_file) ||
               project.unproven.contains(one.compose_file);
    };
    const bool is_built_in_doubt =
        pushed.empty() && !users.empty() && std::all_of(users.begin(), users.end(), is_in_doubt);
    const bool is_twin = has_twin_of_production(project, path) && !builds_in_workflow(project);
    if (is_built_in_doubt && (is_twin || starts_to_develop(*plain.read))) project.doubtful.insert(path);
    if (is_built_in_doubt && !is_pushed(project) && serves_while_edited(project, plain.context, *plain.read))
        project.doubtful.insert(path);
    if ((is_built_in_doubt || users.empty()) && is_left_by_workflows(project, path, !users.empty()))
        project.doubtful.insert(path);
}

}

void add_dockerfiles(Project& project, const Wanted& wanted, const std::vector<std::string>& found) {
    auto built = users_by_path(project);
    for (const auto& path : found) {
        const auto plain = first_dockerfile_of(project, path);
        const auto pushed = pushed_stages(project, plain);
        auto& users = built[path];
        note_doubt_by_itself(project, plain, users, pushed);
        if (users.empty() && (is_named_by_nobody(project, path, found) || is_built_to_expire(project, path)))
            project.doubtful.insert(path);
        if (users.empty() && is_left_to_disabled_workflows(project, path)) project.doubtful.insert(path);
        if (pushed.empty() && is_served_without_image(project, path)) project.doubtful.insert(path);
        note_doubt_by_users(project, plain, users, pushed);
        const bool is_of_development = is_built_for_development_alone(users, pushed);
        if (is_of_development && !is_left_by_production(project, path, users)) users.push_back(plain);
        users.insert(users.end(), pushed.begin(), pushed.end());
        for (auto& one : users) {
            one.file = plain.file;
            one.text = plain.text;
            one.read = plain.read;
            if (profile_of(path) == Profile::development) one.profile = Profile::development; // whoever builds it
            if (!wanted.stage.empty()) one.target = wanted.stage;
            add_ignore(project, one);
            project.dockerfiles.push_back(one);
        }
    }
}

}
