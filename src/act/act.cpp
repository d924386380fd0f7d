#include "act/act.h"
#include "base/secrets/secret.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::act {

namespace {

constexpr std::string_view install = "go install -tags WITHOUT_DOCKER github.com/nektos/act@v0.2.87";

Result<std::string> program(const sys::Environment& variables) {
    if (const auto found = sys::find_own_program("act")) return *found;
    const auto by_go = variables.get_or("HOME", "/root") + "/go/bin/act";
    if (sys::inspect(by_go).type == sys::FileType::file) return by_go;
    return could_not(fmt::format("act is not installed; install it with `{}` (for containers, without that -tags), or "
                                 "from github.com/nektos/act/releases",
                                 install));
}

// Relative to the repository's root.
Result<std::string> find_workflow(const sys::Root& tree, const std::string& wanted) {
    const std::string folder = ".github/workflows";
    auto found = TRY(sys::glob(tree, ".", folder + "/*.yml"));
    const auto longer = TRY(sys::glob(tree, ".", folder + "/*.yaml"));
    found.insert(found.end(), longer.begin(), longer.end());
    if (found.empty())
        return usage(fmt::format("{} has no workflow; to write workflows, run `fairlead init`",
                                 (tree.path() / folder).string()));
    std::vector<std::string> names;
    for (const auto& file : found) {
        const sys::Path path(file);
        names.push_back(path.stem().string());
        if (wanted == names.back() || wanted == path.filename() || wanted == file) return file;
    }
    if (wanted.empty() && found.size() == 1) return found.front();
    if (wanted.empty()) {
        const auto usual = folder + "/pull-request.yml";
        if (std::find(found.begin(), found.end(), usual) != found.end()) return usual;
        return usage("there are several workflows; name the workflow: " + one_of(names));
    }
    const auto near = nearest(wanted, names);
    return usage(fmt::format("there is no workflow '{}'; {}", wanted,
                             near.empty() ? "expected " + one_of(names) : "did you mean '" + near + "'?"));
}

// act would follow a link of the tree to wherever it leads.
Result<std::string> text_of_workflow(const sys::Root& tree, const std::string& file) {
    constexpr std::uint64_t longest_workflow = 1u << 20;
    auto text = tree.read(file, longest_workflow);
    return text.ok() ? std::move(text) : Result<std::string>(usage(text.error().message));
}

// A release has our actions beside its programs, so that no network is needed for them.
Result<std::string> our_actions(const std::string& given) {
    const auto beside = sys::Path(sys::own_program()).parent_path().parent_path() / "share/fairlead/repository";
    const auto folder = given.empty() ? beside : std::filesystem::absolute(given).lexically_normal();
    if (sys::inspect(folder / "actions/install.sh").type == sys::FileType::file) return folder.string();
    if (given.empty()) return std::string();
    return usage(fmt::format("'{}' is not a checkout of Fairlead: actions/install.sh is not in it", given));
}

// A developer's own FAIRLEAD_* and credentials have no part in it, as they have none on GitHub.
std::vector<std::string> environment(const sys::Environment& variables, const Request& request) {
    std::vector<std::string> names = {"DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "XDG_CACHE_HOME"};
    names.insert(names.end(), request.secrets.begin(), request.secrets.end());
    return sys::child_environment(variables, sys::Child::network, names);
}

// Making them secrets lets nothing print them, act's own output included.
Result<std::vector<Secret>> take_secrets(const sys::Environment& variables, const Request& request) {
    std::vector<Secret> taken;
    for (const auto& name : request.secrets) {
        const auto plain = name.substr(0, name.find('='));
        if (plain != name) // what stands behind it may be the secret
            return usage(fmt::format("--secret takes the name of a variable, not its value: {0}=... fairlead act "
                                     "--secret {0}",
                                     plain));
        const auto value = variables.get(name);
        if (!value)
            return usage(fmt::format("secret '{0}' is not set as a variable; set it: {0}=... fairlead act", name));
        taken.emplace_back(*value);
    }
    return taken;
}

std::string lack_of_secrets(const Workflow& workflow, const Request& request) {
    std::vector<std::string> lacking;
    for (const auto& name : workflow.secrets)
        if (name != "GITHUB_TOKEN" &&
            std::find(request.secrets.begin(), request.secrets.end(), name) == request.secrets.end())
            lacking.push_back(name);
    if (lacking.empty()) return "";
    return fmt::format(
        "the workflow needs secrets that are empty here: {}; to pass a secret from your variables, say --secret NAME\n",
        join(lacking, ", "));
}

std::string shown(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
    return line;
}

}

Result<report::Report> act(const Request& request, const sys::Environment& variables) {
    const auto repository = TRY(sys::Repository::open("."));
    const sys::Path root = repository.work_tree();
    if (root.empty()) return usage("this repository is bare, but act needs a checkout");
    const auto tree = TRY(sys::Root::open(root));
    const auto file = TRY(find_workflow(tree, request.workflow));
    const auto text = TRY(text_of_workflow(tree, file));
    const auto workflow = TRY(read_workflow(text, file));
    const auto event = TRY(choose_event(workflow, file, request.event));
    const auto facts = TRY(facts_of(repository, *workflow.find(event), request));
    const auto secrets = TRY(take_secrets(variables, request));
    const auto folder = sys::Path(repository.git_folder()) / "fairlead"; // never committed, cleaned or scanned
    const auto actions = TRY(our_actions(request.actions));
    const Places places{root.string(),
                        file,
                        (folder / ("act-" + sys::Path(file).stem().string() + ".json")).string(),
                        sys::Path(sys::own_program()).parent_path().string(),
                        actions,
                        facts.repository.starts_with("local/") ? facts.repository : ""};
    const auto words = command(workflow, event, places, request);
    const auto json = payload(event, facts);
    report::Report report;
    report.tool = "act";
    report.text = lack_of_secrets(workflow, request);
    if (request.dry_run) {
        report.text += fmt::format("{}{}\n", json, shown(words));
        report.facts = fmt::format("the event {} and the command are above; nothing was run", event);
        return report;
    }
    sys::Command run;
    run.argv = words;
    run.argv.front() = TRY(program(variables));
    run.folder = folder.string(); // an .actrc that a change brings has no say
    run.environment = environment(variables, request);
    run.inherit_output = true;
    if (request.stream == 2) run.one_stream = 2;
    run.patience = Milliseconds{7200}; // its steps may have something to put back
    Jobs jobs;
    run.heard = [&jobs](std::string_view lines) { jobs.hear(lines); };
    TRY_VOID(sys::make_folders(folder));
    TRY_VOID(sys::write_file(places.event_file, json, 0600, sys::Sync::no));
    TRY_VOID(sys::write_stream(request.stream, report.text + "+ " + shown(words) + "\n"));
    const auto output = TRY(sys::run(run));
    if (output.interrupted) return could_not("interrupted; processes that act started may still finish their jobs");
    if (output.status != 0 && !jobs.unreachable.empty())
        return could_not(
            fmt::format("{} can't be reached, so act did not judge {}; connect this machine to the network "
                        "(or its proxy: HTTPS_PROXY), then run it again",
                        jobs.unreachable, file));
    if (output.status != 0 && jobs.passed + jobs.failed == 0)
        return could_not(
            fmt::format("act could not run {} (the reason is above); use version 0.2.87 of act: `{}`", file, install));
    report.text.clear();
    report.facts = fmt::format("{} under act: {}", file, told(jobs));
    if (output.status != 0 || jobs.passed == 0) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    return report;
}

}
