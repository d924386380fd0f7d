#include "chain/check.h"
#include "base/text.h"
#include "chain/modules.h"
#include "chain/variables.h"
#include "sys/files/beneath.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::chain {

namespace {

struct Package {
    std::string_view program, package;
};
constexpr Package packages[] = {
    {"git", "git"},         {"nginx", "nginx"},           {"gunicorn", "gunicorn"},     {"uvicorn", "uvicorn"},
    {"python3", "python3"}, {"pytest", "python3-pytest"}, {"docker", "docker.io"},      {"make", "make"},
    {"npm", "npm"},         {"node", "nodejs"},           {"psql", "postgresql-client"}};

// The act of a chain is written out: no variable chooses another one (`scan staged` looks at next to nothing).
struct Act {
    std::string_view tool, command;
};
constexpr Act acts[] = {{"scan", "tree"}, {"tag", "tags"}, {"deploy", "apply"}};

std::string in_path(const std::string& program) {
    return program.starts_with("fairlead-") ? sys::tool_program(program) : program;
}

// `test: build` or `lint test:`; patterns, variables and included files are make's own matter.
bool has_target(std::string_view makefile, const std::string& target) {
    for (const auto& line : split(makefile, '\n')) {
        if (line.starts_with("include ") || line.starts_with("-include ") || line.starts_with("sinclude ")) return true;
        const auto colon = line.find(':');
        if (line.empty() || line.front() == '\t' || line.front() == '#' || colon == std::string::npos) continue;
        const auto left = line.substr(0, colon);
        if (left.find_first_of("%$") != std::string::npos) return true;
        const auto names = split(left, ' ');
        if (std::find(names.begin(), names.end(), target) != names.end()) return true;
    }
    return false;
}

constexpr std::uint64_t longest_makefile = 16u << 20;

std::optional<std::string> locate_file(const Need& need, const std::string& folder) {
    const auto tree = sys::root_around(folder);
    for (const auto& name : need.files) {
        const auto path = sys::Path(folder) / name;
        if (const auto type = sys::inspect(path).type; type != sys::FileType::file && type != sys::FileType::link)
            continue;
        const auto place = tree.ok() ? tree->relative(path) : std::nullopt;
        if (!place) continue;
        const auto text = tree->read(*place, longest_makefile);
        if (!need.target.empty() && text.ok() && !has_target(text.value(), need.target)) return std::nullopt;
        return path.string();
    }
    return std::nullopt;
}

}

std::vector<std::string> tool_command(const config::Config& config, const std::string& tool,
                                      const std::string& environment, const std::vector<std::string>& flags) {
    std::vector<std::string> argv = {sys::tool_program("fairlead-" + tool)};
    for (const auto& act : acts)
        if (act.tool == tool) argv.emplace_back(act.command);
    argv.insert(argv.end(), {"--config", sys::Path(config.file()).filename().string()});
    if (!environment.empty()) argv.insert(argv.end(), {"--env", environment});
    argv.insert(argv.end(), flags.begin(), flags.end());
    return argv;
}

std::optional<Complaint> ask_tool(const config::Config& config, const std::string& tool, const std::string& environment,
                                  const std::vector<std::string>& flags) {
    sys::Command command{.argv = tool_command(config, tool, environment, flags), .folder = config.folder()};
    command.whose = sys::Whose::ours;
    command.argv.emplace_back("--explain-config");
    if (std::find(flags.begin(), flags.end(), "--quiet") == flags.end()) command.argv.emplace_back("--quiet");
    auto variables = step_variables(tool, sys::Child::survivor); // its no is ours to publish
    if (!variables.ok()) return Complaint{tool, environment, variables.error().kind, variables.error().message + "\n"};
    command.environment = std::move(variables.value().pairs);
    if (const auto event = sys::Environment::of_process().get("GITHUB_EVENT_PATH")) // it says whose settings count
        set_variable(*command.environment, "GITHUB_EVENT_PATH", *event);
    const auto done = sys::run(command);
    if (!done.ok()) return Complaint{tool, environment, done.error().kind, done.error().message + "\n"};
    if (done->status == 0) return std::nullopt;
    auto text = done->err.empty() ? fmt::format("fairlead-{} ended with status {}\n", tool, done->status) : done->err;
    if (!text.ends_with('\n')) text += '\n';
    const bool wrong = done->status == static_cast<int>(Kind::usage);
    return Complaint{tool, environment, wrong ? Kind::usage : Kind::could_not, std::move(text)};
}

Need program_need(const std::string& program, std::string why) {
    const auto name = program.substr(program.rfind('/') + 1);
    std::string way_out = fmt::format("install {} or correct its name in fairlead.yml", program);
    if (program.find(' ') != std::string::npos) way_out = "write one word per item: [pytest, -q]";
    for (const auto& row : packages)
        if (row.program == name) way_out = fmt::format("apt-get install {}", row.package);
    return {program, std::move(why), std::move(way_out)};
}

std::optional<std::string> locate(const Need& need, const std::string& whole) {
    const auto folder = need.folder.empty() ? whole : (sys::Path(whole) / need.folder).string();
    if (!need.files.empty()) return locate_file(need, folder);
    if (!need.python.empty()) return find_module(need.python, need.program, folder);
    const bool relative = need.program.find('/') != std::string::npos && need.program.front() != '/';
    return sys::find_program(relative ? (sys::Path(folder) / need.program).string() : in_path(need.program));
}

std::optional<Need> serving_need(const config::Config& config, const std::string& environment) {
    const auto command = config.section("deploy", environment).at("target.command").texts();
    if (command.empty() || command.front().empty() || command.front().find('{') != std::string::npos) return {};
    if (command.front().find('/') != std::string::npos && command.front().front() != '/') return {}; // of the release
    return program_need(command.front(), fmt::format("environment '{}' needs it to serve", environment));
}

std::vector<Need> missing_programs(const std::vector<Step>& steps, const std::string& folder) {
    std::vector<Need> missing;
    bool first = true;
    for (const auto& step : steps) {
        if (step.is_tool() || !step.skipped.empty()) continue;
        const auto need = program_need(step.argv.front(), fmt::format("step '{}' runs it", step.name));
        const bool relative = need.program.find('/') != std::string::npos && need.program.front() != '/';
        if ((first || !relative) && !locate(need, (sys::Path(folder) / step.folder).string())) missing.push_back(need);
        first = false;
    }
    return missing;
}

}
