#include "project/development.h"
#include "base/path.h"
#include "base/text.h"
#include "project/emulators.h"
#include "project/languages.h"
#include "read/compose.h"
#include <algorithm>
#include <set>
#include <vector>

namespace fairlead::project {

namespace {

// A line may begin a file and say nothing of whom it is for.
bool is_preamble(std::string_view line) {
    return line.empty() || line == "---" || line.starts_with("#!") || line.starts_with("# syntax") ||
           line.starts_with("#syntax") || line.starts_with("# escape") || line.starts_with("version:") ||
           line.starts_with("name:");
}

// "Only for LOCAL development." as " only for local development "
std::string as_words(std::string_view comment) {
    std::string words = " ";
    for (const char c : lower(comment)) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
        if (is_word)
            words += c;
        else if (words.back() != ' ')
            words += ' ';
    }
    return words.back() == ' ' ? words : words + " ";
}

bool excludes_production(std::string_view all_words) {
    // "It isn't built for production scale": people use it all the same.
    const auto words = replace_all(all_words, " for production scale ", " ");
    if (has_any(words, {" not the published ", " not the official ", " not to be used for "})) return true;
    const bool denies = has_any(words, {" not ", " never ", " don't ", " isn't ", " shouldn't "});
    return denies &&
           has_any(words, {" for production ", " in production ", " for a production ", " in a production ",
                           " production use ", " production ready ", " used in prod ", " use in prod ", " for prod "});
}

bool names_development(std::string_view words) {
    return has_any(words, {" for development ",
                           " for dev ",
                           " for local ",
                           " for testing ",
                           " for tests ",
                           " development only ",
                           " dev only ",
                           " local only ",
                           " local development ",
                           " local dev ",
                           " local environment ",
                           " local testing ",
                           " local setup ",
                           " dev setup ",
                           " dev environment ",
                           " development environment ",
                           " development purposes",
                           " testing purposes ",
                           " test environment ",
                           " development setup ",
                           " development image ",
                           " testing image ",
                           " test image ",
                           " development configuration ",
                           " for go tests ",
                           " used in development ",
                           " used in ci ",
                           " for ci ",
                           " integration tests ",
                           " running tests ",
                           " run locally ",
                           " running locally ",
                           " demo purposes ",
                           " demonstration purposes "});
}

std::vector<std::string> sentences(std::string_view comment) {
    std::vector<std::string> all{""};
    for (std::size_t i = 0; i < comment.size(); ++i) {
        const bool ends =
            (comment[i] == '.' && (i + 1 == comment.size() || comment[i + 1] == ' ')) || comment[i] == ';';
        if (ends)
            all.emplace_back();
        else
            all.back() += comment[i];
    }
    return all;
}

// "For production see compose.prod.yml", "the Dockerfile at the root is for development": of another file.
bool points_elsewhere(std::string_view words) {
    return has_any(words, {" the dockerfile at ", " the dockerfile in ", " the other dockerfile ", " see ",
                           " refer to ", " refer ", " instead ", " look at ", " there is "});
}

// A word of a command that serves while files change, or that keeps a container open for a person.
bool reloads(const read::ComposeService& service) {
    std::string words = " ";
    for (const auto* all : {&service.entrypoint, &service.command})
        for (const auto& word : *all) words += word + " ";
    return has_any(words, {" --reload ", "--reload-dir", " runserver", " nodemon", " --debug ", " run dev ",
                           " start:dev ", " run start:dev", " dev ", " watch ", " vite ", " next dev", " air ",
                           " --watch ", " bin/dev ", " dev:", " debugpy ", " sleep infinity ", " -f /dev/null "});
}

}

namespace {

// NODE_ENV, SPRING_PROFILES_ACTIVE
bool names_environment(std::string_view name) {
    constexpr std::string_view names[] = {"DJANGO_SETTINGS_MODULE",
                                          "NODE_ENV",
                                          "RAILS_ENV",
                                          "RACK_ENV",
                                          "APP_ENV",
                                          "FLASK_ENV",
                                          "ASPNETCORE_ENVIRONMENT",
                                          "SPRING_PROFILES_ACTIVE",
                                          "DJANGO_CONFIGURATION",
                                          "ENVIRONMENT",
                                          "ENV",
                                          "APP_SETTINGS",
                                          "MIX_ENV"};
    // What a bundler takes into the page: REACT_APP_ENV, VITE_APP_ENV.
    for (const std::string_view prefix : {"REACT_APP_", "NEXT_PUBLIC_", "VITE_", "VUE_APP_"})
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}

bool sets_development(std::string_view name, std::string_view value) {
    if (!names_environment(name)) return false;
    const auto small = lower(value);
    const auto last = small.substr(small.find_last_of(".:/") + 1); // npos + 1 is 0
    return has_any(" " + last + " ",
                   {" dev ", " development ", " local ", " develop ", " test ", " testing ", " developmentconfig "});
}

namespace {

bool is_set_to_develop(const read::ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const read::ComposeVariable& one) {
        return sets_development(one.name, one.value.value_or(""));
    });
}

// Nobody serves users with the settings of tests.
bool is_set_to_test(const read::ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const read::ComposeVariable& one) {
        const bool names = one.name.ends_with("_ENV") || one.name.ends_with("_ENVIRONMENT");
        return names && (one.value == "test" || one.value == "testing");
    });
}

std::string_view image_name(const read::ComposeService& service) { // "postgres"
    return file_name(std::string_view(service.image).substr(0, service.image.find(':')));
}

// What stands in for others, or loads the application: the whole file is a test.
bool tests_others(const read::ComposeService& service) {
    constexpr std::string_view names[] = {"wiremock",          "jmeter", "k6", "locust", "mockserver",
                                          "standalone-chrome", "gatling"};
    const auto name = image_name(service);
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// vault server -dev keeps everything in memory, and its key is known.
bool is_in_mode_of_development(const read::ComposeService& service) {
    return service.image.find("vault") != std::string::npos &&
           std::find(service.command.begin(), service.command.end(), "-dev") != service.command.end();
}

// It takes mail and sends none.
bool swallows_mail(const read::ComposeService& service) {
    const auto name = image_name(service);
    return name == "mailhog" || name == "mailpit" || name == "maildev" || name == "mailcatcher" || name == "inbucket" ||
           name == "greenmail";
}

bool builds_to_develop(const read::ComposeService& service) {
    constexpr std::string_view targets[] = {"dev", "develop", "development", "local", "test", "debug"};
    if (!service.build || service.build->target.empty()) return false;
    const auto words = split(service.build->target, '-'); // dev-full
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(std::begin(targets), std::end(targets), word) != std::end(targets);
    });
}

// shop-dev
bool is_named_for_development(const read::ComposeService& service) {
    return service.build && (service.name.ends_with("-dev") || service.name.ends_with("_dev"));
}

// `folder`: of the compose file.
bool mounts_all_of_source(const read::ComposeService& service, std::string_view folder) {
    return service.build &&
           std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
               constexpr std::string_view homes[] = {"/var/www", "/var/www/html", "/app",     "/code",
                                                     "/src",     "/usr/src/app",  "/srv/app", "/workspace"};
               const bool is_home = std::find(std::begin(homes), std::end(homes), volume.target) != std::end(homes);
               const bool is_inside = !volume.source.starts_with('/') && !volume.source.starts_with('~') &&
                                      !volume.source.starts_with("..");
               return volume.type == "bind" && !volume.read_only &&
                      (volume.source == service.build->context || volume.source == folder || (is_home && is_inside));
           });
}

// PHP's debugger: nobody serves users with it.
bool has_debugger(const read::ComposeService& service) {
    const auto names_it = [](std::string_view text) { return text.find("xdebug") != text.npos; };
    return std::any_of(service.volumes.begin(), service.volumes.end(),
                       [&](const read::ComposeVolume& volume) { return names_it(lower(volume.source)); }) ||
           std::any_of(service.environment.begin(), service.environment.end(),
                       [](const read::ComposeVariable& one) { return one.name.starts_with("XDEBUG_"); });
}

// tty: true, stdin_open: true: a person sits before it.
bool is_for_a_person(const read::ComposeService& service) {
    const auto is_on = [&](std::string_view key) {
        const auto* const value = service.at(key);
        return value != nullptr && value->text == "true";
    };
    return is_on("tty") || is_on("stdin_open");
}

constexpr std::string_view sql_servers[] = {"postgres", "mysql", "mariadb", "mssql", "server"};

std::string_view sql_server_of(const read::ComposeService& service) {
    const auto name = image_name(service);
    const auto* const found = std::find(std::begin(sql_servers), std::end(sql_servers), name);
    const bool is_other = name == "server" && service.image.find("mssql") == std::string::npos;
    return found == std::end(sql_servers) || is_other ? "" : *found;
}

// Built from a server's image, which reads these.
bool builds_sql_server(const read::ComposeService& service) {
    return service.build &&
           std::any_of(service.environment.begin(), service.environment.end(),
                       [](const read::ComposeVariable& one) {
                           return one.name == "POSTGRES_PASSWORD" || one.name == "MYSQL_ROOT_PASSWORD" ||
                                  one.name == "MARIADB_ROOT_PASSWORD";
                       }) &&
           std::any_of(service.ports.begin(), service.ports.end(),
                       [](const read::ComposePort& port) { return port.target == "5432" || port.target == "3306"; });
}

bool publishes_database(const read::ComposeProject& compose) {
    return std::any_of(compose.services.begin(), compose.services.end(), [](const read::ComposeService& service) {
        return (!sql_server_of(service).empty() && !service.ports.empty()) || builds_sql_server(service);
    });
}

// Three kinds of SQL servers at once: what is tried with each of them.
bool tries_servers(const read::ComposeProject& compose) {
    std::set<std::string_view> kinds;
    for (const auto& service : compose.services) kinds.insert(sql_server_of(service));
    kinds.erase("");
    return kinds.size() > 2;
}

// develop: {watch: …}: docker compose watch copies what is edited into the container.
bool is_watched(const read::ComposeService& service) {
    const auto* const develop = service.at("develop");
    return develop != nullptr && develop->find("watch") != nullptr;
}

bool is_sail(const read::ComposeService& service) {
    return service.image.starts_with("sail-") ||
           (service.build && service.build->context.find("vendor/laravel/sail") != std::string::npos);
}

}

namespace {

// Laravel Sail's network: what remains of its file with another image.
bool has_network_of_sail(const read::ComposeProject& compose) {
    const auto* const networks = compose.model.find("networks");
    return networks != nullptr && networks->find("sail") != nullptr;
}

}

namespace {

// image: node:22, working_dir: /app, volumes: ["./web:/app"]: the image of a language, with the source over it.
bool mounts_source_into_language(const read::ComposeService& service) {
    constexpr std::string_view languages[] = {"node", "python", "ruby", "golang", "php", "bun", "deno"};
    const auto name = image_name(service);
    const auto* const folder = service.at("working_dir");
    return std::find(std::begin(languages), std::end(languages), name) != std::end(languages) && folder != nullptr &&
           std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
               return volume.type == "bind" && !volume.read_only && !volume.source.starts_with('/') &&
                      volume.target == folder->text;
           });
}

}

bool mounts_source(const read::ComposeService& service) {
    if (!service.build && !service.image.empty()) return mounts_source_into_language(service);
    const std::string context = service.build ? service.build->context : "."; // laid over a file that builds it
    return std::any_of(service.volumes.begin(), service.volumes.end(), [&](const read::ComposeVolume& volume) {
        if (volume.type != "bind" || volume.read_only) return false;
        if (volume.source == context) return true;
        const bool inside = context == "." ? !volume.source.starts_with('/') && !volume.source.starts_with("..")
                                           : volume.source.starts_with(context + "/");
        // A folder of the source: one file, or what a program writes, is mounted in production, too.
        const auto name = file_name(volume.source);
        return inside && name.find('.') == name.npos &&
               !has_any(lower(name), {"data", "media", "upload", "log", "static", "storage", "config", "conf", "cert",
                                      "ssl", "backup", "volume", "tmp", "cache", "init", "nginx", "letsencrypt"});
    });
}

std::optional<Mark> head_comment(std::string_view text) {
    std::string comment;
    int number = 0, first = 0;
    std::string shown;
    for (const auto& written : split(text, '\n')) {
        const auto line = trim(written);
        ++number;
        if (is_preamble(line)) continue;
        if (!line.starts_with('#')) break;
        const auto words = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
        comment += std::string(words) + " ";
        if (first == 0 && (names_development(as_words(words)) || excludes_production(as_words(words)) ||
                           names_development_elsewhere(words))) {
            first = number;
            shown = std::string(words);
        }
    }
    bool excludes = false, develops = names_development_elsewhere(comment),
         produces = names_production_elsewhere(comment);
    for (const auto& sentence : sentences(comment)) {
        const auto words = as_words(sentence);
        if (points_elsewhere(words)) continue;
        const bool denied = excludes_production(words);
        excludes = excludes || denied;
        develops = develops || names_development(words);
        produces = produces || (!denied && has_any(words, {" production ", " prod "}));
    }
    if (!excludes && (!develops || produces)) return std::nullopt;
    return Mark{std::max(first, 1), shown};
}

std::optional<Mark> development_service(const read::ComposeProject& compose) {
    const bool opens_database = publishes_database(compose), tries = tries_servers(compose);
    const bool is_sails = has_network_of_sail(compose);
    for (const auto& service : compose.services) {
        const bool develops = is_set_to_develop(service) || reloads(service) || builds_to_develop(service);
        if (is_named_for_development(service) || is_sail(service) || is_sails || is_set_to_test(service) ||
            swallows_mail(service) || has_debugger(service) || is_emulator(service) || is_told_to_develop(service) ||
            tries || tests_others(service) || is_in_mode_of_development(service) ||
            ((mounts_source(service) || is_watched(service)) && develops) ||
            (mounts_all_of_source(service, compose.directory) && (opens_database || is_for_a_person(service))))
            return Mark{service.place.line, service.name};
    }
    return std::nullopt;
}

bool says_development(const read::ComposeProject& compose) {
    return std::any_of(compose.services.begin(), compose.services.end(), is_set_to_develop);
}

bool is_all_development(const read::ComposeProject& compose) {
    bool develops = false, serves = false;
    for (const auto& service : compose.services)
        for (const auto& one : service.environment) {
            const auto value = one.value.value_or("");
            if (sets_development(one.name, value))
                develops = true;
            else if (names_environment(one.name) && !value.empty())
                serves = true;
        }
    return develops && !serves && publishes_database(compose);
}

bool speaks_of_development(std::string_view text) {
    // Of a word only the part that no ending changes.
    constexpr std::string_view words[] = {
        "lokaln",     "lokal ",     "developmentu", "desarrollo", "desenvolvimento", "développement",
        "ntwicklung", "sviluppo",   "geliştirme",   "разработ",   "розроб",          "локальн",
        "开发",       "開發",       "本地",         "開発",       "ローカル",        "개발",
        "로컬",       "phát triển", "pengembangan"};
    return names_development(as_words(text)) || names_development_elsewhere(text) ||
           std::any_of(std::begin(words), std::end(words), [&](auto word) { return text.find(word) != text.npos; });
}

bool denies_production(std::string_view text) {
    constexpr std::string_view things[] = {" this ", " these ", " it ", " repo", " project ", " demo ", " setup "};
    const auto words = as_words(text);
    const bool is_all = std::any_of(std::begin(things), std::end(things),
                                    [&](std::string_view thing) { return words.find(thing) != words.npos; });
    return (is_all && excludes_production(words) &&
            has_any(words, {" use ", " used ", " intended ", " meant ", " deploy", " run "})) ||
           has_any(words,
                   {" for educational purposes only ", " for educational purpose only ", " for learning purposes only ",
                    " for demonstration purposes only ", " for educational use only ", " for education only ",
                    " for learning only ", " only for educational purposes ", " only for learning purposes ",
                    " only for education ", " solely for educational purposes "}) ||
           has_any(text, {"Không sử dụng cho production", "请勿用于生产", "不要用于生产", "勿用于生产环境",
                          "本番環境では使用しない", "운영 환경에서 사용하지"}) ||
           is_for_education_only(lower(text)) || is_vulnerable_on_purpose(lower(text));
}

bool tells_disuse(std::string_view line) {
    const auto words = as_words(line);
    const bool is_here = has_any(words, {" this folder ", " this directory ", " these files ", " this deployment ",
                                         " this setup ", " this stack ", " everything here "});
    return !line.starts_with("##") &&
           (words.starts_with(" deprecated ") ||
            (is_here && has_any(words, {" is deprecated ", " are deprecated ", " kept for reference ", " is obsolete ",
                                        " is no longer used ", " are no longer used "})));
}

std::string_view engine_of(std::string_view path, std::string_view text, Format format) {
    struct Engine {
        std::string_view end, name;
    };
    constexpr Engine ends[] = {{".erb", "ERB"},
                               {".j2", "Jinja"},
                               {".jinja", "Jinja"},
                               {".jinja2", "Jinja"},
                               {".mustache", "Mustache"},
                               {".hbs", "Handlebars"},
                               {".gotmpl", "Go templates"},
                               {".tera", "Tera"},
                               {".eex", "EEx"},
                               {".ejs", "EJS"},
                               {".liquid", "Liquid"},
                               {".m4", "m4"},
                               {".twig", "Twig"},
                               {".njk", "Nunjucks"},
                               {".mako", "Mako"}};
    for (const auto& [end, name] : ends)
        if (path.ends_with(end)) return name;
    const auto between = [&](std::string_view begin, std::string_view end) {
        const auto at = text.find(begin);
        return at != text.npos && text.find(end, at) != text.npos;
    };
    if (path.find("{{") != path.npos) return "cookiecutter";
    const auto begins_line = [&](std::string_view mark) {
        return text.starts_with(mark) || text.find("\n" + std::string(mark)) != text.npos;
    };
    if (format == Format::dockerfile && begins_line("{%")) return "Jinja";
    if (format == Format::dockerfile && begins_line("{{")) return "{{ }}";
    if (format == Format::dockerfile || format == Format::unit) return {}; // {{ }} may be docker's own --format
    if (between("<%=", "%>")) return "ERB";
    if (between("{% ", " %}") || between("{%- ", "%}")) return "Jinja";
    if (format == Format::compose) return {}; // Swarm fills in {{.Node.Hostname}}
    if (between("{{", "}}")) return "{{ }}";
    if (format == Format::nginx && between("/[", " NAME];")) return "[ NAME]";
    if (format == Format::nginx)
        for (auto at = text.find("%%"); at != text.npos; at = text.find("%%", at + 2)) {
            const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", at + 2);
            if (end != text.npos && end > at + 2 && text.substr(end, 2) == "%%") return "%%NAME%%";
        }
    return {};
}

}
