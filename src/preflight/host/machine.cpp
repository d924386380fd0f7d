#include "preflight/host/machine.h"
#include "base/text.h"
#include "read/manifest.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/resources.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using Variables = std::map<std::string, std::string>;
constexpr Milliseconds patience{10000};

Result<std::string> said_by(std::vector<std::string> argv, const Variables& variables) {
    const std::string name = argv.front();
    const auto program = sys::find_own_program(name);
    if (!program) return could_not(fmt::format("{} is not in PATH", name));
    argv.front() = *program;
    sys::Command command{.argv = std::move(argv), .timeout = patience, .output_limit = 4u << 20};
    command.whose = sys::Whose::ours;
    command.environment = sys::child_environment(
        sys::Environment(variables), sys::Child::program,
        {"DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"});
    const auto output = TRY(sys::run(command));
    const auto& said = trim(std::string_view(output.out)).empty() ? output.err : output.out; // java's is on the second
    if (output.status == 0 && !trim(std::string_view(said)).empty()) return said;
    const auto last = split(trim(std::string_view(output.err)), '\n').back();
    return could_not(last.empty() ? fmt::format("{} exited with {}", name, output.status)
                                  : fmt::format("{} says: {}", name, last));
}

// The version in what the first of the commands says that can be started.
Result<std::string> version_by(const std::vector<std::vector<std::string>>& commands, const Variables& variables) {
    Result<std::string> answer = could_not("");
    for (const auto& command : commands) {
        auto said = said_by(command, variables);
        if (said.ok()) {
            const auto version = read::version_in(said.value());
            if (version) return read::text_of(*version);
            said = could_not(fmt::format("{} doesn't print a version", command.front()));
        }
        if (answer.ok() || answer.error().message.empty()) answer = said;
    }
    return answer;
}

// ---- Python's packages

// The environment beside the manifest, or the one that the shell is in.
std::string virtual_environment(const std::string& folder, const Variables& variables) {
    if (auto beside = virtual_environment_in(folder); !beside.empty()) return beside;
    const auto active = variables.find("VIRTUAL_ENV");
    return active == variables.end() ? std::string() : active->second;
}

// "Flask-2.0.1.dist-info" (PyPA, "Recording installed projects").
Result<std::map<std::string, std::string>> packages_of(const std::string& environment) {
    std::map<std::string, std::string> found;
    const sys::Path library = environment + "/lib";
    const auto versions = TRY(sys::list_folder(library));
    for (const auto& version : versions) {
        if (!version.starts_with("python")) continue;
        const auto names = sys::list_folder(library / version / "site-packages");
        if (!names.ok()) continue;
        for (const auto& name : names.value()) {
            const auto dash = name.find('-');
            constexpr std::string_view end = ".dist-info";
            if (!name.ends_with(end) || dash == name.npos || dash + end.size() > name.size()) continue;
            found[read::normal_name(name.substr(0, dash))] = name.substr(dash + 1, name.size() - dash - 1 - end.size());
        }
    }
    return found;
}

// One "name==version" in a line.
Result<std::map<std::string, std::string>> packages_of_python(const Variables& variables) {
    constexpr const char* script = "from importlib.metadata import distributions as d\n"
                                   "for one in d(): print(one.metadata['Name'], one.version, sep='==')";
    const auto said = TRY(said_by({"python3", "-I", "-c", script}, variables));
    std::map<std::string, std::string> found;
    for (const auto& line : split(said, '\n'))
        if (const auto sign = line.find("=="); sign != line.npos && sign > 0)
            found[read::normal_name(line.substr(0, sign))] = trim(line.substr(sign + 2));
    return found;
}

// What an environment was made with ("version = 3.11.2" in pyvenv.cfg), else what is in PATH.
Result<std::string> python_version(const std::string& environment, const Variables& variables) {
    const auto made = environment.empty() ? Result<std::string>(could_not(""))
                                          : sys::read_file(sys::Path(environment) / "pyvenv.cfg", 64u << 10);
    if (made.ok())
        for (const auto& line : split(made.value(), '\n'))
            if (const auto version = read::version_in(line); line.starts_with("version") && version)
                return read::text_of(*version);
    return version_by({{"python3", "--version"}, {"python", "--version"}}, variables);
}

}

bool is_virtual_environment(const std::string& folder) {
    return sys::inspect(folder + "/pyvenv.cfg").type == sys::FileType::file;
}

std::string virtual_environment_in(const std::string& folder) {
    for (const auto* name : {"/.venv", "/venv"})
        if (is_virtual_environment(folder + name)) return folder + name;
    return {};
}

Machine look_at_machine(const std::string& folder, const Variables& variables, const Asks& asks) {
    struct Program {
        std::string_view name;
        std::vector<std::vector<std::string>> commands;
    };
    const Program interpreters[] = {{"node", {{"node", "--version"}, {"nodejs", "--version"}}},
                                    {"ruby", {{"ruby", "--version"}}},
                                    {"go", {{"go", "version"}}},
                                    {"java", {{"java", "-version"}}},
                                    {"php", {{"php", "--version"}}}};
    const Program engines[] = {
        {"docker engine", {{"docker", "version", "--format", "{{.Server.Version}}"}}},
        {"docker compose", {{"docker", "compose", "version", "--short"}, {"docker-compose", "version", "--short"}}}};
    Machine machine;
    const auto ask = [&](std::span<const Program> programs) {
        for (const auto& [name, commands] : programs) machine.versions.emplace(name, version_by(commands, variables));
    };
    const auto environment = virtual_environment(folder, variables);
    if (asks("host-runtime-version")) {
        ask(interpreters);
        machine.versions.emplace("python", python_version(environment, variables));
    }
    if (asks("host-docker-version")) ask(engines);
    if (asks("host-deps-drift")) {
        machine.packages_in = environment.empty() ? "python3" : sys::Path(environment).filename().string();
        machine.packages = environment.empty() ? packages_of_python(variables) : packages_of(environment);
    }
    if (asks("host-time")) machine.is_synchronised = sys::clock_is_synchronised();
    if (asks("host-resources")) {
        machine.memory = sys::memory_bytes();
        machine.processors = sys::processors();
        machine.free_disk = sys::free_bytes(folder).value_or(0);
    }
    return machine;
}

}
