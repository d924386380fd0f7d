// Workers, schedulers and the release line: Procfile says them, or the compose file, or package.json's scripts.
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/runs/runs.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

using project::Role;

// As deploy takes it: small letters, digits and _, beginning with a letter.
std::string process_name(std::string_view name) {
    auto text = replace_all(replace_all(plain_name(name), "-", "_"), ".", "_").substr(0, 32);
    return text == "web" ? "other" : text;
}

// The folder of the environment that a release's own programs are in: .venv/bin/, ../.venv/bin/.
std::string programs_of(const Component& component) {
    if (component.language != Language::python) return {};
    constexpr std::string_view mark = ".venv/bin/";
    for (const auto& word : component.serve)
        if (const auto at = word.find(mark); at != word.npos) return word.substr(0, at + mark.size());
    return std::string(mark);
}

bool is_of_system(std::string_view program) {
    constexpr std::string_view names[] = {"sh",   "bash", "env",    "exec", "node",  "npm",  "npx",
                                          "yarn", "pnpm", "bun",    "ruby", "rake",  "java", "php",
                                          "go",   "make", "bundle", "true", "sleep", "cat"};
    return is_one_of(names, program);
}

// What a shell would expand needs one; it hands its process over, so that a signal reaches the program.
std::vector<std::string> argv_of(const std::string& command, const std::string& bin) {
    auto words = words_of(command);
    if (!words.empty() && words.front() == "exec") words.erase(words.begin());
    if (words.empty()) return {};
    const auto own = [&](const std::string& program) {
        return bin.empty() || program.find('/') != program.npos || is_of_system(program) ||
                       program.find('=') != program.npos
                   ? program
                   : bin + (program == "python3" ? "python" : program);
    };
    if (is_plain_command(command)) {
        const bool set = words.front().find('=') != std::string::npos;
        const auto program = std::find_if(words.begin(), words.end(),
                                          [](const std::string& word) { return word.find('=') == word.npos; });
        if (program != words.end()) *program = own(*program);
        if (set) words.insert(words.begin(), "env");
        return words;
    }
    const auto first = command.find(words.front());
    auto line = command;
    if (line.starts_with("exec ")) line.erase(0, 5);
    const bool single = line.find_first_of(";|&") == line.npos;
    if (first == 0 && single) line = own(words.front()) + line.substr(words.front().size());
    return {"sh", "-c", (single && line.find('=') > line.find(' ') ? "exec " : "") + line};
}

void add_process(Component& component, const std::string& name, Role role, const std::string& command,
                 std::string from) {
    const auto called = process_name(name);
    const auto same = [&](const Process& one) { return one.name == called; };
    if (std::any_of(component.processes.begin(), component.processes.end(), same)) return;
    Process process{called, role, argv_of(command, programs_of(component)), argv_of(command, ""), std::move(from)};
    if (!process.command.empty()) component.processes.push_back(std::move(process));
}

// `.venv/bin/alembic upgrade head` does what `alembic upgrade head` says.
bool is_done(const Step& prepare, const std::vector<std::string>& words) {
    return std::any_of(prepare.commands.begin(), prepare.commands.end(), [&](const std::vector<std::string>& command) {
        return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
            return std::any_of(command.begin(), command.end(),
                               [&](const std::string& own) { return file_name(own) == file_name(word); });
        });
    });
}

// Each of `a && b` before the release serves, as a platform would run them.
void add_release(Component& component, const project::ProcessLine& line) {
    auto& prepare = component.prepare;
    const auto bin = programs_of(component);
    if (!prepare)
        prepare =
            step("prepare",
                 component.install && component.language != Language::go ? component.install->commands
                                                                         : std::vector<std::vector<std::string>>(),
                 "Procfile");
    const auto parts = split(replace_all(line.command, "&&", "\n"), '\n');
    const bool apart =
        std::all_of(parts.begin(), parts.end(), [](const std::string& part) { return is_plain_command(part); });
    for (const auto& part : apart ? parts : std::vector<std::string>{line.command}) {
        const auto command = std::string(trim(std::string_view(part)));
        auto words = argv_of(command, bin);
        if (!words.empty()) component.released_in_image.push_back(argv_of(command, ""));
        if (words.empty() || is_done(*prepare, words)) continue;
        prepare->commands.push_back(std::move(words));
    }
    component.released_by = fmt::format("Procfile:{}", line.line);
}

void add_of_procfile(Folder& folder, Component& component) {
    for (const auto& line : project::procfile_lines(folder.text("Procfile"))) {
        if (line.name == "web") continue;
        if (component.serve.empty()) {
            folder.doubt(fmt::format("Procfile:{} has the process '{}', and no server of this folder is deployed, so "
                                     "nothing starts it; write it below deploy.target of fairlead.yml",
                                     line.line, line.name));
            continue;
        }
        if (line.role == Role::release)
            add_release(component, line);
        else
            add_process(component, line.name, line.role, line.command, fmt::format("Procfile:{}", line.line));
    }
}

std::string command_in(const Json& service) {
    const auto command = at(service, "/command");
    if (command.is_string()) return command.get<std::string>();
    std::string line;
    for (const auto& word : texts_of(command)) {
        const bool plain = is_plain_command(word) && word.find_first_of(" \t'\"\\") == word.npos && !word.empty();
        line += (line.empty() ? "" : " ") + (plain ? word : "'" + replace_all(word, "'", "'\\''") + "'");
    }
    return line;
}

// Services that are built from this folder, or run its image, with a command of a worker's or a scheduler's.
void add_of_compose(Folder& folder, Component& component) {
    const auto name = folder.first({"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"});
    if (name.empty() || component.serve.empty()) return;
    const auto services = at(folder.yaml(name), "/services");
    if (!services.is_object()) return;
    const auto lines = split(folder.text(name), '\n');
    for (const auto& entry : services.items()) {
        const auto command = command_in(entry.value());
        const auto role = project::role_of(entry.key(), command);
        const bool ours = entry.value().contains("build") || sys::text_of(entry.value(), "image").empty();
        if (command.empty() || !ours || (role != Role::worker && role != Role::scheduler)) continue;
        const auto at_line = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return trim(std::string_view(line)) == entry.key() + ":";
        });
        add_process(component, entry.key(), role, command,
                    fmt::format("{}:{}", name, at_line == lines.end() ? 1 : at_line - lines.begin() + 1));
    }
}

// "worker": "node worker.js"; one that watches is for developers.
void add_of_scripts(Folder& folder, Component& component) {
    if (component.language != Language::node || component.serve.empty()) return;
    const auto scripts = at(folder.json("package.json"), "/scripts");
    if (!scripts.is_object()) return;
    for (const auto& entry : scripts.items()) {
        if (!entry.value().is_string()) continue;
        const auto command = entry.value().get<std::string>();
        const auto parts = split(replace_all(entry.key(), "-", ":"), ':');
        const auto has = [&](std::string_view word) { return contains(parts, word); };
        if (has("dev") || has("watch") || has("test") || has("build") || has("debug") || mentions(command, "nodemon") ||
            mentions(command, "--watch"))
            continue;
        for (const auto& part : parts) {
            const auto role = project::role_of(part, "");
            if (role != Role::worker && role != Role::scheduler) continue;
            const bool direct = is_plain_command(command) && command.starts_with("node ");
            add_process(component, part, role, direct ? command : "npm run " + entry.key(),
                        fmt::format("package.json: scripts.{}", entry.key()));
            break;
        }
    }
}

}

void add_processes(Folder& folder, Component& component) {
    add_of_procfile(folder, component);
    add_of_compose(folder, component);
    add_of_scripts(folder, component);
    for (const auto& one : component.processes)
        if (one.role == Role::scheduler)
            folder.doubt(
                fmt::format("{} starts by a clock ({}), and two of it run while a release takes over; let each "
                            "of its jobs take a lock, or write strategy: recreate",
                            one.name, one.from));
}

}
