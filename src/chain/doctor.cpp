#include "chain/doctor.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::chain {

namespace {

// Files that a command reads its work from; without them it does nothing.
struct Reads {
    std::string_view program;
    std::vector<std::string> files;
};
const std::vector<Reads>& reads() {
    static const std::vector<Reads> all = {{"make", {"GNUmakefile", "makefile", "Makefile"}},
                                           {"npm", {"package.json"}},
                                           {"yarn", {"package.json"}},
                                           {"pnpm", {"package.json"}},
                                           {"cargo", {"Cargo.toml"}},
                                           {"go", {"go.mod", "go.work"}}};
    return all;
}

void add(std::vector<Need>& list, Need need) {
    const auto same = [&](const Need& other) {
        return other.program == need.program && other.python == need.python && other.folder == need.folder;
    };
    if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(need));
}

void add_program(std::vector<Need>& list, const std::string& program, std::string why) {
    if (program.empty() || program.find('{') != std::string::npos) return;
    add(list, program_need(program, std::move(why)));
}

void add_module(std::vector<Need>& list, const std::string& python, const std::string& module, std::string why) {
    const auto package = replace_all(module, "_", "-");
    add(list, {module, std::move(why),
               fmt::format("{} -m pip install {}, or apt-get install {}", shell_word(python), shell_word(package),
                           shell_word("python3-" + package)),
               true, python});
}

// `make test` needs a Makefile with that target; told other files or folders (`-C`, `--prefix`), we don't look.
void add_files(std::vector<Need>& list, const Step& step, const std::string& program) {
    const auto row =
        std::find_if(reads().begin(), reads().end(), [&](const Reads& one) { return one.program == program; });
    const auto& argv = step.argv;
    if (row == reads().end()) return;
    if (std::any_of(argv.begin() + 1, argv.end(), [](const auto& word) { return word.starts_with('-'); })) return;
    Need need{.program = row->files.back(), .why = fmt::format("step '{}' runs {}", step.name, join(argv, " "))};
    need.folder = step.folder;
    need.way_out = fmt::format("write a {}, or correct the step in fairlead.yml", need.program);
    need.files = row->files;
    if (program == "make" && argv.size() > 1 && argv[1].find('=') == std::string::npos) {
        need.target = argv[1];
        need.way_out =
            fmt::format("write a Makefile with the target '{}', or correct the step in fairlead.yml", argv[1]);
    }
    list.push_back(std::move(need));
}

// `env CI=true npm test` needs npm.
Step without_variables(Step step) {
    auto& argv = step.argv;
    const auto is_set = [](const std::string& word) { return word.find('=') != std::string::npos; };
    if (argv.front() != "env") return step;
    const auto program = std::find_if_not(argv.begin() + 1, argv.end(), is_set);
    if (program != argv.end() && !program->starts_with('-')) argv.erase(argv.begin(), program);
    return step;
}

// `python3 -m pytest --cov=.` needs more than python3.
void add_command(std::vector<Need>& list, const Step& whole, bool first) {
    const Step step = without_variables(whole);
    const auto why = fmt::format("step '{}' runs it", step.name);
    const auto& argv = step.argv;
    const auto program = argv[0].substr(argv[0].rfind('/') + 1);
    if (!first && argv[0].starts_with('.') && !argv[0].starts_with("./")) { // .venv/bin/python
        Need need{argv[0], why, "an earlier step creates it; run: fairlead run", false};
        need.folder = step.folder;
        return add(list, std::move(need));
    }
    add_program(list, argv[0], why);
    add_files(list, step, program);
    if (!program.starts_with("python") || argv.size() < 3 || argv[1] != "-m") return;
    if (argv[2] == "venv") { // Debian leaves a part of it to another package; other Pythons have it whole
        const auto found = sys::find_program(argv[0]).value_or("");
        if (found.starts_with("/usr/bin/"))
            add(list, {"ensurepip", why, "apt-get install python3-venv", true, argv[0]});
        return;
    }
    add_module(list, argv[0], argv[2].substr(0, argv[2].find('.')), why);
    const bool coverage =
        std::any_of(argv.begin(), argv.end(), [](const auto& word) { return word.starts_with("--cov"); });
    if (argv[2] == "pytest" && coverage) add_module(list, argv[0], "pytest_cov", why);
}

// `fairlead.yml:3:16: key ...` as it is; what has no place is told with the tool that says it.
std::string first_line(const Complaint& complaint) {
    auto line = complaint.text.substr(0, complaint.text.find('\n'));
    const auto colon = line.find(':');
    if (colon != std::string::npos && line.find_first_of("0123456789", colon) == colon + 1) return line;
    const auto environment = complaint.environment.empty() ? "" : " --env " + complaint.environment;
    return fmt::format("fairlead-{}{}: {}", complaint.tool, environment, line);
}

// gate, scan, smoke and tag read what a change brings.
std::string describe(const sys::Holds& holds) {
    std::string text;
    const auto absent = [&](std::string_view name, std::string_view could, std::string_view way_out) {
        text += fmt::format(
            "absent   {}: without it, harmful input that takes over gate, scan, smoke or tag could {}; get it: {}\n",
            name, could, way_out);
    };
    if (!holds.described.empty())
        text += fmt::format("ok       kernel: restricts gate, scan, smoke and tag to the rights that they need ({})\n",
                            holds.described);
    if (!holds.programs_and_network)
        absent("seccomp", "start programs and open connections",
               "a kernel with CONFIG_SECCOMP_FILTER, in a container whose profile allows seccomp");
    if (!holds.files)
        absent(
            "Landlock", "change any file that you can change",
            "Linux 5.13 or later with landlock in /sys/kernel/security/lsm (the kernel's lsm=), in a container whose "
            "profile allows landlock_create_ruleset");
    return text;
}

}

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps) {
    std::vector<Need> list;
    add_program(list, "git", "versions, ranges and changes are read from a repository");
    for (const auto& step : steps)
        if (step.is_tool())
            add(list, {"fairlead-" + step.name, fmt::format("step '{}' is this tool", step.name),
                       "build it, and keep it in the folder of fairlead or in PATH"});
        else
            add_command(list, step, &step == &steps.front());
    for (const auto& environment : config.environments()) {
        const auto deploy = config.section("deploy", environment);
        if (auto need = serving_need(config, environment)) add(list, std::move(*need));
        if (deploy.at("router").text() == "nginx" || deploy.at("router.kind").text() == "nginx")
            add_program(list, "nginx", fmt::format("environment '{}' is served through it", environment));
    }
    list.push_back({"act", "dry runs of the workflows on this machine",
                    "go install -tags WITHOUT_DOCKER github.com/nektos/act@v0.2.87", false}); // as docs/act.md says
    return list;
}

std::vector<Complaint> complaints(const config::Config& config, const std::vector<Step>& steps,
                                  const std::string& environment) {
    auto environments = config.environments();
    if (!environment.empty()) environments = {environment};
    const auto is_step = [&](std::string_view tool) {
        return std::any_of(steps.begin(), steps.end(), [&](const Step& step) { return step.name == tool; });
    };
    std::vector<Complaint> found;
    const auto ask = [&](std::string_view tool, const std::string& name) {
        if (sys::stop_requested()) return;
        // What was proved elsewhere is given with the deployment itself, and is nothing that this machine lacks.
        const bool promotes = tool == "deploy" && config.section(tool, name).at("promote_from").present();
        const auto flags =
            promotes ? std::vector<std::string>{"--promote-from", "record.json"} : std::vector<std::string>();
        if (const auto complaint = ask_tool(config, std::string(tool), name, flags)) found.push_back(*complaint);
    };
    for (const auto tool : config::built_tools()) {
        if (!locate(program_need("fairlead-" + std::string(tool), ""), "")) continue; // told as missing
        bool asked = false;
        for (const auto& name : environments) {
            if (!config.section(tool, name).present()) continue;
            ask(tool, name);
            asked = true;
        }
        if (!asked && (is_step(tool) || config.section(tool).present())) ask(tool, environment);
    }
    return found;
}

report::Report examine(const std::vector<Need>& needs, const std::vector<Complaint>& complaints,
                       const std::string& folder, const sys::Holds& holds) {
    report::Report report;
    report.tool = "doctor";
    std::vector<std::string> wrong;
    for (const auto& complaint : complaints) {
        const auto line = first_line(complaint);
        if (std::find(wrong.begin(), wrong.end(), line) != wrong.end()) continue; // a key that is common to all
        wrong.push_back(line);
        report.text += fmt::format("wrong    {}\n", line);
        report.findings.push_back({.rule = "doctor/wrong", .message = line});
    }
    int missing = 0;
    for (const auto& need : needs) {
        if (sys::stop_requested()) break;
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
    report.text += describe(holds);
    report.says = report::Says::answer;
    report.facts = missing == 0 ? "nothing is missing" : fmt::format("{} missing", missing);
    if (missing > 0) report.verdict = report::Verdict::fail;
    if (wrong.empty()) return report;
    report.facts = fmt::format("{} wrong, {} missing", wrong.size(), missing);
    report.verdict = report::Verdict::error;
    report.error = usage("");
    return report;
}

}
