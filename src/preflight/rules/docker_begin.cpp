#include "preflight/rules/docker_begin.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <set>

namespace fairlead::preflight::docker {

bool starts(const Dockerfile& subject, Verb verb) {
    const auto all = shipped(subject);
    return std::any_of(all.begin(), all.end(), [&](const Placed& one) { return one.instruction->verb == verb; });
}

StartWords start_words(const Dockerfile& subject) {
    StartWords start;
    for (const Placed& placed : shipped(subject)) {
        if (placed.instruction->verb == Verb::entrypoint) start.entrypoint = placed.instruction;
        if (placed.instruction->verb == Verb::cmd) start.command = placed.instruction;
    }
    return start;
}

namespace {

// Of its words the first that is no init of a container: tini, dumb-init.
std::string program_of(const Instruction* begins) {
    if (begins == nullptr) return {};
    for (const read::Word& word : begins->words) {
        std::string name(file_name(replace_all(word.text, "\"", "")));
        if (!name.starts_with('-') && !is_one_of(name, {"tini", "dumb-init", "catatonit"})) return name;
    }
    return {};
}

}

std::string first_program(const Dockerfile& subject) {
    const StartWords start = start_words(subject);
    const std::string program = program_of(start.entrypoint);
    return program.empty() ? program_of(start.command) : program;
}

bool runs_nothing(const Dockerfile& subject) {
    const auto& all = subject.read->instructions;
    const auto start = start_words(subject);
    auto program = first_program(subject);
    if (start.entrypoint == nullptr && start.command != nullptr && is_script(*start.command))
        program = last_program(script_of(*start.command));
    const bool has_no_layer = std::none_of(all.begin(), all.end(), [](const Instruction& one) {
        return one.verb == Verb::run || one.verb == Verb::copy || one.verb == Verb::add;
    });
    return program == "echo" || (has_no_layer && program == "top");
}

bool is_for_lambda(const Dockerfile& subject) {
    const auto base = base_image(subject).name;
    if (has_any("/" + base, {"public.ecr.aws/lambda/", "/amazon/aws-lambda-"})) return true;
    const auto* const entrypoint = start_words(subject).entrypoint; // python -m awslambdaric, npx aws-lambda-ric
    return entrypoint != nullptr &&
           std::any_of(entrypoint->words.begin(), entrypoint->words.end(), [](const read::Word& word) {
               const auto name = replace_all(file_name(word.text), "\"", "");
               return is_one_of(name, {"awslambdaric", "aws-lambda-ric", "aws_lambda_ric", "lambda-entrypoint.sh"});
           });
}

bool is_script(const Instruction& begins) {
    const auto& words = begins.words;
    return words.size() == 3 && read::is_shell(file_name(words.front().text)) && words[1].text == "-c";
}

const std::string& script_of(const Instruction& begins) {
    return is_script(begins) ? begins.words.back().text : begins.arguments;
}

namespace {

// Its master starts as root, and its workers or services don't run as it, by its own configuration.
bool is_server_that_drops(std::string_view program) {
    return program.starts_with("php-fpm") ||
           is_one_of(program,
                     {"nginx", "httpd", "httpd-foreground", "apache2", "apachectl", "apache2ctl", "apache2-foreground",
                      "supervisord", "s6-svscan", "runsvdir", "unitd", "crond", "cron", "postfix", "sshd", "vsftpd"});
}

// mysqld goes on as `user` of its configuration, and as root it doesn't start without one.
bool is_mysql_server(std::string_view program) {
    return is_one_of(program, {"mysqld", "mysqld_safe", "mariadbd", "mariadbd-safe"});
}

// --user=root, or user = root in a configuration that the project brings.
bool keeps_mysql_root(std::string_view start, const Project& project) {
    if (has_any(start, {"--user=root", "--user root", "-u root"})) return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        if (!path.ends_with(".cnf") && !path.ends_with(".conf")) return false;
        const auto text = project.read(path);
        return text && text->find("[mysqld]") != text->npos && has_any(*text, {"\nuser=root", "\nuser = root"});
    });
}

// httpd of a script's line "/usr/sbin/httpd -D FOREGROUND"; empty: none.
std::string serves_in_foreground(std::string_view script) {
    for (const std::string& line : split(script, '\n')) {
        const auto words = trim(std::string_view(line));
        const auto program = std::string(file_name(words.substr(0, words.find(' '))));
        const bool stays = program.ends_with("-foreground") || words.find("FOREGROUND") != words.npos ||
                           words.find("daemon off") != words.npos;
        if (stays && is_server_that_drops(program)) return program;
    }
    return {};
}

// What the last exec of a script or of a shell's command goes on as: nginx of "exec nginx -g …", "$@" of its words.
std::string executed_by(std::string_view script) {
    if (auto server = serves_in_foreground(script); !server.empty()) return server;
    const auto at = script.rfind("exec ");
    if (at == script.npos) return {};
    const auto line = trim(script.substr(at + 5, script.find('\n', at) - at - 5));
    return std::string(file_name(replace_all(line.substr(0, line.find(' ')), "\"", "")));
}

}

std::string last_program(std::string_view script) {
    const auto lines = split(replace_all(script, "\\\n", " "), '\n');
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return !words.empty() && !words.starts_with('#');
    });
    const bool leaves_others = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return words.ends_with('&') && !words.ends_with("&&");
    });
    if (last == lines.rend() || leaves_others) return {};
    std::string_view line = trim(std::string_view(*last));
    for (const std::string_view joint : {"&& ", "; "})
        if (const auto at = line.rfind(joint); at != line.npos) line.remove_prefix(at + joint.size());
    for (const std::string& word : split(line, ' ')) {
        const bool is_variable = word.find('=') != word.npos && word.find('/') > word.find('='); // UMASK=022 nginx
        if (!word.empty() && word != "exec" && !is_variable) return std::string(file_name(replace_all(word, "\"", "")));
    }
    return {};
}

std::string server_that_drops(const Dockerfile& subject, const std::vector<Script>& scripts, const Project& project) {
    const std::string program = first_program(subject);
    const StartWords start = start_words(subject);
    const auto drops = [&](std::string_view server, std::string_view text) {
        return is_server_that_drops(server) || (is_mysql_server(server) && !keeps_mysql_root(text, project));
    };
    for (const Instruction* one : {start.entrypoint, start.command}) {
        if (one == nullptr) continue;
        const bool is_shells = one->words.empty() || is_script(*one);
        for (const auto& server :
             {program, executed_by(script_of(*one)), is_shells ? last_program(script_of(*one)) : std::string()})
            if (drops(server, one->arguments)) return server;
    }
    for (const Script& script : scripts)
        for (auto server : {executed_by(script.text), last_program(script.text)}) {
            if (server == "$@") server = program_of(start.command);
            if (drops(server, script.text)) return server;
        }
    if (!program.empty() && !program.ends_with(".sh")) return {}; // what a script starts is mostly the image's own
    const Image base = base_image(subject);
    if (is_one_of(base.family, {"nginx", "httpd"})) return base.family;
    const auto has = [&](std::string_view word) { return base.tag.find(word) != std::string::npos; };
    if (is_one_of(base.family, {"phpmyadmin", "wordpress", "nextcloud", "drupal", "joomla", "matomo"}))
        return has("fpm") ? "php-fpm" : "Apache";
    return base.family != "php" ? "" : has("apache") ? "Apache" : has("fpm") ? "php-fpm" : "";
}

namespace {

// A script that leaves the rest to supervisord: each program has a user of its own there, unless what the project has
// of its configuration gives none to one, or root to all.
bool supervisor_drops_root(std::string_view script, const Project& project) {
    if (script.find("supervisord") == script.npos) return false;
    std::size_t programs = 0, of_root = 0;
    for (const std::string& path : project.paths) {
        const auto name = file_name(path);
        if (name.find("supervisor") == name.npos || (!name.ends_with(".conf") && !name.ends_with(".ini"))) continue;
        const auto text = project.read(path);
        for (const auto& section : split(text.value_or(""), '[')) {
            if (!section.starts_with("program:")) continue;
            if (section.find("\nuser") == section.npos) return false;
            ++programs;
            of_root += has_any(section, {"\nuser=root", "\nuser = root"}) ? 1 : 0;
        }
    }
    return programs == 0 || of_root < programs;
}

// PUID=${PUID:-0}: it stays root unless somebody names another user.
bool stays_root_by_default(std::string_view script) { return has_any(script, {"UID:-0}", "UID:=0}"}); }

// The command that a script ends with: su app -c "gunicorn …", without an exec.
bool ends_as_another(std::string_view script) {
    const auto lines = split(script, '\n');
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return !words.empty() && !words.starts_with('#') && !is_one_of(words, {"fi", "done", "esac", "}", "wait"});
    });
    return last != lines.rend() && trim(std::string_view(*last)).starts_with("su ") &&
           last->find(" root") == last->npos;
}

// rspamd -u _rspamd -g _rspamd: a server that is told whom to become.
bool names_user_and_group(const Instruction& begins) {
    const auto& words = begins.words;
    const auto names = [&](std::string_view option) {
        const auto at = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.text == option; });
        return words.end() - at > 1 && !is_one_of((at + 1)->text, {"root", "0"});
    };
    return names("-u") && names("-g");
}

bool drops_root(std::string_view script) {
    return ends_as_another(script) || (has_any(script, {"3proxy"}) && has_any(script, {"\nsetuid "})) ||
           has_any(script,
                   {"gosu ", "\"gosu\"", "'gosu'", "su-exec ", "\"su-exec\"", "'su-exec'", "setpriv ", "s6-setuidgid ",
                    "s6-applyuidgid ", "runuser ", "chpst -u", "setuidgid ", "exec su ", "exec sudo -u ",
                    "--user www-data", "--user=www-data", "--uid www-data", "--uid=nobody", "--uid nobody"});
}

// uwsgi app.ini, which says uid = www-data
bool uwsgi_drops_root(const std::string& script, const std::string& folder, const Project& project) {
    if (script.find("uwsgi ") == std::string::npos) return false;
    for (const std::string& line : split(script, '\n'))
        for (const std::string& word : split(line, ' ')) {
            if (!word.ends_with(".ini")) continue;
            const auto gives_up = [&](const std::string& path) {
                return project.read(path).value_or("").find("\nuid") != std::string::npos;
            };
            if (gives_up(path_in(folder, "./" + word))) return true;
            // The image has it elsewhere: /etc/uwsgi/shop.ini of uwsgi-shop.ini.
            const auto is_it = [&](const std::string& path) {
                return path.ends_with(file_name(word)) && gives_up(path);
            };
            if (word.starts_with('/') && std::any_of(project.paths.begin(), project.paths.end(), is_it)) return true;
        }
    return false;
}

// What a comment says doesn't happen. A line in a heredoc that begins like one is lost, too.
std::string without_comments(const std::string& text) {
    auto lines = split(text, '\n');
    for (std::size_t at = 0; at < lines.size(); ++at)
        if (trim(std::string_view(lines[at])).starts_with('#') && !(at == 0 && lines[at].starts_with("#!")))
            lines[at].clear(); // the others keep their numbers
    return join(lines, "\n");
}

}

std::vector<Script> scripts_of(const Dockerfile& subject, const Project& project) {
    std::vector<Script> scripts;
    if (!project.read) return scripts;
    std::set<std::string, std::less<>> begins; // names of files
    const auto all = shipped(subject);
    for (const Placed& placed : all)
        if (is_one_of(name_of(placed.instruction->verb), {"ENTRYPOINT", "CMD"}))
            for (const read::Word& word : placed.instruction->words) {
                const auto name = replace_all(word.text.substr(word.text.rfind('/') + 1), "\"", "");
                if (!name.empty()) begins.insert(name);
            }
    const auto take = [&](const std::string& path) {
        if (auto text = project.read(path)) scripts.push_back({path, without_comments(*text)});
    };
    for (const Placed& placed : all) {
        if (!from_context(*placed.instruction)) {
            // out of another stage, which copied it: by its name and its folder's
            const bool copies = placed.instruction->verb == Verb::copy && placed.instruction->words.size() == 2;
            const std::string path = copies ? context_path(placed.instruction->words.front().text) : "";
            if (!begins.contains(file_name(path))) { // a folder that holds it
                for (const std::string& one : project.paths)
                    if (!path.empty() && begins.contains(file_name(one)) &&
                        file_name(folder_of(one)) == file_name(path))
                        take(one);
                continue;
            }
            const auto folder = path.rfind('/', path.rfind('/') - 1);
            const std::string end = folder == path.npos ? path : path.substr(folder + 1);
            for (const std::string& one : project.paths)
                if (one == end || one.ends_with("/" + end)) take(one);
            continue;
        }
        const std::string& to = placed.instruction->words.back().text;
        for (const read::Word* source : sources(*placed.instruction)) {
            const std::string path = in_project(subject, context_path(source->text));
            const bool is_start = begins.contains(to.substr(to.rfind('/') + 1)) || begins.contains(file_name(path));
            if (is_start && project.has(path)) take(path);
            const std::string below = path.empty() ? "" : path + "/";
            for (auto at = std::lower_bound(project.paths.begin(), project.paths.end(), below);
                 at != project.paths.end() && at->starts_with(below); ++at) {
                const bool of_s6 = begins.contains("init") && at->find("/s6-") != at->npos;
                if (of_s6 || begins.contains(file_name(*at))) take(*at);
            }
        }
    }
    if (!scripts.empty()) return scripts;
    if (begins.contains("init")) // of s6-overlay, which a clone or an archive brings
        for (const std::string& path : project.paths)
            if (file_name(path) == "run" && has_any("/" + path, {"/s6-rc.d/", "/services.d/", "/s6/"})) take(path);
    for (const std::string& name : begins) { // carried by what no COPY names: a folder that was built
        const auto is_it = [&](const std::string& path) { return name.ends_with(".sh") && file_name(path) == name; };
        if (std::count_if(project.paths.begin(), project.paths.end(), is_it) == 1)
            take(*std::find_if(project.paths.begin(), project.paths.end(), is_it));
    }
    return scripts;
}

bool start_drops_root(const Dockerfile& subject, const std::vector<Script>& scripts, const Project& project) {
    const StartWords start = start_words(subject);
    for (const Instruction* one : {start.entrypoint, start.command})
        if (one != nullptr && (drops_root(one->arguments) || names_user_and_group(*one))) return true;
    return std::any_of(scripts.begin(), scripts.end(), [&](const Script& one) {
        return (drops_root(one.text) && !stays_root_by_default(one.text)) ||
               uwsgi_drops_root(one.text, folder_of(one.path), project) || supervisor_drops_root(one.text, project);
    });
}

bool gets_capabilities(const Project& project, const Dockerfile& subject) {
    const auto adds = [&](const Compose& compose) {
        const auto* const service =
            compose.files.front() != subject.compose_file ? nullptr : compose.read->service(subject.service);
        const auto* const added = service == nullptr ? nullptr : service->at("cap_add");
        const auto* const all = service == nullptr ? nullptr : service->at("privileged");
        return (added != nullptr && !added->items.empty()) || (all != nullptr && all->text == "true");
    };
    return !subject.service.empty() && std::any_of(project.composes.begin(), project.composes.end(), adds);
}

}
