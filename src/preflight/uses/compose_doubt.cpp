#include "preflight/uses/compose_doubt.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/compose_example.h"
#include "preflight/uses/compose_told.h"
#include "preflight/uses/compose_uses.h"
#include "preflight/uses/development_only.h"
#include "preflight/uses/started_words.h"
#include "project/development.h"
#include "project/emulators.h"
#include "project/production.h"
#include <algorithm>

namespace fairlead::preflight {

bool is_application(const read::ComposeService& service) {
    constexpr std::string_view beside[] = {"mysql-server",
                                           "mongodb-community-server",
                                           "azure-sql-edge",
                                           "cp-kafka",
                                           "cp-zookeeper",
                                           "cp-schema-registry",
                                           "kafka-ui",
                                           "akhq",
                                           "redpanda",
                                           "google-cloud-cli", // its emulators
                                           "etcd",
                                           "redisinsight",
                                           "kibana",
                                           "prometheus",
                                           "grafana",
                                           "metabase",
                                           "loki",
                                           "tempo",
                                           "opentelemetry-collector",
                                           "opentelemetry-collector-contrib",
                                           "all-in-one",
                                           "consul",
                                           "clickhouse-server",
                                           "varnish",
                                           "vault",
                                           "mc",
                                           "qdrant",
                                           "mailhog",
                                           "mailpit",
                                           "maildev",
                                           "mailcatcher",
                                           "inbucket",
                                           "minio",
                                           "adminer",
                                           "pgadmin4",
                                           "phpmyadmin",
                                           "localstack",
                                           "kafka",
                                           "zookeeper",
                                           "nats",
                                           "mongo-express",
                                           "redis-commander",
                                           "jaeger",
                                           "keycloak",
                                           "meilisearch",
                                           "dex"};
    const auto name = compose::image_parts(service.image).name;
    if (service.name == "dbmate" || service.name == "flyway" || service.name == "liquibase") return false;
    return service.build || (compose::database_in_image(service) == nullptr &&
                             std::find(std::begin(beside), std::end(beside), name) == std::end(beside));
}

namespace {

bool starts_no_application(const read::ComposeProject& compose) {
    return !compose.services.empty() && std::none_of(compose.services.begin(), compose.services.end(), is_application);
}

// "todo-api" as {"todo", "api"}
std::vector<std::string> words_of(std::string_view name) { return split(replace_all(lower(name), "_", "-"), '-'); }

// By the names of its owner and its repository: acme/shop-api, of github.com/acme/shop. Without an origin nobody knows.
bool is_own_image(const Project& project, std::string_view image) {
    const auto parts = split(compose::image_parts(std::string(image)).repository, '/');
    if (parts.size() < 2 || project.origin.empty()) return parts.size() > 1;
    const auto own = split(project.origin, '/'); // owner and name
    const auto plain = [](std::string_view name) { return join(words_of(name), ""); };
    if (plain(parts[parts.size() - 2]) == plain(own.front()) || plain(parts.back()) == plain(own.back())) return true;
    const auto names = words_of(own.back());
    const auto words = words_of(parts.back());
    constexpr std::size_t shortest = 4; // of a word that tells: not "api" or "app"
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word.size() >= shortest && std::find(names.begin(), names.end(), word) != names.end();
    });
}

// Most of its applications come as images of this project, for those who install them.
bool is_handed_out(const Project& project, const read::ComposeProject& compose) {
    const auto& all = compose.services;
    const auto built = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.build.has_value(); });
    return built < std::count_if(
                       all.begin(), all.end(),
                       [&](const auto& service) {
                           return !service.build && is_application(service) && is_own_image(project, service.image);
                       });
}

bool has_application(const Project& project) {
    constexpr std::string_view manifests[] = {"package.json", "pyproject.toml", "requirements.txt", "manage.py",
                                              "go.mod",       "composer.json",  "Gemfile",          "pom.xml",
                                              "build.gradle", "Cargo.toml",     "build.gradle.kts", "build.sbt",
                                              "mix.exs",      "setup.py",       "Pipfile",          "deno.json"};
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        return std::find(std::begin(manifests), std::end(manifests), file_name(path)) != std::end(manifests);
    });
}

// In a folder of its own a script whose name says so starts what lies there: start-local-instances.sh.
bool is_started_locally(const Project& project, const std::string& path) {
    return !folder_of(path).empty() &&
           std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& one) {
               if (folder_of(one) != folder_of(path) || !is_script_of_development(file_name(one))) return false;
               const auto text = project.read(one);
               return text &&
                      (text->find("docker compose up") != text->npos || text->find("docker-compose up") != text->npos);
           });
}

// local_test_network, shop-dev: a network's name, or the name of a database.
bool is_named_local(std::string_view name) {
    const auto words = words_of(name);
    return words.size() > 1 && (is_word_of_development(words.front()) || is_word_of_development(words.back()));
}

bool has_local_names(const read::ComposeProject& compose) {
    const auto* const networks = compose.model.find("networks");
    for (const auto& network : networks ? networks->items : std::vector<read::ComposeValue>())
        if (is_named_local(network.key) || is_named_local(network.text_at("name"))) return true;
    for (const auto& service : compose.services)
        for (const auto& one : service.environment)
            if ((one.name == "POSTGRES_DB" || one.name == "MYSQL_DATABASE" || one.name == "MARIADB_DATABASE") &&
                is_named_local(one.value.value_or("")))
                return true;
    return false;
}

// /Users/jo/data:/data: the folder of one person's machine.
bool mounts_a_home(const read::ComposeProject& compose) {
    const auto is_home = [](const auto& volume) {
        return volume.source.starts_with("/Users/") || volume.source.find(":\\") == 1;
    };
    return std::any_of(compose.services.begin(), compose.services.end(), [&](const auto& service) {
        return std::any_of(service.volumes.begin(), service.volumes.end(), is_home);
    });
}

// Spring Boot starts the file by itself while somebody develops: spring-boot-docker-compose.
bool is_started_by_boot(const Project& project, const std::string& path) {
    constexpr std::string_view manifests[] = {"build.gradle", "build.gradle.kts", "pom.xml"};
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto name = file_name(by);
        if (std::find(std::begin(manifests), std::end(manifests), name) == std::end(manifests)) return false;
        const auto folder = folder_of(by);
        return (folder == folder_of(path) || folder_of(path).empty()) &&
               project.read(by).value_or("").find("spring-boot-docker-compose") != std::string::npos;
    });
}

// docker compose -f docker-compose.prod.yml up, of a file that a clone lacks
bool names_missing_one(const Project& project, const std::string& line) {
    if (!has_any(line, {"docker compose ", "docker-compose "})) return false;
    const auto words = split(line, ' ');
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return kind_of(word) == FileKind::compose && profile_of(file_name(word)) == Profile::production &&
               std::none_of(project.paths.begin(), project.paths.end(),
                            [&](const std::string& one) { return file_name(one) == file_name(word); });
    });
}

std::vector<std::string> commands_of_missing(const Project& project) {
    std::vector<std::string> commands;
    for (const auto& by : project.paths) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find("prod") == text->npos) continue;
        for (auto& line : command_lines(*text))
            if (names_missing_one(project, line)) commands.push_back(std::move(line));
    }
    return commands;
}

// Production has a file that isn't here, and isn't laid over this one.
bool is_beside_missing_one(const Ways& ways, const std::string& path) {
    return is_taken_by_itself(path) &&
           std::any_of(ways.missing.begin(), ways.missing.end(),
                       [&](const std::string& line) { return !names_file(line, file_name(path)); });
}

// The page of its folder: "do not use this in production".
bool is_denied_to_production(const Project& project, const std::string& path) {
    const auto lines = split(project.read(path_in(folder_of(path), "README.md")).value_or(""), '\n');
    return std::any_of(lines.begin(), lines.end(), [](const auto& line) { return project::denies_production(line); });
}

// docker compose up -d dynamodb-local: the command starts only what tests need. A service may have another name by now.
bool starts_tools_only(const std::string& line, const read::ComposeProject& compose) {
    constexpr std::string_view up = " up ";
    const auto begin = (line + " ").find(up) + up.size();
    bool names = false;
    for (const auto& word : split(line.substr(std::min(begin, line.size())), ' ')) {
        if (word.find_first_of("&;|>#$") != word.npos) break;
        if (word.empty() || word.starts_with('-') || word.find_first_not_of("0123456789") == word.npos) continue;
        names = true;
        for (const auto& service : compose.services)
            if (service.name == word && is_application(service) && !project::is_emulator(service)) return false;
    }
    return names;
}

// Whether the compose file in which a workflow works by ssh is one of this project: the workflow brings the project's
// files to the host, or works in a folder with the project's name. Else the host has a compose file of its own.
bool works_in_project(const Project& project, std::string_view workflow) {
    if (has_any(workflow, {"self-hosted", "git pull", "git clone", "git fetch", "git checkout", "git reset", "rsync",
                           "scp", "sftp", "DOCKER_HOST", "docker context"}))
        return true;
    const auto name = lower(project.origin.substr(project.origin.find('/') + 1));
    const auto lines = command_lines(workflow);
    return std::none_of(lines.begin(), lines.end(), [&](const std::string& line) {
        const auto at = (" " + line).find(" cd ");
        return at != line.npos && !name.empty() && lower(line.substr(at)).find(name) == line.npos;
    });
}

// deploy_server.sh, or a workflow deploy.yml that works through ssh, starts the file, by its name or as the root's own.
bool is_started_to_deploy(const Project& project, const std::string& path, const read::ComposeProject& compose) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const bool is_workflow = kind_of(by) == FileKind::workflow; // and not deploy.yml.disabled
        if (!is_workflow && !by.ends_with(".sh") && !by.ends_with(".bash")) return false;
        if (!is_workflow && profile_of(by) == Profile::development) return false; // examples/vps/deploy.sh
        const auto text = project.read(by);
        auto its_name = lower(file_name(by));
        if (is_workflow && text && text->starts_with("name:")) its_name += lower(text->substr(0, text->find('\n')));
        if (!has_any(its_name, {"deploy", "prod"}) || is_script_of_development(file_name(by))) return false;
        if (!text || (is_workflow && !has_any(*text, {"ssh", "self-hosted"}))) return false;
        const bool is_of_host = is_workflow && !works_in_project(project, *text);
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
            return starts_file(line, path) && !starts_tools_only(line, compose) &&
                   (!is_of_host || names_file(line, file_name(path)));
        });
    });
}

}

bool has_other_way(const Project& project) {
    constexpr std::string_view files[] = {"railway.json", "railway.toml", "render.yaml",   "fly.toml",
                                          "heroku.yml",   "app.yaml",     "apprunner.yaml"};
    const auto is_there = [&](std::string_view path) { return project.has(path); };
    return std::any_of(std::begin(files), std::end(files), is_there) ||
           some_workflow(project, [](std::string_view text) {
               return !has_any(text, {"compose up"}) &&
                      has_any(text, {"azure/webapps-deploy@", "deploy-cloudrun@", "amazon-ecs-deploy-task-definition@",
                                     "flyctl deploy", "railway up", "gcloud app deploy"});
           });
}

namespace {

bool names_platform(std::string_view words) {
    return has_any(words, {"wrangler deploy", "wrangler pages deploy", "cloudflare/wrangler-action@",
                           "cloudflare/pages-action@", "vercel deploy", "vercel --prod", "amondnet/vercel-action@",
                           "netlify deploy", "nwtgck/actions-netlify@", "firebase deploy",
                           "FirebaseExtended/action-hosting-deploy@", "serverless deploy", "sst deploy", "cdk deploy"});
}

// Pages about the program, which say nothing of how it is deployed itself.
bool speaks_of_pages(std::string_view words) { return has_any(lower(words), {"storybook", "docs", "documentation"}); }

}

bool hands_to_platform(std::string_view workflow) {
    bool is_for_pages = false, hands = false; // by its name, or by the folder in which it works
    for (const auto& line : split(workflow, '\n')) {
        const auto words = trim(std::string_view(line));
        if (line.starts_with("name:") || words.starts_with("working-directory:") || words.starts_with("cd "))
            is_for_pages = is_for_pages || speaks_of_pages(words);
        hands = hands || (names_platform(words) && !speaks_of_pages(words));
    }
    return hands && !is_for_pages;
}

bool is_started_by_nobody(const Project& project, const std::string& path) {
    const bool takes_itself = folder_of(path).empty() && is_taken_by_itself(path);
    return std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const bool tells = tells_commands(by) && !by.ends_with("akefile") && !project.doubtful.contains(by) &&
                           (kind_of(by) == FileKind::workflow || !by.starts_with(".github/workflows/"));
        const auto text = tells ? project.read(by) : std::nullopt;
        if (!text) return false;
        const auto lines = command_lines(*text);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return names_file(line, file_name(path)) ||
                   (takes_itself && has_any(line, {"docker compose up", "docker-compose up"}));
        });
    });
}

namespace {

// What goes to production is a stack of the same folder.
bool is_beside_stack(const Project& project, const std::string& path, const Ways& ways) {
    return !project.stacks.contains(path) && is_taken_by_itself(path) &&
           std::any_of(ways.stacks.begin(), ways.stacks.end(),
                       [&](const std::string& stack) { return folder_of(stack) == folder_of(path); }) &&
           !is_started_elsewhere(project, path);
}

}

Ways ways_of(const Project& project, const std::map<std::string, read::ComposeProject>& composes) {
    Ways ways;
    const auto& own = project.settings.deployed;
    for (const auto& [path, compose] : composes)
        if (std::find(own.begin(), own.end(), path) != own.end() || is_started_to_deploy(project, path, compose))
            ways.deployed.insert(path);
    for (const auto& by : project.paths)
        if (kind_of(by) == FileKind::workflow ||
            (by.ends_with(".sh") && has_any(lower(file_name(by)), {"deploy", "prod"})))
            ways.stacks.merge(stacks_of(project, by));
    ways.missing = commands_of_missing(project);
    ways.has_other = has_other_way(project);
    ways.has_platform = some_workflow(project, hands_to_platform);
    return ways;
}

void note_denial(Project& project) {
    if (is_denied_to_production(project, "README.md"))
        project.doubtful.insert(project.paths.begin(), project.paths.end());
    for (const auto& page : project.paths) {
        const auto folder = folder_of(page);
        if (folder.empty() || lower(file_name(page)) != "readme.md") continue;
        auto lines = split(project.read(page).value_or(""), '\n');
        constexpr std::size_t head = 8; // lines, for a title and a note below it
        lines.resize(std::min(lines.size(), head));
        if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return project::tells_disuse(line); }))
            for (const auto& path : project.paths)
                if (path.starts_with(folder + "/")) project.doubtful.insert(path);
    }
}

void note_doubt(Project& project, const std::string& path, const read::ComposeProject& alone, const Ways& ways) {
    if (is_beside_missing_one(ways, path)) project.doubtful.insert(path);
    if (ways.deployed.contains(path) || ways.stacks.contains(path)) return;
    if (is_started_by_tests_only(project, path)) project.doubtful.insert(path); // whatever its name says
    if (profile_of(path) || has_any("/" + folder_of(path) + "/", {"/production/", "/prod/"})) return;
    const auto builds_development = [&](const read::ComposeService& service) {
        const auto folders = "/" + (service.build ? folder_of(service.build->dockerfile) : "") + "/";
        return (service.build && (profile_of(file_name(service.build->dockerfile)) == Profile::development ||
                                  has_any(folders, {"/dev/", "/development/", "/local/"}) ||
                                  builds_image_of_development(project, service) || is_given_to_develop(service))) ||
               serves_while_edited(project, service);
    };
    const auto is_replaced = [&] {
        return !ways.deployed.empty() &&
               !some_file_names(project, path, '/', [](const std::string& by) { return tells_commands(by); });
    };
    const auto text = project.read(path).value_or("");
    if (project::head_comment(text) || project::development_service(alone) ||
        (project::is_all_development(alone) && !project::says_production(alone)) || ways.has_other ||
        (is_taken_by_itself(path) && is_started_by_boot(project, path)) || is_denied_to_production(project, path) ||
        is_replaced() || is_example_of_image(project, alone) || is_beside_stack(project, path, ways) ||
        runs_tests_only(project, path, alone) || (ways.has_platform && is_started_by_nobody(project, path)) ||
        std::any_of(alone.services.begin(), alone.services.end(), builds_development) ||
        (starts_no_application(alone) && has_application(project)) || is_started_locally(project, path) ||
        has_local_names(alone) || mounts_a_home(alone)) {
        project.doubtful.insert(path);
        return; // what pages tell would change nothing
    }
    const auto told = told_of(project, path);
    if (told.as_local) project.doubtful.insert(path);
    const auto reads_production = [](const read::ComposeService& service) { // .env.production
        return std::any_of(service.env_files.begin(), service.env_files.end(),
                           [](const auto& one) { return profile_of(file_name(one.path)) == Profile::production; });
    };
    if (!told.as_deployed && !project::says_production(alone) &&
        std::none_of(alone.services.begin(), alone.services.end(), reads_production) &&
        !is_handed_out(project, alone) && !project::head_says_production(text))
        project.unproven.insert(path);
}

}
