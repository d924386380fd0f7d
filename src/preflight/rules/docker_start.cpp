#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/docker_begin.h"
#include "preflight/rules/docker_commands.h"
#include "preflight/rules/docker_dev_server.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>

// What the container runs: CMD, ENTRYPOINT, and the ports that they listen on.
namespace fairlead::preflight {

namespace {

using namespace docker;

// A script of the project that the container starts by its name.
void start_script(const Dockerfile& subject, const Project& project, Hits& hits) {
    const auto [entrypoint, command] = start_words(subject);
    const auto* const first = entrypoint != nullptr ? entrypoint : command;
    if (first == nullptr || first->words.empty() || !first->exec) return;
    const auto name = file_name(first->words.front().text);
    if (!name.ends_with(".sh") && name.find("entrypoint") == std::string_view::npos) return;
    for (const auto& script : scripts_of(subject, project)) {
        if (file_name(script.path) != name || !script.text.starts_with("#!")) continue;
        const auto line = script.text.substr(0, script.text.find('\n'));
        if (line.ends_with('\r') && !has_any(subject.text, {"dos2unix", "sed -i"}))
            hit(subject, hits, *first,
                fmt::format(
                    "{} has Windows line ends; Linux looks for a program named sh\\r and finds none; save it with LF",
                    brief(script.path)));
        const auto mode = project.mode(script.path);
        const bool is_set = has_any(subject.text, {"chmod", "--mode=", "install -m"});
        if (mode && (*mode & 0111) == 0 && !is_set && first->words.front().text.find('/') != std::string::npos)
            hit(subject, hits, *first,
                fmt::format("{} is not executable; the container doesn't start; run git update-index --chmod=+x",
                            brief(script.path)));
        return;
    }
}

// CMD ["java", "-jar", "${JAR}"]: no shell puts the value there.
void exec_variable(const Dockerfile& subject, const Project&, Hits& hits) {
    const auto [entrypoint, command] = start_words(subject);
    for (const auto* one : {entrypoint, command}) {
        if (one == nullptr || !one->exec || one->words.empty()) continue;
        const auto first = file_name(one->words.front().text);
        const bool by_shell = read::is_shell(first) || (one == command && entrypoint != nullptr);
        if (by_shell || first.ends_with(".sh") || is_one_of(first, {"env", "eval", "tini", "dumb-init"})) continue;
        for (const auto& word : one->words) {
            // Spring and Play replace what stands in a property: -Dbank.url=${BANK}, --bank.url=${BANK}
            if (word.text.starts_with("-D") || (first == "java" && word.text.starts_with("--"))) continue;
            const auto at = word.text.find("${");
            const bool plain =
                word.text.size() > 1 && word.text[0] == '$' && word.text[1] >= 'A' && word.text[1] <= 'Z';
            if ((at == word.text.npos || word.text.find('}', at) == word.text.npos) && !plain) continue;
            hit_at(
                subject, hits, word.at.begin,
                fmt::format("{} is not replaced in the JSON form; {} gets the text itself; write sh -c, or the value",
                            brief(word.text), brief(first)));
            break;
        }
    }
}

bool needs_a_shell(const Instruction& one) {
    if (!one.shell.readable || one.shell.commands.size() != 1) return true;
    const Command& command = one.shell.commands.front();
    return !command.assignments.empty() || !command.redirects.empty() || command.after != read::Join::end ||
           command.program != 0 ||
           std::any_of(command.words.begin(), command.words.end(),
                       [](const read::ShellWord& word) {
                           return word.expands ||
                                  (!word.quoted && word.text.find_first_of("*?[~{#") != std::string::npos);
                       }) ||
           is_one_of(command.name(),
                     {"cd", "set", "export", "source", ".", "exit", "trap", "ulimit", "umask", "eval", "test", "["});
}

std::string as_array(const Command& command) {
    std::string out;
    for (const read::ShellWord& word : command.words)
        out += (out.empty() ? "\"" : ", \"") + json_escape(word.text) + "\"";
    return "[" + out + "]";
}

// One of its words sounds as if a secret stood in it or behind it: --password=x, API_TOKEN=x, --token x.
bool names_secret(const Command& command) {
    return std::any_of(command.words.begin(), command.words.end(), [](const read::ShellWord& word) {
        const std::string_view name = std::string_view(word.text).substr(0, word.text.find('='));
        const auto start = std::min(name.find_first_not_of('-'), name.size());
        const bool is_name = start > 0 || name.size() < word.text.size(); // an option, or NAME=value
        return (is_name && sounds_secret(name.substr(start))) || is_token(word.text);
    });
}

// A compose file or a manifest gives arguments, which an ENTRYPOINT in shell form doesn't see and a JSON array would.
bool gets_arguments(const Dockerfile& subject, const Project& project) {
    for (const Compose& compose : project.composes_for(subject.profile))
        for (const auto& service : compose.read->services)
            if (service.build && service.at("command") && !service.at("entrypoint") &&
                path_in(service.build->context, service.build->dockerfile) == subject.file)
                return true;
    bool found = false; // which image a container has of ours isn't known
    for (const Kube& kube : project.kubes)
        kube::each_container(kube, [&](const kube::Container& one) {
            found = found || (read::kube_at(one.node, "args") && !read::kube_at(one.node, "command"));
        });
    return found;
}

void shell_form(const Dockerfile& subject, const Project& project, Hits& hits) {
    const Instruction *entry = nullptr, *cmd = nullptr;
    bool own_shell = false;
    for (const Placed& placed : shipped(subject)) {
        if (placed.trigger) continue;
        if (placed.instruction->verb == Verb::entrypoint) entry = placed.instruction;
        if (placed.instruction->verb == Verb::cmd) cmd = placed.instruction;
        own_shell = own_shell || placed.instruction->verb == Verb::shell;
    }
    for (const Instruction* one : {entry, cmd}) {
        if (one == nullptr || one->exec || one->broken_json || one->arguments.empty()) continue;
        if (one->shell.commands.empty() && one->shell.readable) continue;
        const bool takes_over =
            !one->shell.commands.empty() &&
            (one->shell.commands.back().words.empty() || one->shell.commands.back().words.front().text == "exec");
        if (takes_over || (one == cmd && entry != nullptr && !entry->exec && !entry->arguments.empty())) continue;
        const bool safe = !needs_a_shell(*one) && !own_shell;
        const std::string array = safe ? as_array(one->shell.commands.front())
                                       : R"(["gunicorn", "app:app"], or exec before the last command)";
        const bool shows = !safe || !names_secret(one->shell.commands.front());
        Hit& found =
            hit(subject, hits, *one,
                fmt::format("{} is in shell form; SIGTERM reaches only sh, and the server is killed after 10 s; use {}",
                            read::name_of(one->verb), shows ? brief(array, 64) : "a JSON array"));
        // Else ENTRYPOINT would begin to see CMD, or what is given instead.
        const bool alone = one != entry || (cmd == nullptr && !gets_arguments(subject, project));
        if (safe && alone) replace(subject, found, one->arguments_at, array);
    }
}

void workdir_relative(const Dockerfile& subject, const Project&, Hits& hits) {
    bool is_placed = false; // by an absolute one before
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::workdir || one.words.empty()) continue;
        std::string_view path = one.words.front().text;
        while (!path.empty() && (path.front() == '"' || path.front() == '\'')) path.remove_prefix(1);
        const bool drive = path.size() > 1 && path[1] == ':';
        if (path.empty() || path.starts_with('/') || path.starts_with('$') || path.starts_with('\\') || drive) {
            is_placed = true;
            continue;
        }
        Hit& found = hit(
            subject, hits, one,
            fmt::format(
                "WORKDIR {} is relative; its place depends on the lines before it and on the base image; write /app",
                brief(replace_all(path, "\"", ""))));
        if (is_placed) found.level = Level::warning;
    }
}

void entrypoint_exec(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (!project.read) return;
    for (const Start& start : starts(subject)) {
        std::string_view script = start.command.name();
        if (read::is_shell(script)) script = subcommand(start.command);
        script = script.substr(script.rfind('/') + 1);
        if (!script.ends_with(".sh")) continue;
        std::vector<std::string> found;
        for (const std::string& path : project.paths)
            if (path == script || path.ends_with("/" + std::string(script))) found.push_back(path);
        if (found.size() != 1) return; // none, or who knows which
        const auto text = project.read(found.front());
        if (!text) return;
        read::MappedText map;
        map.add(*text, 0);
        const auto read = read::read_shell(map, 0, text->size());
        const auto replaces = [](const Command& one) {
            return one.words.size() > 1 && one.words.front().text == "exec";
        };
        if (!read.readable || read.commands.empty() ||
            std::any_of(read.commands.begin(), read.commands.end(), replaces))
            return;
        hit(subject, hits, *start.instruction,
            fmt::format("{} ends without exec; SIGTERM reaches only the shell, and the server is killed after 10 s; "
                        "end it with exec \"$@\"",
                        brief(found.front(), 36)));
        return;
    }
}

}

std::span<const Rule> docker_start_rules() {
    static const Rule rows[] = {
        {.id = "docker-shell-form",
         .title = "The server runs as a child of a shell",
         .levels = always(Level::warning),
         .check = shell_form,
         .why = "`docker stop` sends SIGTERM to the shell, and the shell doesn't pass it on. Ten seconds later, Docker "
                "kills the server and cuts off its requests.",
         .way_out = R"(CMD ["gunicorn", "app:app", "-b", "0.0.0.0:8000"])",
         .peers = {"DL3025"},
         .refs = {"S1-101", "JSONArgsRecommended"},
         .fix = Fix::safe},
        {.id = "docker-dev-server",
         .title = "The image starts a development server",
         .levels = deployed(Level::error),
         .check = dev_server,
         .why =
             "Development servers serve one request at a time, show source code in errors and let visitors run code in "
             "their debuggers.",
         .way_out = R"(CMD ["gunicorn", "app:app", "-b", "0.0.0.0:8000"])",
         .refs = {"S0-05", "S2-46", "S3-38"}},
        {.id = "docker-start-script",
         .title = "The start script can't be started",
         .levels = always(Level::error),
         .check = start_script,
         .why = "Docker starts the file itself. So the file must be executable, and its first line must end with LF, "
                "not with CR LF.",
         .way_out = "git update-index --chmod=+x entrypoint.sh"},
        {.id = "docker-exec-variable",
         .title = "A command contains a variable, but no shell replaces it",
         .levels = always(Level::error),
         .check = exec_variable,
         .why = "Docker starts a command in JSON form without a shell, and only a shell replaces variables.",
         .way_out = R"(CMD ["sh", "-c", "exec gunicorn app:app -b 0.0.0.0:$PORT"])"},
        {.id = "docker-workdir-relative",
         .title = "WORKDIR is relative",
         .levels = always(Level::error),
         .check = workdir_relative,
         .why = "A relative WORKDIR begins at the WORKDIR above it, or at the base image's WORKDIR. If that folder "
                "changes, the relative WORKDIR changes, too. Without an absolute WORKDIR above it, no line of the file "
                "says where the program is.",
         .way_out = "WORKDIR /app",
         .peers = {"DL3000", "CKV_DOCKER_10"},
         .refs = {"WorkdirRelativePath"}},
        {.id = "docker-entrypoint-exec",
         .title = "The entry script doesn't hand over to the server",
         .levels = always(Level::warning),
         .check = entrypoint_exec,
         .why = "Without `exec`, the shell stays process 1 and doesn't pass on SIGTERM to the server.",
         .way_out = "exec \"$@\"",
         .refs = {"S2-52"}}};
    return rows;
}

}
