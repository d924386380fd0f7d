#include "init/check.h"
#include "base/text.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

constexpr Milliseconds longest_step{30 * 60 * 1000};

// What an installation leaves; made already, it isn't made again.
struct Made {
    std::string_view manager, path;
};
constexpr Made made[] = {{"npm", "node_modules"}, {"pnpm", "node_modules"}, {"yarn", "node_modules"},
                         {"pip", ".venv"},        {"uv", ".venv"},          {"poetry", ".venv"}};

bool is_installed(const sys::Path& folder, const Component& component) {
    for (const auto& row : made)
        if (row.manager == component.manager) return sys::inspect(folder / row.path).type != sys::FileType::absent;
    return false;
}

struct Run {
    sys::Path folder;
    int stream;
};

Result<int> run_command(const Run& run, std::vector<std::string> argv,
                        const std::vector<std::pair<std::string, std::string>>& variables,
                        sys::Whose whose = sys::Whose::project) {
    TRY_VOID(sys::write_stream(run.stream, fmt::format("+ {}\n", join(argv, " "))));
    if (!variables.empty()) {
        std::vector<std::string> words = {"env"};
        for (const auto& [name, value] : variables) words.push_back(name + "=" + value);
        argv.insert(argv.begin(), words.begin(), words.end());
    }
    sys::Command command{.argv = std::move(argv),
                         .folder = run.folder.string(),
                         .timeout = longest_step,
                         .inherit_output = true,
                         .any_path = whose == sys::Whose::project,
                         .whose = whose};
    if (run.stream == 2) command.one_stream = 2;
    const auto done = TRY(sys::run(command));
    // Whatever the program made of our signal: it said nothing about itself.
    if (sys::stop_requested())
        return could_not(
            "interrupted; the files of init are written, but not all of their steps were run: run init --check again");
    return done.status;
}

// The status of the first command that fails.
Result<int> run_step(const Run& run, const Step& step) {
    for (const auto& command : step.commands) {
        const int status = TRY(run_command(run, command, step.variables));
        if (status != 0) return status;
    }
    return 0;
}

}

Result<void> check_steps(const std::string& folder, const Project& project, int stream, report::Report& report) {
    const auto no = [&](const std::string& what, int status) {
        report.verdict = report::Verdict::fail;
        report.findings.push_back(
            {.rule = "init/step-failed",
             .message = fmt::format("{} ended with status {}; correct the command in fairlead.yml and in the workflows",
                                    what, status)});
    };
    bool evidence = false, any = false;
    for (const auto& component : project.components) {
        const Run run{sys::Path(folder) / component.folder, stream};
        const auto of = component.folder.empty() ? "" : " of " + component.folder;
        if (component.install && !is_installed(run.folder, component)) {
            const int installed = TRY(run_step(run, *component.install));
            if (installed != 0) {
                no("install" + of, installed);
                continue; // the tests can't speak for themselves then
            }
        }
        any = any || component.install || component.test;
        if (!component.test) continue;
        const int status = TRY(run_step(run, *component.test));
        evidence = evidence || !component.evidence.empty();
        if (status != 0 && component.evidence.empty()) no("the tests" + of, status);
    }
    // Nothing may be in git's list yet.
    const int secrets = TRY(run_command({folder, stream}, {sys::tool_program("fairlead-scan"), "tree", "--allow-empty"},
                                        {}, sys::Whose::ours));
    if (secrets != 0) no("scan of the tree", secrets);
    if (evidence && report.verdict == report::Verdict::pass) {
        const int status =
            TRY(run_command({folder, stream}, {sys::tool_program("fairlead-gate")}, {}, sys::Whose::ours));
        if (status != 0) no("gate over the reports", status);
    }
    report.facts += report.verdict != report::Verdict::pass ? "; not all of its steps work"
                    : any                                   ? "; its steps work"
                                                            : "; no step was found, so none was run";
    return {};
}

}
