#include "base/text.h"
#include "init/write/left.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

// fairlead.yml: what `fairlead run` does, what gate reads and, where something serves, how it is deployed.
namespace fairlead::init {

namespace {

constexpr std::string_view head =
    "# What Fairlead does with this project: one key per tool. docs/configuration.md explains them all.\n"
    "version: 1\n";

constexpr const char* most_of_a_build = "51200"; // KiB, until somebody writes another number there

// `${` would be taken from outside: config/interpolate.cpp.
std::string scalar(const std::string& text) { return yaml_scalar(replace_all(text, "${", "$${")); }
std::string list(std::vector<std::string> words) {
    for (auto& word : words) word = replace_all(word, "${", "$${");
    return yaml_list(words);
}

std::vector<std::string> words_of(const Step& step, const std::vector<std::string>& command) {
    if (step.variables.empty()) return command;
    std::vector<std::string> words = {"env"};
    for (const auto& [name, value] : step.variables) words.push_back(name + "=" + value);
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

struct Chain {
    const Project& project;
    std::string text = {};

    void add(const Component& component, const std::string& name, const std::vector<std::string>& words,
             const std::string& why, bool judged = false) {
        const auto whole = is_alone(project) ? name : component.name + "-" + name;
        text += fmt::format("  - name: {}{}\n", whole, why.empty() ? "" : " # " + replace_all(why, "\n", " "));
        if (!component.folder.empty()) text += fmt::format("    folder: {}\n", scalar(component.folder));
        text += fmt::format("    exec: {}\n", list(words));
        if (judged) text += "    judged_by: gate # a failing test goes on to the gate, which decides from the report\n";
    }
    void add(const Component& component, const std::optional<Step>& step, const std::string& name,
             bool judged = false) {
        if (!step) return;
        for (std::size_t i = 0; i < step->commands.size(); ++i) {
            const bool last = i + 1 == step->commands.size();
            add(component, last ? name : fmt::format("{}-{}", name, i + 1), words_of(*step, step->commands[i]),
                i == 0 ? step->because : "", judged);
        }
    }
    // What else decides of a front end's build: the Node that is here, and what its env files say of production.
    void add_conditions(const Component& component) {
        if (component.kind != Kind::site || !component.build) return;
        add(component, "versions", {"fairlead-preflight", "--only", "host-runtime-version"},
            "the Node that package.json or .nvmrc asks for");
        add(component, "env", {"fairlead-preflight", "--group", "env,conf", "--allow-empty"},
            "what its env files compile into public files");
    }
    void add_build(const Component& component) {
        if (!component.build) return;
        const auto dist = within(component, component.dist);
        if (!dist.empty()) add(component, "clean", {"rm", "-rf", dist}, "a stale file is no part of the build");
        add(component, component.build, "build");
        if (dist.empty()) return;
        const std::string sizes = "test -n \"$(find \"$1\" -type f -size +0)\" && du -sk \"$1\" && "
                                  "find \"$1\" -type f -exec du -k {} + | sort -rn | head -n 10 && "
                                  "test \"$(du -sk \"$1\" | cut -f 1)\" -le \"$2\" || "
                                  "{ echo \"$1 is empty, or has more than $2 KiB\" >&2; exit 1; }";
        add(component, "sizes", {"sh", "-c", sizes, "sh", dist, most_of_a_build},
            "an empty folder is a no, and one with more KiB than the last word");
    }
};

std::string run_section(const Project& project) {
    Chain chain{project, "run: # what `fairlead run` does, in this order, until the first no\n"};
    const auto judged = [](const Component& component) { return !component.evidence.empty(); };
    for (const auto& component : project.components) {
        const bool findings = std::any_of(component.evidence.begin(), component.evidence.end(),
                                          [](const Evidence& one) { return one.kind == "findings"; });
        chain.add_conditions(component);
        chain.add(component, component.install, "install");
        chain.add(component, component.lint, "lint", findings);
        chain.add(component, component.test, "tests", judged(component));
    }
    const bool gate = std::any_of(project.components.begin(), project.components.end(), judged);
    chain.text +=
        gate ? "  - gate\n"
             : "  # - gate     # once a step writes a report: docs/gate-reports.md has the flags of each runner\n";
    chain.text += "  - scan\n";
    for (const auto& component : project.components) chain.add_build(component);
    if (!with_image(project).empty())
        chain.text += fmt::format("  # - tag      # with a name for the image:    tag: {{images: [ghcr.io/acme/{}]}}\n",
                                  project.name);
    if (services(project).size() == 1) chain.text += "  # - deploy   # on the host that serves\n  # - smoke\n";
    return chain.text;
}

std::string gate_section(const Project& project) {
    std::string rows;
    std::vector<std::string> names;
    bool coverage = false;
    for (const auto& component : project.components)
        for (const auto& one : component.evidence) {
            const auto name = is_alone(project) ? one.kind : component.name + "-" + one.kind;
            const auto same = std::count(names.begin(), names.end(), name);
            names.push_back(name);
            rows += fmt::format("    {}: {{path: {}}}\n", same == 0 ? name : fmt::format("{}-{}", name, same + 1),
                                scalar(one.path));
            coverage = coverage || one.kind == "coverage";
        }
    if (rows.empty()) return "";
    return "\ngate: # is this change good enough?\n  reports:\n" + rows + "  tests: {min: 1}\n" +
           (coverage ? "  # coverage: {total: {lines: 80}} # percent\n" : "");
}

// An interpreter's packages are made on the host; what is compiled was built before.
std::vector<std::string> prepare(const Component& component) {
    const bool interpreted = component.language == Language::python || component.language == Language::node;
    std::vector<std::string> commands;
    const auto& step = component.prepare || !interpreted ? component.prepare : component.install;
    if (step)
        for (const auto& command : step->commands) commands.push_back(list(words_of(*step, command)));
    return commands;
}

// What starts and stops with the release, beside its server.
std::string process_lines(const Component& component) {
    if (component.processes.empty()) return "";
    std::string text = "    processes: # started and stopped with each release\n";
    for (const auto& one : component.processes)
        text += fmt::format("      {}: {{command: {}}} # {}\n", one.name, list(one.command), one.from);
    return text;
}

// Names only: their values are set where a release is deployed.
std::string env_line(const Component& component) {
    std::vector<std::string> required, places;
    for (const auto& one : component.variables)
        if (one.need == project::Need::required &&
            std::find(component.secrets.begin(), component.secrets.end(), one.name) == component.secrets.end()) {
            required.push_back(one.name);
            places.push_back(one.from);
        }
    const auto secrets = component.secrets.empty() ? "" : "secrets: " + list(component.secrets);
    if (required.empty())
        return secrets.empty()
                   ? ""
                   : fmt::format("    env: {{{}}} # names only: their values are the environment's secrets in "
                                 "CI, variables elsewhere\n",
                                 secrets);
    constexpr std::size_t shown = 3;
    const bool more = places.size() > shown;
    if (more) places.resize(shown);
    return fmt::format("    env: # names only: secrets come from the environment, the required rest from env.file\n{}"
                       "      required: {} # read at {}{}\n",
                       secrets.empty() ? "" : "      " + secrets + "\n", list(required), join(places, ", "),
                       more ? " ..." : "");
}

// A deployment replaces the release's folder, and with it what the program wrote there.
std::string shared_lines(const Component& component) {
    std::string text;
    for (const auto& sentence : component.decisions) text += "    # " + replace_all(sentence, "\n", " ") + "\n";
    std::vector<std::string> folders, reasons;
    for (const auto& one : component.shared) {
        folders.push_back(one.folder);
        reasons.push_back(fmt::format("{}, {}", what_of(one.what), one.from));
    }
    return text + (folders.empty() ? "    # shared: [data] # what a release must not take away with it\n"
                                   : fmt::format("    shared: {} # all releases use the same: {}\n", list(folders),
                                                 join(reasons, "; ")));
}

// What the steps leave behind and the host makes by itself is no part of a release: it would be another one each time.
std::string deploy_sections(const Writing& writing, const Component& component, const std::string& name,
                            const std::string& folder) {
    const auto health = component.health.empty() ? std::string("/") : component.health;
    auto text = fmt::format(
        "\ndeploy: # for every environment\n  release:\n    path: {}\n    exclude: {} # what steps leave behind\n",
        folder.empty() ? "." : scalar(folder), list(left_out(writing.project, component)));
    text += fmt::format(
        "  health: {{path: {}}} # where the release tells its version: health.version, docs/deploy.md\n  target:\n"
        "    kind: direct # the host that the job runs on, behind its nginx\n    command: {}\n",
        scalar(health), list(component.serve));
    const auto commands = prepare(component);
    if (!commands.empty()) text += "    prepare:\n";
    for (const auto& command : commands) text += "      - " + command + "\n";
    text += process_lines(component);
    text += shared_lines(component);
    text += fmt::format("\nsmoke: # does what we deployed really work?\n  ready: {{path: {0}}}\n  checks:\n"
                        "    - {{name: health, get: {0}, expect: {{status: 200}}}}\n\nenvironments: # yours: where "
                        "each is served, and from which folder\n",
                        scalar(health));
    const auto all = environments({writing.project, {.environments = std::nullopt}});
    for (const auto& one : all) {
        const bool last = one.promotes;
        text += fmt::format("  {}:\n    url: {}\n", one.name,
                            last ? fmt::format("http://127.0.0.1:8081 # https://{}.example.org", name)
                                 : "http://127.0.0.1:8080");
        text += env_line(component);
        const auto place = name + "-" + one.name;
        text += fmt::format("    deploy:\n{}      target: {{root: /srv/{}{}}}\n",
                            last ? "      promote_from: staging # the very files that staging proved\n" : "", place,
                            component.by_port ? fmt::format(", port: {}", last ? 8600 : 8500) : "");
        if (component.by_port) // a socket's links can't lead to a port
            text += fmt::format("      router: {{kind: nginx, mode: include, include: /etc/nginx/fairlead/{}.conf}}\n",
                                place);
    }
    return text;
}

}

std::string write_configuration(const Writing& writing) {
    const auto& project = writing.project;
    auto text = fmt::format("{}app: {}\n\n{}{}{}", head, scalar(project.name), run_section(project),
                            gate_section(project), writing.given.versions);
    const auto serving = services(project);
    if (serving.size() == 1) text += deploy_sections(writing, *serving.front(), project.name, serving.front()->folder);
    for (const auto* service : serving) // the others have a file of their own
        if (serving.size() > 1 && service->folder.empty())
            text += deploy_sections(writing, *service, project.name + "-" + service->name, "");
    return text;
}

std::string write_component(const Writing& writing, const Component& component) {
    return fmt::format("{}app: {}-{}\n", head, writing.project.name, component.name) +
           deploy_sections(writing, component, writing.project.name + "-" + component.name, "");
}

}
