#include "base/text.h"
#include "preflight/parts/ci_look.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

using namespace ci;

namespace {

// Of the head of a pull request, that is: of whoever opened it.
bool is_head(std::string_view ref) {
    return has_any(ref, {"head.sha", "head.ref", "head_ref", "head_sha", "head_branch", "refs/pull/"});
}

// actions/checkout from version 7 on takes no fork's head where the rights are the base's, unless it is told to (its
// README, "allow-unsafe-pr-checkout"). Of a pinned commit the comment behind it says the version.
bool refuses_forks(const Workflow& workflow, const YamlNode& step) {
    const auto* const uses = step.find("uses");
    const auto allows = scalar_of(step.find("with")->find("allow-unsafe-pr-checkout"));
    if (!allows.empty() && lower(allows) != "false") return false;
    const read::Lines lines(workflow.text);
    const auto start = lines.start(uses->line);
    const auto line = std::string_view(workflow.text).substr(start, lines.start(uses->line + 1) - start);
    const auto tag = line.find("@v"), comment = line.find("# v");
    if (tag == line.npos && comment == line.npos) return false;
    const auto at = tag == line.npos ? comment + 1 : tag;
    const auto version = line.substr(at + 2);
    const auto major = parse_integer(version.substr(0, version.find_first_not_of("0123456789")));
    return major.ok() && major.value() >= 7;
}

// A workflow of the project that a pull request starts, and whose end starts this one.
bool is_started_by_pull_request(const YamlNode& root, const Project& project) {
    const auto* const names = trigger(root, "workflow_run")->find("workflows");
    if (!names) return true;
    const auto is_named = [&](const std::string& name) {
        return name == names->scalar || std::any_of(names->items.begin(), names->items.end(),
                                                    [&](const YamlNode& one) { return one.scalar == name; });
    };
    std::size_t known = 0;
    for (const auto& other : project.workflows) {
        const auto* const its = root_of(other);
        if (!its || !is_named(shown_name(other))) continue;
        if (trigger(*its, "pull_request") || trigger(*its, "pull_request_target")) return true;
        ++known;
    }
    return known < std::max<std::size_t>(1, names->items.size());
}

// if: github.event.workflow_run.event == 'push', or only of this repository's own branches.
bool asks_for_origin(const YamlNode& node) {
    const auto text = scalar_of(node.find("if"));
    return has_any(text, {"workflow_run.event", "head_repository"}) && text.find("== 'pull_request") == text.npos;
}

void untrusted_checkout(const Workflow& workflow, const Project& project, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const bool of_base = trigger(*root, "pull_request_target");
    if (!of_base && !(trigger(*root, "workflow_run") && is_started_by_pull_request(*root, project))) return;
    const YamlNode* job_of_head = nullptr;
    const YamlNode* checkout = nullptr;
    each_step(*root, [&](const YamlNode& job, const YamlNode& step) {
        const auto uses = scalar_of(step.find("uses"));
        const auto* with = step.find("with");
        if (uses.starts_with("actions/checkout@") && with && is_head(scalar_of(with->find("ref")))) {
            job_of_head = &job;
            checkout = refuses_forks(workflow, step) ? nullptr : with->find("ref");
            return;
        }
        const bool runs = step.find("run") || uses.starts_with("./");
        if (&job != job_of_head || !runs || !checkout) return;
        if (!of_base && (asks_for_origin(job) || asks_for_origin(step))) return;
        hits.add(workflow.file, checkout->line, checkout->column,
                 of_base ? "this checks out a fork's code with the rights of the base; that code gets the token and "
                           "the secrets; use on: pull_request"
                         : "a fork's pull request starts this, too; its code gets the token and the secrets; write if: "
                           "github.event.workflow_run.event == 'push'");
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

// It can only be one of the branches that the trigger names: workflow_run: {branches: [main]}.
bool is_one_of_ours(const YamlNode& root, std::string_view name) {
    const auto* const run = name.ends_with("head_branch") ? trigger(root, "workflow_run") : nullptr;
    const auto* const branches = run ? run->find("branches") : nullptr;
    return branches && !branches->items.empty() &&
           std::none_of(branches->items.begin(), branches->items.end(),
                        [](const YamlNode& one) { return one.scalar.find_first_of("*?+[!") != one.scalar.npos; });
}

// Whoever can't write to the repository starts it with the rights and the secrets of the repository. On pull_request
// the job of a fork has neither, and its author may write the workflow.
bool lends_rights(const YamlNode& root) {
    constexpr std::string_view safe[] = {"push",     "pull_request", "workflow_dispatch",
                                         "schedule", "merge_group",  "release"};
    const auto* const on = root.find("on");
    const auto is_safe = [&](const YamlNode& event) {
        return std::find(std::begin(safe), std::end(safe), event.scalar) != std::end(safe);
    };
    if (!on) return false;
    if (on->kind == YamlNode::Kind::scalar) return !is_safe(*on);
    return !std::all_of(on->items.begin(), on->items.end(), is_safe) ||
           !std::all_of(on->entries.begin(), on->entries.end(), [&](const auto& one) { return is_safe(one.first); });
}

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
        const auto uses = scalar_of(step.find("uses"));
        const auto* script = step.find("run");
        if (uses.starts_with("actions/github-script@"))
            if (const auto* with = step.find("with")) script = with->find("script");
        if (!script) return;
        const auto name = injected(script->scalar);
        if (name.empty() || is_one_of_ours(*root, name)) return;
        const auto place = place_of(workflow, *script, name);
        Hit& hit = hits.add(
            workflow.file, place.line, place.column,
            fmt::format(
                "{} is put into a script; its author can run commands; pass it through env: and write \"$NAME\"",
                name));
        if (!lends_rights(*root)) hit.level = Level::warning;
    });
}

}

std::span<const Rule> ci_untrusted_rules() {
    static const Rule rows[] = {
        {.id = "ci-untrusted-checkout",
         .title = "A workflow with the base's rights runs a fork's code",
         .levels = always(Level::error),
         .check = untrusted_checkout,
         .why = "A job of `pull_request_target` or `workflow_run` has the repository's token and secrets, no matter "
                "who opened the pull request. From version 7 on, actions/checkout refuses to check out a fork's head "
                "in these jobs.",
         .way_out = "on: pull_request for the jobs that run the change; a second workflow without a checkout for the "
                    "jobs that need rights; if: github.event.workflow_run.event == 'push' for a deployment",
         .peers = {"dangerous-triggers"}},
        {.id = "ci-template-injection",
         .title = "A script contains a value that outsiders choose",
         .levels = always(Level::error),
         .check = template_injection,
         .why = "GitHub puts the value into the script's text before a shell reads it: a title `$(curl ...)` runs as a "
                "command. If the job has more rights than the author of the value, the level is error; otherwise, the "
                "level is warning.",
         .way_out = "env: {TITLE: \"${{ github.event.pull_request.title }}\"} and \"$TITLE\" in the script",
         .peers = {"template-injection"}},
    };
    return rows;
}

}
