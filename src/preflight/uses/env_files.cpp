#include "preflight/uses/env_files.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/env_users.h"
#include "project/development.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "read/kube.h"
#include "read/unit.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

read::EnvLookup lookup_in(const std::map<std::string, std::string>& variables) {
    return [&variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

// Of compose's `env_file:` and units' EnvironmentFile= those that nothing but that tells to be one: settings/web.conf,
// and the gravest profile of who takes them.
// Calls `take` for each file that a service of a compose file has as env_file.
template <typename Take>
void each_taken(const Project& project, Take take) {
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const auto& file : service.env_files) take(compose, file.path);
}

std::map<std::string, Profile> env_files_by_use(const Project& project, const std::vector<std::string>& found) {
    std::map<std::string, Profile> files;
    const auto take = [&](const std::string& path, Profile profile) {
        if (std::find(found.begin(), found.end(), path) != found.end() || !project.in_scope(path) ||
            !project.read(path))
            return;
        const auto [one, is_new] = files.try_emplace(path, profile);
        one->second = std::max(one->second, profile);
    };
    each_taken(project, [&](const Compose& compose, const std::string& path) { take(path, compose.profile); });
    for (const Unit& unit :
         project.units) // where it is installed isn't known: by its name, beside the unit or above all
        for (const auto& file : unit.read->environment_files)
            for (const auto& folder : {folder_of(unit.file), std::string()})
                take(path_in(folder, file_name(file)), unit.profile);
    return files;
}

}

bool is_of_symfony(const Project& project, const std::string& path) {
    if (file_name(path) != ".env" || !project.tracked.contains(path)) return false;
    const auto manifest = project.read(path_in(folder_of(path), "composer.json"));
    return manifest && manifest->find("\"symfony/") != manifest->npos;
}

namespace {

// POSTGRES_PASSWORD=${POSTGRES_PASSWORD}: envsubst fills it in where it is deployed.
bool is_to_be_filled(std::string_view text) {
    constexpr std::ptrdiff_t several = 2;
    const auto lines = split(text, '\n');
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
               const auto equals = line.find('=');
               return equals != line.npos &&
                      trim(std::string_view(line).substr(equals + 1)) ==
                          "${" + std::string(trim(std::string_view(line).substr(0, equals))) + "}";
           }) >= several;
}

// .env.docker, which is committed and nobody reads: what whoever installs it copies and changes.
bool is_to_be_copied(const Project& project, const std::string& path) {
    return file_name(path).starts_with(".env.") && !is_env_backup(path) && project.tracked.contains(path) &&
           environment_in(path).empty() && !profile_of(path);
}

// Beyond a library of the folder that reads an env file, whatever it is called.
bool is_named_by_user(const EnvFile& file) {
    return std::any_of(file.users.begin(), file.users.end(),
                       [](const std::string& dialect) { return dialect != "dotenv" && dialect != "node"; });
}

// support@yourpage.com, https://example.com: nobody's.
bool names_no_host(std::string_view value) {
    return asks_to_be_replaced(value) ||
           has_any(lower(value), {"yourpage.", "yourdomain.", "yoursite.", "yourcompany.", "yourapp.", "example.com",
                                  "example.org", "mydomain.", "seudominio.", "tudominio."});
}

// Vite and its like take .env.production by themselves; others make its name from NODE_ENV.
bool may_be_taken_by_name(const Project& project, const std::string& path) {
    const auto manifest = project.read(path_in(folder_of(path), "package.json")).value_or("");
    constexpr std::string_view takers[] = {"\"next\"", "\"vite\"", "react-scripts",  "\"nuxt",  "vue-cli",
                                           "env-cmd",  "dotenv-",  "@nestjs/config", "\"astro", "gatsby"};
    const auto has = [](std::string_view text) {
        return [text](std::string_view word) { return text.find(word) != text.npos; };
    };
    const bool is_taken = std::any_of(std::begin(takers), std::end(takers), has(manifest));
    const auto is_any = [](std::string_view by) { return is_code(by) || by.ends_with(".rb") || by.ends_with(".go"); };
    return is_taken || some_source(project, is_any, [](const std::string&, std::string_view text) {
               return has_any(text, {".env.$", ".env.' +", ".env.\" +", ".env.{", ".env.%", ".env.\"+", ".env.'+"});
           });
}

// .env.production of placeholders, whose real file is .env, which git ignores; no file here names it.
bool is_form_of_ignored(const Project& project, const EnvFile& file) {
    const auto real = path_in(folder_of(file.file), ".env");
    const auto name = file_name(file.file);
    if (!name.starts_with(".env.") || !project.tracked.contains(file.file) || is_env_backup(file.file) ||
        project.tracked.contains(real) || !project.is_git_ignored(real) || is_named_by_user(file))
        return false;
    int hosts = 0, secrets = 0, asking = 0;
    for (const auto& one : file.read->entries) {
        const auto value = one.value.value_or("");
        if (looks_generated(value)) return false;
        hosts += names_no_host(value);
        if (value.empty() || !sounds_secret(one.name)) continue;
        ++secrets;
        asking += is_placeholder(value);
    }
    const auto may_name = [&](const std::string& by) { return by != file.file && !by.ends_with("ignore"); };
    return hosts > 1 && asking * 2 > secrets && !some_file_names(project, name, '-', may_name) &&
           !may_be_taken_by_name(project, file.file);
}

// .env.web-samle, where git ignores .env.web: a word for "sample", however it is spelled.
bool is_ignored_with_word(const Project& project, const EnvFile& file) {
    const auto dash = file.file.rfind('-');
    if (dash == file.file.npos || dash < file.file.rfind('/') + 1 || is_named_by_user(file)) return false;
    const auto word = file.file.substr(dash + 1);
    return !profile_in(word) && !is_env_backup(file.file) && project.tracked.contains(file.file) &&
           project.is_git_ignored(file.file.substr(0, dash)) && !project.is_git_ignored(file.file);
}

// A form that is committed and nobody takes: most of what it names is left empty, and no secret is in it.
bool is_left_empty(const Project& project, const EnvFile& file) {
    constexpr std::ptrdiff_t several = 3;
    const auto is_empty = [](const read::EnvEntry& one) { return !one.value || one.value->empty(); };
    const auto gives_secret = [&](const read::EnvEntry& one) { return !is_empty(one) && sounds_secret(one.name); };
    const auto& all = file.read->entries;
    return project.tracked.contains(file.file) && file_name(file.file) != ".env" && file.environment.empty() &&
           std::count_if(all.begin(), all.end(), is_empty) >= several &&
           std::none_of(all.begin(), all.end(), gives_secret);
}

// What is no secret asks to be replaced as well, and no secret is in it: whoever deploys fills in the file.
class FilledInForm {
  public:
    void take(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (!is_secret_name(name))
            asking_ += asks_to_be_replaced(value);
        else if (!is_placeholder(value) && is_secret(name, value))
            holds_secret_ = true;
    }
    bool is_one() const { return asking_ >= 2 && !holds_secret_; }

  private:
    int asking_ = 0;
    bool holds_secret_ = false;
};

// EMAIL_HOST_PASSWORD=****: hidden before it was shown, so that nothing runs with the file as it is.
bool is_masked(const read::EnvFile& file) {
    return std::any_of(file.entries.begin(), file.entries.end(), [](const read::EnvEntry& one) {
        const auto value = one.value.value_or("");
        constexpr std::size_t fewest = 3;
        return value.size() >= fewest && value.find_first_not_of('*') == value.npos;
    });
}

bool is_mostly_empty(const read::EnvFile& file) {
    constexpr std::ptrdiff_t several = 5;
    const auto is_empty = [](const read::EnvEntry& one) { return !one.value || one.value->empty(); };
    const auto empty = std::count_if(file.entries.begin(), file.entries.end(), is_empty);
    return empty >= several && empty * 2 > static_cast<std::ptrdiff_t>(file.entries.size());
}

bool is_env_form(const read::EnvFile& file) {
    FilledInForm form;
    if (is_masked(file)) return true;
    for (const auto& one : file.entries) form.take(one.name, one.value.value_or(""));
    return form.is_one();
}

// APP_URL=http://localhost:3000: whoever has this file calls the program on their own machine.
bool is_own_address_here(std::string_view name, std::string_view value) {
    constexpr std::string_view ends[] = {"PUBLIC_URL", "APP_URL", "FRONTEND_URL", "SITE_URL", "EXTERNAL_URL"};
    constexpr std::string_view begins[] = {"VITE_", "REACT_APP_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "VUE_APP_"};
    return has_any(value, {"://localhost", "://127.0.0.1"}) &&
           (std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return name.ends_with(end); }) ||
            std::any_of(std::begin(begins), std::end(begins),
                        [&](std::string_view begin) { return name.starts_with(begin); }));
}

// DB_HOST=localhost, postgres://shop@localhost/shop: of a container's program that is no database's address.
bool is_own_database_here(std::string_view name, std::string_view value) {
    constexpr std::string_view names[] = {"DB_HOST",      "DATABASE_HOST", "POSTGRES_HOST", "PGHOST",
                                          "MYSQL_HOST",   "MONGO_HOST",    "DATABASE_URL",  "DB_URL",
                                          "POSTGRES_URL", "MONGO_URI",     "MONGODB_URI"};
    if (std::find(std::begin(names), std::end(names), name) == std::end(names)) return false;
    return value == "localhost" || value == "127.0.0.1" ||
           has_any(value, {"@localhost:", "@localhost/", "@127.0.0.1:", "@127.0.0.1/", "://localhost:27017",
                           "://127.0.0.1:27017"});
}

// It is committed and says itself that it is of development: APP_ENV=local.
bool says_development(const Project& project, const EnvFile& file) {
    return project.tracked.contains(file.file) && environment_in(file.file).empty() && !is_env_backup(file.file) &&
           std::any_of(file.read->entries.begin(), file.read->entries.end(), [](const read::EnvEntry& one) {
               const auto value = one.value.value_or("");
               return project::sets_development(trim(std::string_view(one.name)), trim(std::string_view(value))) ||
                      is_own_database_here(one.name, value) || is_own_address_here(one.name, value);
           });
}

// Only services of development take it, and those of production another one beside it.
bool is_taken_by_development(const Project& project, const std::string& path) {
    bool develops = false, produces = false, has_other = false;
    each_taken(project, [&](const Compose& compose, const std::string& one) {
        const bool is_development = compose.profile == Profile::development;
        if (one == path) (is_development ? develops : produces) = true;
        const bool is_near = folder_of(one) == folder_of(path) ||
                             (folder_of(one).starts_with(folder_of(path) + "/") && // .envs/prod/api.env
                              file_name(one) == file_name(path));
        has_other = has_other || (!is_development && one != path && is_near);
    });
    return develops && !produces && has_other;
}

// Only compose files for development name it, and nobody else reads it but a library.
bool is_named_to_develop_only(const Project& project, const EnvFile& file) {
    if (file_name(file.file) == ".env" || !project.tracked.contains(file.file) || profile_of(file.file) ||
        std::any_of(file.users.begin(), file.users.end(), [](const std::string& dialect) {
            return !is_one_of(dialect, {"compose", "dotenv", "node"});
        }))
        return false;
    bool develops = false, produces = false;
    each_taken(project, [&](const Compose& compose, const std::string& one) {
        if (one == file.file) (project.is_for_development(compose) ? develops : produces) = true;
    });
    return develops && !produces;
}

// variables.env that a shell reads: it has an if, or names its interpreter.
bool is_shell_script(std::string_view text) { return text.starts_with("#!/") || text.find("\nfi\n") != text.npos; }

// cp deploy.env .env; mv of a script that packs what is handed out
bool is_copied_to_env(const Project& project, const std::string& path) {
    const auto name = file_name(path);
    if (!project.tracked.contains(path) || name == ".env") return false;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find(name) == text->npos) return false;
        const auto lines = split(*text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return (line.find("cp ") != line.npos || line.find("mv ") != line.npos) && names_file(line, name) &&
                   names_file(line, ".env");
        });
    });
}

}

namespace {

// "Copy this file to .env and customize as needed", in the comment that the file begins with.
bool says_to_copy(std::string_view text) {
    bool copies = false;
    for (const auto& line : split(text, '\n')) {
        const auto words = trim(std::string_view(line));
        if (!words.empty() && !words.starts_with('#')) break;
        const auto small = lower(words);
        const bool is_meant = small.ends_with(" .env") || small.ends_with(" .env.") ||
                              has_any(small, {" .env ", " .env, ", " .env. ", "`.env`", "'.env'"});
        copies = copies || (is_meant && has_any(small, {"copy this ", "copy it ", "copy to ", "cp ", "rename this ",
                                                        "rename it ", "save this ", "save it "}));
    }
    return copies;
}

}

bool is_form(const read::KubeFile& file) {
    FilledInForm form;
    for (const auto& object : file.objects) {
        if (object.kind != "ConfigMap" && object.kind != "Secret") return false; // a workload is deployed as it is
        for (const std::string_view key : {"data", "stringData"})
            if (const auto* data = object.root.find(key))
                for (const auto& [name, value] : data->entries) form.take(name.scalar, value.scalar);
    }
    return form.is_one();
}

namespace {

// In the dialect that was asked for, else in that of its first reader.
void read_by_dialect(const Project& project, const Wanted& wanted, EnvFile& one) {
    const auto& asked = wanted.dialect.empty() ? project.settings.env_dialect : wanted.dialect;
    one.dialect_known = !asked.empty() || !one.users.empty();
    one.dialect = !asked.empty() ? asked : one.users.empty() ? "compose" : one.users.front();
    one.read = std::make_shared<read::EnvFile>(
        read::read_env(one.text, *read::dialect_named(one.dialect), lookup_in(project.variables)));
}

// A template by its name, its words or its use; what a flag or fairlead.yml names is none by its use.
bool is_template_of(const Project& project, const EnvFile& one, bool is_named, bool is_used) {
    const auto& path = one.file;
    return is_env_template(path) || is_of_symfony(project, path) || is_to_be_filled(one.text) ||
           (!is_named && is_form_of_ignored(project, one)) ||
           (!is_named && file_name(path) != ".env" && !is_named_by_user(one) && says_to_copy(one.text)) ||
           (!is_named && !is_used &&
            (is_to_be_copied(project, path) || is_copied_to_env(project, path) || is_left_empty(project, one)));
}

// A form, and a file that says itself that it is of development, are told in full and prove nothing:
// nobody knows whether production has them as they are.
bool proves_nothing(const Project& project, const EnvFile& one, bool is_used) {
    return one.profile == Profile::development || is_env_form(*one.read) || (!is_used && is_mostly_empty(*one.read)) ||
           says_development(project, one) || project::head_comment(one.text) || is_ignored_with_word(project, one) ||
           (is_env_backup(one.file) && !is_named_by_user(one));
}

EnvFile env_of_process(const Project& project) {
    EnvFile process;
    process.file = "(environment)";
    process.dialect = "docker";
    process.dialect_known = true;
    process.environment = project.environment;
    process.profile = project.profile;
    auto read = std::make_shared<read::EnvFile>();
    for (const auto& [name, value] : project.variables) {
        read::EnvEntry entry;
        entry.name = name;
        entry.value = value;
        read->entries.push_back(std::move(entry));
    }
    process.read = std::move(read);
    return process;
}

}

void add_env_files(Project& project, const Wanted& wanted, std::vector<std::string> found) {
    const auto& named = wanted.env_files.empty() ? project.settings.env_files : wanted.env_files;
    const auto used = named.empty() ? env_files_by_use(project, found) : std::map<std::string, Profile>();
    for (const auto& [path, profile] : used) found.push_back(path);
    if (!named.empty()) {
        std::erase_if(found, [](const std::string& path) { return !is_env_template(path); });
        found.insert(found.end(), named.begin(), named.end());
    }
    const auto users = env_users(project);
    const bool has_production = std::any_of(found.begin(), found.end(), [](const std::string& path) {
        return !is_env_template(path) && profile_of(path).value_or(Profile::development) != Profile::development;
    });
    for (const auto& path : found) {
        const auto text = project.read(path);
        const bool is_named = std::find(named.begin(), named.end(), path) != named.end();
        if (!is_named && is_shell_script(text.value_or(""))) continue;
        EnvFile one;
        one.file = path;
        one.text = text.value_or("");
        one.environment = is_named ? project.environment : environment_in(path);
        // The plain .env beside one of production's own is that of whoever develops.
        const bool is_plain = has_production && file_name(path) == ".env";
        const auto plain = is_plain ? Profile::development : project.profile;
        const auto by_use = used.find(path);
        one.profile = is_named               ? project.profile
                      : by_use != used.end() ? by_use->second
                                             : profile_of(path).value_or(plain);
        if (const auto its = users.find(path); its != users.end()) one.users = its->second;
        read_by_dialect(project, wanted, one);
        const bool is_used = used.count(path) > 0 || users.count(path) > 0;
        one.is_template = is_template_of(project, one, is_named, is_used);
        if (!is_named && !one.is_template) {
            if (is_taken_by_development(project, path) || is_named_to_develop_only(project, one))
                one.profile = Profile::development;
            if (proves_nothing(project, one, is_used)) project.doubtful.insert(path);
        }
        project.env_files.push_back(std::move(one));
    }
    if (wanted.env_of_process) project.env_files.push_back(env_of_process(project));
}

}
