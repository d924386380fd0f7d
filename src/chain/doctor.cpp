#include "chain/doctor.h"
#include "sys/process.h"
#include <algorithm>
#include <fmt/format.h>

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

void add(std::vector<Need>& list, const std::string& program, std::string why) {
    if (program.empty() || program.find('{') != std::string::npos) return;
    if (program.find('/') != std::string::npos && program.front() != '/') return; // belongs to the release
    const auto same = [&](const Need& need) { return need.program == program; };
    if (std::any_of(list.begin(), list.end(), same)) return;
    list.push_back({program, std::move(why), way_out(program), true});
}

}

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps) {
    std::vector<Need> list;
    add(list, "git", "versions, ranges and changes are read from a repository");
    for (const auto& step : steps)
        if (!step.is_tool()) add(list, step.argv.front(), fmt::format("step '{}' runs it", step.name));
    for (const auto& environment : config.environments()) {
        const auto deploy = config.section("deploy", environment);
        if (const auto command = deploy.at("target.command").texts(); !command.empty())
            add(list, command.front(), fmt::format("environment '{}' serves with it", environment));
        if (deploy.at("router").text() == "nginx" || deploy.at("router.kind").text() == "nginx")
            add(list, "nginx", fmt::format("environment '{}' is behind it", environment));
    }
    list.push_back(
        {"act", "dry runs of the workflows on this machine", "go install github.com/nektos/act@latest", false});
    return list;
}

report::Report examine(const std::vector<Need>& needs) {
    report::Report report;
    report.tool = "doctor";
    int missing = 0;
    for (const auto& need : needs) {
        const auto found = sys::find_program(need.program);
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
