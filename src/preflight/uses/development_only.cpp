#include "preflight/uses/development_only.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/told_commands.h"
#include "preflight/subjects.h"
#include "preflight/uses/compose_doubt.h"
#include "preflight/uses/started_words.h"
#include "project/development.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <string_view>

namespace fairlead::preflight {

bool builds_in_workflow(const Project& project) {
    return some_workflow(project, [](std::string_view text) {
        return has_any(text, {"docker build", "docker buildx", "build-push-action", "docker push"});
    });
}

namespace {

bool starts_by_hand(const Compose& compose) {
    const auto& all = compose.read->services;
    return std::any_of(all.begin(), all.end(), [](const auto& service) {
        return join(service.command, " ").find("manage.py runserver") != std::string::npos;
    });
}

// Nothing but development starts Django here: every compose file is for development, and so is every image that holds
// it; no server for production is among its packages, and no platform, unit or cluster is told of.
bool is_started_to_develop_only(const Project& project) {
    if (std::none_of(project.composes.begin(), project.composes.end(), starts_by_hand) || !project.kubes.empty() ||
        !project.units.empty() || has_other_way(project) || builds_in_workflow(project))
        return false;
    const auto has_manager = [&](const std::string& folder) { return project.has(path_in(folder, "manage.py")); };
    return std::all_of(project.composes.begin(), project.composes.end(),
                       [&](const Compose& one) { return project.is_for_development(one); }) &&
           std::all_of(
               project.dockerfiles.begin(), project.dockerfiles.end(),
               [&](const Dockerfile& one) { return project.is_for_development(one) || !has_manager(one.context); }) &&
           std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
               const auto name = file_name(path);
               if (name == "Procfile" || name == "passenger_wsgi.py") return true;
               const bool lists = name.starts_with("requirements") || name == "pyproject.toml" || name == "Pipfile" ||
                                  name == "setup.py" || path.ends_with(".sh");
               const auto text = lists ? project.read(path) : std::nullopt;
               return text && has_any(lower(*text),
                                      {"gunicorn", "uvicorn", "hypercorn", "uwsgi", "waitress", "granian", "mod_wsgi"});
           });
}

// Whether compose files build the Dockerfile, and `judge` says so of each service that does.
template <typename Judge>
bool each_that_builds(const Project& project, const std::string& path, Judge judge) {
    bool is_built = false;
    for (const auto& compose : project.composes)
        for (const auto& service : compose.read->services) {
            if (!service.build ||
                dockerfile_taken(project, path_in(service.build->context, service.build->dockerfile)) != path)
                continue;
            if (!judge(compose, service)) return false;
            is_built = true;
        }
    return is_built;
}

}

bool is_built_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file) {
    const auto& all = file.instructions;
    const auto starts = [](const auto& one) {
        return one.verb == read::Verb::cmd || one.verb == read::Verb::entrypoint;
    };
    if (std::any_of(all.begin(), all.end(), starts)) return false;
    const auto develops = [&](const Compose& compose, const read::ComposeService& service) {
        return project.is_for_development(compose) && !service.command.empty() && project::mounts_source(service);
    };
    return each_that_builds(project, path, develops) && !builds_in_workflow(project);
}

namespace {

// npm start, of a server that a bundler has for development; where its package.json isn't here, with the packages of
// the image kept in a volume below the source: /app/node_modules.
bool starts_bundler(const Project& project, const read::ComposeService& service, const std::string& dockerfile) {
    if (!service.command.empty() || !service.entrypoint.empty()) return false;
    const auto file = read::read_dockerfile(project.read(dockerfile).value_or(""));
    bool has_package = false;
    for (const auto& volume : service.volumes) {
        if (volume.type != "bind" || volume.read_only) continue;
        const auto folder = path_in("", volume.source);
        has_package = has_package || project.has(path_in(folder, "package.json"));
        if (starts_words(project, folder, file, {" react-scripts start ", " vue-cli-service serve ", " vite "}) &&
            !starts_words(project, folder, file, {" vite build ", " vite preview "}))
            return true;
    }
    return !has_package && starts_words(project, "", file, {" npm run start ", " npm start ", " yarn start "}) &&
           std::any_of(service.volumes.begin(), service.volumes.end(), [](const read::ComposeVolume& volume) {
               return volume.type == "volume" && volume.target.ends_with("/node_modules");
           });
}

}

bool is_mounted_to_develop(const Project& project, const std::string& path) {
    const auto bundles = [&](const Compose&, const read::ComposeService& service) {
        return project::mounts_source(service) && starts_bundler(project, service, path);
    };
    return each_that_builds(project, path, bundles) && !builds_in_workflow(project);
}

bool is_frame_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file) {
    const auto takes_source = [](const read::Instruction& one) { // COPY . ., COPY src /app
        return docker::from_context(one) &&
               std::any_of(one.words.begin(), one.words.end() - 1, [](const read::Word& word) {
                   return file_name(word.text).find('.', 1) == std::string::npos;
               });
    };
    if (folder_of(path).empty() || std::any_of(file.instructions.begin(), file.instructions.end(), takes_source))
        return false;
    const auto develops = [&](const Compose& compose, const read::ComposeService& service) {
        const auto& files = compose.files;
        return project.doubtful.contains(files.front()) && is_taken_by_itself(files.front()) &&
               project::development_service(*compose.read) && path_in(service.build->context, "") != "";
    };
    return !builds_in_workflow(project) && each_that_builds(project, path, develops);
}

bool is_testing_image(const Dockerfile& plain, const std::vector<Dockerfile>& users) {
    const auto mark = project::head_comment(plain.text);
    return mark && has_any(lower(mark->words), {"testing image", "test image"}) &&
           std::none_of(users.begin(), users.end(),
                        [](const Dockerfile& user) { return profile_of(user.compose_file) == Profile::production; });
}

bool is_named_by_nobody(const Project& project, const std::string& path, const std::vector<std::string>& dockerfiles) {
    const auto is_named = [&](const std::string& one) {
        return some_file_names(project, file_name(one), '.', [&](const std::string& by) { return by != one; });
    };
    const auto has_own_name = [](const std::string& one) { return lower(file_name(one)) != "dockerfile"; };
    if (!has_own_name(path) || is_named(path)) return false;
    // for file in Dockerfile.*; do docker build -f "Dockerfile.$name"
    const auto names_all = [](std::string_view text) {
        return has_any(text, {"ockerfile*", "ockerfile.*", "ockerfile.$", "ockerfile-$", "ockerfile.{", "ockerfile-{",
                              "ockerfile-*", "ockerfile_$", "*.Dockerfile", "*.dockerfile", "}.Dockerfile",
                              "}.dockerfile", "*Dockerfile", "ockerfile.%", "ockerfile.' +", "ockerfile.\" +"});
    };
    return std::any_of(dockerfiles.begin(), dockerfiles.end(),
                       [&](const std::string& one) { return one != path && has_own_name(one) && is_named(one); }) &&
           std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
               return tells_commands(by) && names_all(project.read(by).value_or(""));
           });
}

bool starts_to_develop(const read::Dockerfile& file) {
    if (file.stages.empty()) return false;
    bool serves = false;
    for (auto i = file.stages.back().first; i < file.stages.back().end; ++i) {
        const auto& one = file.instructions[i];
        if (one.verb == read::Verb::cmd || one.verb == read::Verb::entrypoint)
            serves = has_any(" " + replace_all(replace_all(one.arguments, "\"", " "), ",", " ") + " ",
                             {" run dev ", " yarn dev ", " pnpm dev ", " run  dev ", "start:dev", " next dev ",
                              " vite ", " nodemon ", " runserver ", " flask run ", " --reload ", " ng serve "}) ||
                     has_any(one.arguments, {"\"dev\""});
    }
    return serves;
}

bool is_image_of_development(const read::Dockerfile& file) {
    if (!starts_to_develop(file)) return false;
    const auto& stage = file.stages.back();
    return std::any_of(file.instructions.begin() + static_cast<std::ptrdiff_t>(stage.first),
                       file.instructions.begin() + static_cast<std::ptrdiff_t>(stage.end), [](const auto& one) {
                           return one.verb == read::Verb::env &&
                                  std::any_of(one.pairs.begin(), one.pairs.end(), [](const auto& pair) {
                                      return project::sets_development(pair.key, pair.value);
                                  });
                       });
}

bool builds_image_of_development(const Project& project, const read::ComposeService& service) {
    if (!service.build || !service.build->target.empty() || !service.command.empty() || !service.entrypoint.empty())
        return false;
    const bool is_set = std::any_of(service.environment.begin(), service.environment.end(), [](const auto& one) {
        return one.value && (one.name.ends_with("_ENV") || one.name == "ENVIRONMENT") &&
               !project::sets_development(one.name, *one.value);
    });
    const auto text = project.read(path_in(service.build->context, service.build->dockerfile));
    return !is_set && text && is_image_of_development(read::read_dockerfile(*text));
}

bool is_given_to_develop(const read::ComposeService& service) {
    return project::mounts_source(service) &&
           std::any_of(service.env_files.begin(), service.env_files.end(), [](const auto& one) {
               return profile_of(file_name(one.path)) == Profile::development && !is_env_template(one.path);
           });
}

namespace {

// npm test, pytest: it ends with a verdict, and serves nobody. Of several commands the last one counts.
bool runs_tests(const read::ComposeService& service) {
    auto words = join(service.command.empty() ? service.entrypoint : service.command, " ");
    for (const std::string_view joint : {"&&", ";", "||"})
        if (const auto at = words.rfind(joint); at != words.npos) words.erase(0, at + joint.size());
    return has_any(" " + words + " ", {" npm test ", " npm run test ", " yarn test ", " yarn run test ", " pnpm test ",
                                       " pytest ", "phpunit ", " rspec ", "manage.py test ", " go test ", " mvn test ",
                                       " cargo test ", " tox ", " jest "});
}

// Each command that starts it ends with its first container, and one of them is named for tests.
bool is_started_to_test(const Project& project, const std::string& path) {
    bool tests = false;
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find("compose") == text->npos) continue;
        const bool is_makefile = by.ends_with("akefile") || by.ends_with(".mk");
        std::string part(file_name(by)); // a script's name, or the target
        for (const auto& line : command_lines(*text)) {
            if (is_makefile && !line.empty() && line.front() != '\t') part = line.substr(0, line.find(':'));
            if (!starts_file(line, path) || trim(std::string_view(line)).starts_with('#')) continue;
            if (!has_any(line, {"--abort-on-container-exit", "--exit-code-from"})) return false;
            tests = tests || lower(part).find("test") != part.npos;
        }
    }
    return tests;
}

}

bool runs_tests_only(const Project& project, const std::string& path, const read::ComposeProject& alone) {
    bool has_one = false, serves = false;
    for (const auto& service : alone.services)
        if (is_application(service)) (runs_tests(service) ? has_one : serves) = true;
    return (has_one && !serves) || is_started_to_test(project, path);
}

namespace {

// A part of a workflow: the lines below `jobs:` that belong to one name.
struct Job {
    std::string name; // its id, and what it is called, in lower case
    std::vector<std::string> lines;
};

std::vector<Job> jobs_of(const std::string& workflow) {
    std::vector<Job> jobs;
    bool is_inside = false;
    std::size_t depth = std::string::npos; // of the ids
    for (const auto& line : command_lines(workflow)) {
        const auto begins = line.find_first_not_of(' ');
        if (begins == line.npos || line[begins] == '#') continue;
        if (begins == 0) is_inside = line.starts_with("jobs:"), depth = line.npos;
        if (begins == 0 || !is_inside) continue;
        if (depth == line.npos) depth = begins;
        const auto words = trim(std::string_view(line));
        if (begins == depth)
            jobs.push_back({lower(words), {}});
        else if (!jobs.empty() && words.starts_with("name:") && jobs.back().name.find("name:") == std::string::npos)
            jobs.back().name += " " + lower(words);
        if (!jobs.empty()) jobs.back().lines.push_back(line);
    }
    return jobs;
}

// "e2e:", "name: 'Test the image'"
bool is_named_for_tests(std::string name) {
    for (char& c : name)
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) c = ' ';
    return has_any(" " + name + " ", {" test ", " tests ", " e2e ", " ci ", " integration ", " smoke "});
}

bool asks_itself(const std::string& line) {
    return has_any(line, {"curl ", "wget "}) && has_any(line, {"localhost", "127.0.0.1"});
}

// What the project hands out is the image, or a page has another compose file for those who install it.
bool is_handed_out_otherwise(const Project& project) {
    return some_workflow(project,
                         [](std::string_view text) {
                             return has_any(text, {"docker push", "build-push-action", "build-and-push", "--push"});
                         }) ||
           std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
               const auto text = path.ends_with(".md") ? project.read(path) : std::nullopt;
               return text && text->find("\nservices:\n") != text->npos;
           });
}

}

bool is_started_by_tests_only(const Project& project, const std::string& path) {
    bool tests = false;
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find(file_name(path)) == text->npos) continue;
        if (kind_of(by) != FileKind::workflow) return false;
        for (const Job& job : jobs_of(*text)) {
            const auto names = [&](const std::string& line) { return names_file(line, file_name(path)); };
            const auto first = std::find_if(job.lines.begin(), job.lines.end(), names);
            if (first == job.lines.end()) continue;
            if (!is_named_for_tests(job.name) || std::none_of(first, job.lines.end(), asks_itself) ||
                has_any(join(job.lines, "\n"), {"ssh", "self-hosted"}))
                return false;
            tests = true;
        }
    }
    return tests && is_handed_out_otherwise(project);
}

bool is_left_to_disabled_workflows(const Project& project, const std::string& path) {
    const auto is_disabled = [](const std::string& by) {
        return by.starts_with(".github/workflows/") && kind_of(by) != FileKind::workflow;
    };
    const auto may_build = [](std::string_view by) {
        return tells_commands(by) || by.ends_with(".yml") || by.ends_with(".yaml") || by.ends_with(".json") ||
               by.ends_with(".toml") || by.ends_with(".tf") || by.ends_with(".hcl");
    };
    return some_file_names(project, path, '/', is_disabled) && !builds_in_workflow(project) &&
           !some_file_names(project, path, '/', [&](const std::string& by) {
               return may_build(by) && !is_disabled(by) && by != path && !project.doubtful.contains(by);
           });
}

void note_settings_of_development(Project& project) {
    if (!is_started_to_develop_only(project)) return;
    for (const auto& path : project.paths)
        if (file_name(path) == "settings.py" || (path.ends_with(".py") && file_name(folder_of(path)) == "settings"))
            project.doubtful.insert(path);
}

}
