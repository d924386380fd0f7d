#include "base/text.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using sys::YamlNode;

// The workflow as a map; null where it can't be read, which ci-syntax tells.
const YamlNode* root_of(const Workflow& workflow) {
    return workflow.read->ok() && !workflow.read->value().empty() ? &workflow.read->value().front() : nullptr;
}

template <typename Each>
void each_step(const YamlNode& root, Each each) {
    const auto* jobs = root.find("jobs");
    if (!jobs) return;
    for (const auto& [name, job] : jobs->entries)
        if (const auto* steps = job.find("steps"))
            for (const auto& step : steps->items) each(job, step);
}

bool starts_on(const YamlNode& root, std::string_view event) {
    const auto* on = root.find("on");
    if (!on) return false;
    if (on->scalar == event || on->find(event)) return true;
    return std::any_of(on->items.begin(), on->items.end(), [&](const YamlNode& one) { return one.scalar == event; });
}

std::string text_of(const YamlNode* node) { return node ? node->scalar : std::string(); }

// Of the head of a pull request, that is: of whoever opened it.
bool is_head(std::string_view ref) {
    for (const std::string_view word : {"head.sha", "head.ref", "head_ref", "head_sha", "head_branch", "refs/pull/"})
        if (ref.find(word) != ref.npos) return true;
    return false;
}

void ci_syntax(const Workflow& workflow, const Project&, Hits& hits) {
    const auto& documents = *workflow.read;
    if (!documents.ok())
        return (void)hits.add(workflow.file, documents.error().place.line, documents.error().place.column,
                              fmt::format("{}; GitHub refuses the workflow; mend the YAML",
                                          replace_all(documents.error().message, ";", ",").substr(0, 100)));
    if (documents.value().size() != 1 || !documents.value().front().find("jobs"))
        hits.add(workflow.file, 1, 1, "the workflow has no jobs; GitHub refuses it; add jobs:");
}

void untrusted_checkout(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const bool has_rights = starts_on(*root, "pull_request_target") || starts_on(*root, "workflow_run");
    if (!has_rights) return;
    const YamlNode* job_of_head = nullptr;
    const YamlNode* checkout = nullptr;
    each_step(*root, [&](const YamlNode& job, const YamlNode& step) {
        const auto uses = text_of(step.find("uses"));
        const auto* with = step.find("with");
        if (uses.starts_with("actions/checkout@") && with && is_head(text_of(with->find("ref")))) {
            job_of_head = &job;
            checkout = with->find("ref");
            return;
        }
        const bool runs = step.find("run") || uses.starts_with("./");
        if (&job != job_of_head || !runs || !checkout) return;
        hits.add(workflow.file, checkout->line, checkout->column,
                 "this checks out a fork's head with the rights of the base; its code gets token and secrets; use on: "
                 "pull_request");
        checkout = nullptr; // once a job
    });
}

// Values that whoever opens an issue or a pull request chooses (docs.github.com, "Script injections").
constexpr std::string_view chosen_by_others[] = {"github.event.issue.title",
                                                 "github.event.issue.body",
                                                 "github.event.pull_request.title",
                                                 "github.event.pull_request.body",
                                                 "github.event.pull_request.head.ref",
                                                 "github.event.pull_request.head.label",
                                                 "github.event.comment.body",
                                                 "github.event.review.body",
                                                 "github.event.review_comment.body",
                                                 "github.event.head_commit.message",
                                                 "github.event.head_commit.author",
                                                 "github.event.commits",
                                                 "github.event.pages",
                                                 "github.event.discussion.title",
                                                 "github.event.discussion.body",
                                                 "github.event.workflow_run.head_branch",
                                                 "github.event.workflow_run.head_commit.message",
                                                 "github.head_ref",
                                                 "github.event.pull_request.head.repo.default_branch",
                                                 "github.event.workflow_run.display_title"};

// The name in the first ${{ }} of such a value; empty: there is none.
std::string_view injected(std::string_view text) {
    for (auto at = text.find("${{"); at != text.npos; at = text.find("${{", at + 3)) {
        const auto inside = text.substr(at, text.find("}}", at) - at);
        for (const auto name : chosen_by_others)
            if (const auto found = inside.find(name); found != inside.npos) return name;
    }
    return {};
}

// Of the ${{ }} that holds the name: in a block (`run: |`) it stands some lines below.
read::Position place_of(const Workflow& workflow, const YamlNode& script, std::string_view name) {
    const read::Lines lines(workflow.text);
    const std::string_view text = workflow.text;
    for (auto at = text.find("${{", lines.start(script.line)); at != text.npos; at = text.find("${{", at + 3))
        if (text.substr(at, text.find("}}", at) - at).find(name) != text.npos) return lines.at(at);
    return {script.line, script.column};
}

void template_injection(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto uses = text_of(step.find("uses"));
        const auto* script = step.find("run");
        if (uses.starts_with("actions/github-script@"))
            if (const auto* with = step.find("with")) script = with->find("script");
        if (!script) return;
        const auto name = injected(script->scalar);
        if (name.empty()) return;
        const auto place = place_of(workflow, *script, name);
        hits.add(
            workflow.file, place.line, place.column,
            fmt::format("{} is put into a script; its author can run commands; give it by env: and write \"$NAME\"",
                        name));
    });
}

bool is_true(const YamlNode* node) { return node && lower(node->scalar) == "true"; }

void insecure_commands(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const auto look = [&](const YamlNode& holder) {
        const auto* env = holder.find("env");
        const auto* set = env ? env->find("ACTIONS_ALLOW_UNSECURE_COMMANDS") : nullptr;
        if (is_true(set))
            hits.add(workflow.file, set->line, set->column,
                     "ACTIONS_ALLOW_UNSECURE_COMMANDS is set; whatever a step prints can set PATH; write to "
                     "$GITHUB_ENV instead");
    };
    look(*root);
    if (const auto* jobs = root->find("jobs"))
        for (const auto& [name, job] : jobs->entries) look(job);
    each_step(*root, [&](const YamlNode&, const YamlNode& step) { look(step); });
}

}

std::span<const Rule> ci_rules() {
    static const Rule rows[] = {
        {.id = "ci-syntax",
         .title = "A workflow can't be read",
         .levels = always(Level::error),
         .check = ci_syntax,
         .why = "GitHub runs nothing of it, and a check that doesn't run says no to nobody.",
         .way_out = "on: push\njobs: {test: {runs-on: ubuntu-24.04, steps: [{run: make test}]}}"},
        {.id = "ci-untrusted-checkout",
         .title = "A workflow with the base's rights runs a fork's code",
         .levels = always(Level::error),
         .check = untrusted_checkout,
         .why =
             "On pull_request_target and workflow_run a job has the repository's token and secrets, whoever opened the "
             "pull request.",
         .way_out = "on: pull_request for what runs the change; a second workflow without a checkout for what needs "
                    "rights",
         .peers = {"dangerous-triggers"}},
        {.id = "ci-template-injection",
         .title = "A value that others choose stands in a script",
         .levels = always(Level::error),
         .check = template_injection,
         .why = "GitHub puts the value into the script's text before a shell reads it: a title of `$(curl ...)` is a "
                "command.",
         .way_out = "env: {TITLE: \"${{ github.event.pull_request.title }}\"} and \"$TITLE\" in the script",
         .peers = {"template-injection"}},
        {.id = "ci-insecure-commands",
         .title = "Commands in a step's output are obeyed",
         .levels = always(Level::error),
         .check = insecure_commands,
         .why = "Whoever can have a step print a line can set variables and PATH for the steps behind it.",
         .way_out = "echo \"NAME=value\" >>\"$GITHUB_ENV\"",
         .peers = {"insecure-commands"}},
    };
    return rows;
}

}
