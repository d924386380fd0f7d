#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/ci_look.h"
#include "preflight/rules/groups.h"
#include "read/shell/shell_text.h"
#include "read/workflow_steps.h"
#include <algorithm>
#include <iterator>

// A job of a workflow that uses the repository's files, and nothing has fetched them.
namespace fairlead::preflight {

using namespace ci;

namespace {

bool needs_sources(const read::Command& command) {
    struct Words {
        std::string_view program, next; // no next: whatever follows
    };
    constexpr Words all[] = {{"npm", "ci"},       {"npm", "run"},  {"npm", "test"}, {"yarn", "install"},
                             {"pnpm", "install"}, {"pytest", ""},  {"mvn", ""},     {"gradlew", ""},
                             {"mvnw", ""},        {"go", "build"}, {"go", "test"},  {"cargo", "build"},
                             {"cargo", "test"},   {"make", ""}};
    const auto name = command.name(), next = word_at(command, 1);
    if (name == "pip") return next == "install" && word_at(command, 2) == "-r";
    if (name == "docker" && next == "compose") return word_at(command, 2) == "build";
    if (name == "docker")
        return next == "build" &&
               std::any_of(command.words.begin(), command.words.end(), [](const auto& one) { return one.text == "."; });
    return std::any_of(std::begin(all), std::end(all),
                       [&](const Words& one) { return name == one.program && (one.next.empty() || next == one.next); });
}

bool needs_sources(const YamlNode& step) {
    const auto uses = scalar_of(step.find("uses"));
    if (uses.starts_with("docker/build-push-action@")) {
        const auto* const with = step.find("with");
        return with && with->find("context") && scalar_of(with->find("context")).starts_with('.');
    }
    if (uses.starts_with("./")) return true;
    const read::MappedText script(std::string(scalar_of(step.find("run"))), {});
    const auto commands = read::read_shell(script, 0, script.text().size()).commands;
    return std::any_of(commands.begin(), commands.end(),
                       [](const read::Command& one) { return one.heredoc < 0 && needs_sources(one); });
}

// The folder of a job is empty until something fills it.
void ci_no_checkout(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    each_job(*root, [&](const YamlNode& job) {
        const auto* const runner = job.find("runs-on");
        if (!runner || runner->scalar.empty() || runner->scalar.find("self-hosted") != std::string::npos ||
            runner->scalar.find("${{") != std::string::npos)
            return;
        for (const auto* const one : read::workflow_steps(job)) {
            const YamlNode& step = *one;
            const auto uses = scalar_of(step.find("uses"));
            const auto run = scalar_of(step.find("run"));
            const bool fills = uses.find("checkout") != uses.npos || uses.find("artifact") != uses.npos ||
                               uses.find("cache") != uses.npos || uses.find("ssh") != uses.npos ||
                               has_any(run, {"git clone", "git fetch", "git init", "gh repo clone", "curl ", "wget ",
                                             "cd ", "create-", " init "});
            if (fills) return;
            if (!needs_sources(step)) continue;
            hits.add(workflow.file, step.line, step.column,
                     "nothing has fetched the repository in this job; its folder is empty, and the step fails; add "
                     "actions/checkout before it");
            return;
        }
    });
}

}

std::span<const Rule> ci_checkout_rules() {
    static const Rule rows[] = {
        {.id = "ci-no-checkout",
         .title = "A job works in an empty folder",
         .levels = always(Level::error),
         .check = ci_no_checkout,
         .why = "GitHub starts each job in an empty folder. Without a checkout, there is nothing to build or test.",
         .way_out = "steps: [{uses: actions/checkout@v5}, {run: npm ci}]"},
    };
    return rows;
}

}
