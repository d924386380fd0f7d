#include "chain/doctor.h"
#include "base/text.h"
#include "sys/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::chain {

namespace {

struct Package {
    std::string_view program, package;
};
constexpr Package packages[] = {
    {"git", "git"},         {"nginx", "nginx"},           {"gunicorn", "gunicorn"},     {"uvicorn", "uvicorn"},
    {"python3", "python3"}, {"pytest", "python3-pytest"}, {"docker", "docker.io"},      {"make", "make"},
    {"npm", "npm"},         {"node", "nodejs"},           {"psql", "postgresql-client"}};

std::string way_out(const std::string& program) {
    const auto name = program.substr(program.rfind('/') + 1);
    for (const auto& row : packages)
        if (row.program == name) return fmt::format("apt-get install {}", row.package);
    return fmt::format("install {} or correct its name in fairlead.yml", program);
}

void add(std::vector<Need>& list, Need need) {
    const auto same = [&](const Need& other) { return other.program == need.program && other.python == need.python; };
    if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(need));
}

void add_program(std::vector<Need>& list, const std::string& program, std::string why) {
    if (program.empty() || program.find('{') != std::string::npos) return;
    if (program.find('/') != std::string::npos && program.front() != '/') return; // belongs to the release
    add(list, {program, std::move(why), way_out(program)});
}

void add_module(std::vector<Need>& list, const std::string& python, const std::string& module, std::string why) {
    const auto package = replace_all(module, "_", "-");
    add(list,
        {module, std::move(why),
         fmt::format("{} -m pip install {}, or apt-get install python3-{}", python, package, package), true, python});
}

// `python3 -m pytest --cov=.` needs more than python3.
void add_command(std::vector<Need>& list, const Step& step) {
    const auto why = fmt::format("step '{}' runs it", step.name);
    const auto& argv = step.argv;
    add_program(list, argv[0], why);
    if (!argv[0].substr(argv[0].rfind('/') + 1).starts_with("python") || argv.size() < 3 || argv[1] != "-m") return;
    add_module(list, argv[0], argv[2].substr(0, argv[2].find('.')), why);
    const bool coverage =
        std::any_of(argv.begin(), argv.end(), [](const auto& word) { return word.starts_with("--cov"); });
    if (argv[2] == "pytest" && coverage) add_module(list, argv[0], "pytest_cov", why);
}

// Where it is, or nothing.
std::optional<std::string> locate(const Need& need, const std::string& folder) {
    if (need.python.empty())
        return sys::find_program(need.program.starts_with("fairlead-") ? sys::tool_program(need.program)
                                                                       : need.program);
    constexpr const char* script = "import importlib.util, sys; spec = importlib.util.find_spec(sys.argv[1]); "
                                   "print(spec.origin or 'a namespace') if spec else sys.exit(1)";
    const auto done = sys::run({.argv = {need.python, "-c", script, need.program}, .folder = folder});
    if (!done.ok() || done->status != 0) return std::nullopt;
    return std::string(trim(done->out));
}

}

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps) {
    std::vector<Need> list;
    add_program(list, "git", "versions, ranges and changes are read from a repository");
    for (const auto& step : steps)
        if (step.is_tool())
            add(list, {"fairlead-" + step.name, fmt::format("step '{}' is this tool", step.name),
                       "build it, and keep it beside fairlead or in PATH"});
        else
            add_command(list, step);
    for (const auto& environment : config.environments()) {
        const auto deploy = config.section("deploy", environment);
        if (const auto command = deploy.at("target.command").texts(); !command.empty())
            add_program(list, command.front(), fmt::format("environment '{}' serves with it", environment));
        if (deploy.at("router").text() == "nginx" || deploy.at("router.kind").text() == "nginx")
            add_program(list, "nginx", fmt::format("environment '{}' is behind it", environment));
    }
    list.push_back(
        {"act", "dry runs of the workflows on this machine", "go install github.com/nektos/act@latest", false});
    return list;
}

report::Report examine(const std::vector<Need>& needs, const std::string& folder) {
    report::Report report;
    report.tool = "doctor";
    int missing = 0;
    for (const auto& need : needs) {
        const auto found = locate(need, folder);
        report.text += found ? fmt::format("ok       {} ({})\n", need.program, *found)
                             : fmt::format("{}  {}: {}; get it: {}\n", need.required ? "missing" : "absent ",
                                           need.program, need.why, need.way_out);
        if (found || !need.required) continue;
        ++missing;
        report.findings.push_back({.rule = "doctor/missing",
                                   .message = fmt::format("{} is not on this machine ({}); get it: {}", need.program,
                                                          need.why, need.way_out)});
    }
    report.verdict = missing == 0 ? report::Verdict::pass : report::Verdict::fail;
    report.closing = missing == 0 ? "yes: nothing is missing" : fmt::format("no: {} missing", missing);
    return report;
}

}
