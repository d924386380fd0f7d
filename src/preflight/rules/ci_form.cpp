#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/ci_look.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include "read/workflow_steps.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

// What GitHub refuses or has switched off (docs.github.com, "Workflow syntax for GitHub Actions", of 2026).
namespace fairlead::preflight {

using namespace ci;

namespace {

constexpr std::string_view workflow_keys = " name run-name on permissions env defaults concurrency jobs ";
constexpr std::string_view job_keys =
    " name permissions needs if runs-on snapshot environment concurrency outputs env defaults steps timeout-minutes "
    "strategy continue-on-error container services uses with secrets ";
constexpr std::string_view step_keys =
    " id if name uses run working-directory shell with env continue-on-error timeout-minutes background wait wait-all "
    "cancel parallel ";

void check_keys(const Workflow& workflow, const YamlNode& map, std::string_view known, std::string_view of,
                Hits& hits) {
    for (const auto& [key, value] : map.entries) {
        if (key.scalar.empty() || key.scalar == "<<" || known.find(" " + key.scalar + " ") != known.npos) continue;
        const auto near = nearest(key.scalar, split(std::string(trim(known)), ' '));
        hits.add(workflow.file, key.line, key.column,
                 fmt::format("{} is no key of a {}; GitHub refuses the workflow; {}", key.scalar.substr(0, 40), of,
                             near.empty() ? "remove it" : "write " + near));
    }
}

// A name behind `secrets.` in an if: that context doesn't exist there.
void check_condition(const Workflow& workflow, const YamlNode& holder, Hits& hits) {
    const auto* const condition = holder.find("if");
    if (condition && reads_secrets(condition->scalar))
        hits.add(workflow.file, condition->line, condition->column,
                 "if: can't read secrets; GitHub refuses the workflow; put the secret into env: and ask env.NAME");
}

// `${{ a }} && b` is a text, and a text is true.
void check_always_true(const Workflow& workflow, const YamlNode& holder, Hits& hits) {
    const auto* const condition = holder.find("if");
    if (!condition) return;
    const auto text = trim(std::string_view(condition->scalar));
    const auto begin = text.find("${{");
    if (begin == text.npos || (begin == 0 && text.find("}}") + 2 == text.size())) return;
    hits.add(
        workflow.file, condition->line, condition->column,
        "if: has text beside ${{ }}, so it is always true; whatever it should stop runs; write the whole condition "
        "without ${{ }}");
}

// github.ref is refs/heads/main.
void check_ref(const Workflow& workflow, const YamlNode& holder, Hits& hits) {
    const auto* const condition = holder.find("if");
    if (!condition) return;
    const std::string_view text = condition->scalar;
    for (auto at = text.find("github.ref "); at != text.npos; at = text.find("github.ref ", at + 1)) {
        const auto rest = trim(text.substr(at + 11));
        if (!rest.starts_with("==")) continue;
        const auto value = trim(rest.substr(2));
        if (value.starts_with('\'') && !value.starts_with("'refs/"))
            hits.add(workflow.file, condition->line, condition->column,
                     "github.ref begins with refs/heads/, so this is never true; the job never runs; compare "
                     "github.ref_name");
    }
}

void each_scalar(const YamlNode& node, const std::function<void(const YamlNode&)>& each) {
    if (node.kind == YamlNode::Kind::scalar) each(node);
    for (const auto& item : node.items) each_scalar(item, each);
    for (const auto& [key, value] : node.entries) each_scalar(value, each);
}

// An output of the job that no needs.JOB.outputs.NAME of the workflow reads, nor a workflow that calls it.
bool is_output_of_nobody(const Workflow& workflow, const YamlNode& job, const YamlNode& node) {
    const auto* const outputs = job.find("outputs");
    const std::string_view text = workflow.text;
    if (!outputs || has_any(text, {"workflow_call", "(needs)", "needs["})) return false;
    return std::any_of(outputs->entries.begin(), outputs->entries.end(), [&](const auto& entry) {
        if (entry.second.line != node.line || entry.second.column != node.column) return false;
        const auto wanted = ".outputs." + entry.first.scalar;
        for (auto at = text.find("needs."); at != text.npos; at = text.find("needs.", at + 1)) {
            const auto rest = text.substr(at, text.find_first_of(" =!})\n", at) - at);
            if (rest.ends_with(wanted)) return false;
        }
        return text.find("outputs['") == text.npos;
    });
}

// steps.ID.outputs of a step that the job doesn't have.
void check_step_ids(const Workflow& workflow, const YamlNode& job, Hits& hits) {
    if (!job.find("steps")) return;
    std::set<std::string> ids, told;
    for (const auto* const step : read::workflow_steps(job)) ids.insert(scalar_of(step->find("id")));
    each_scalar(job, [&](const YamlNode& node) {
        const std::string_view text = node.scalar;
        for (auto at = text.find("steps."); at != text.npos; at = text.find("steps.", at + 1)) {
            const auto inside = text.rfind("${{", at);
            const bool is_expression = inside != text.npos && text.find("}}", inside) > at;
            const auto end = text.find('.', at + 6);
            if (!is_expression || end == text.npos || !text.substr(end).starts_with(".outputs")) continue;
            const std::string id(text.substr(at + 6, end - at - 6));
            if (ids.contains(id) || id.find_first_of(" *[") != id.npos || !told.insert(id).second) continue;
            auto& hit = hits.add(
                workflow.file, node.line, node.column,
                fmt::format("steps.{}.outputs is of no step of this job; it is empty there; name the id of a step",
                            id.substr(0, 40)));
            // It only shows nothing, or nothing is made of it.
            if (trim(text).starts_with("echo ") || is_output_of_nobody(workflow, job, node)) hit.level = Level::warning;
        }
    });
}

void ci_form(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    if (root->find("jobs")) check_keys(workflow, *root, workflow_keys, "workflow", hits); // else ci-syntax tells it
    if (const auto* const on = root->find("on"))
        for (const auto& [event, filters] : on->entries)
            for (const std::string_view filter : {"branches", "tags", "paths"})
                if (filters.find(filter) && filters.find(std::string(filter) + "-ignore"))
                    hits.add(workflow.file, event.line, event.column,
                             fmt::format("{0} and {0}-ignore exclude each other; GitHub refuses the workflow; keep one",
                                         filter));
    each_job(*root, [&](const YamlNode& job) {
        check_keys(workflow, job, job_keys, "job", hits);
        check_condition(workflow, job, hits);
        check_always_true(workflow, job, hits);
        check_ref(workflow, job, hits);
        check_step_ids(workflow, job, hits);
        const bool calls = job.find("uses") != nullptr;
        if (!calls && !job.find("runs-on") && job.find("steps"))
            hits.add(workflow.file, job.line, job.column,
                     "the job has no runs-on; GitHub refuses the workflow; write runs-on: ubuntu-24.04");
    });
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        check_keys(workflow, step, step_keys, "step", hits);
        check_condition(workflow, step, hits);
        check_always_true(workflow, step, hits);
        check_ref(workflow, step, hits);
        if (step.find("run") && step.find("uses"))
            hits.add(workflow.file, step.line, step.column,
                     "the step has run and uses; GitHub refuses the workflow; make two steps of it");
    });
}

// github.blog/changelog: actions whose old versions fail the run, and since when.
struct Retired {
    std::string_view action;
    int last; // major version
};
constexpr Retired retired[] = {{"actions/upload-artifact", 3}, {"actions/download-artifact", 3},
                               {"actions/cache", 2},           {"actions/cache/save", 2},
                               {"actions/cache/restore", 2},   {"actions/upload-pages-artifact", 2},
                               {"actions/deploy-pages", 3}};

// A build that somebody starts by hand, and that puts nothing anywhere.
bool is_only_tried(const YamlNode& root) {
    const auto* const on = root.find("on");
    const bool by_hand = on != nullptr && (on->scalar == "workflow_dispatch" ||
                                           (on->entries.size() == 1 && on->find("workflow_dispatch") != nullptr));
    bool deploys = false;
    each_job(root, [&](const YamlNode& job) {
        const auto steps = read::workflow_steps(job);
        deploys = deploys || job.find("uses") != nullptr || deploys_to_production(job) ||
                  std::any_of(steps.begin(), steps.end(), [](const YamlNode* step) {
                      return has_any(lower(scalar_of(step->find("uses")) + " " + scalar_of(step->find("run"))),
                                     {"deploy", "publish", "release", "push", "aws ", "pages"});
                  });
    });
    return by_hand && !deploys;
}

void ci_action_retired(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const bool is_tried = is_only_tried(*root);
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto* const uses = step.find("uses");
        if (!uses) return;
        const auto at = uses->scalar.find("@v");
        if (at == std::string::npos) return;
        const auto digits = uses->scalar.substr(at + 2, uses->scalar.find_first_not_of("0123456789", at + 2) - at - 2);
        const auto major = parse_integer(digits);
        for (const auto& [action, last] : retired)
            if (uses->scalar.substr(0, at) == action && major.ok() && major.value() <= last) {
                auto& hit =
                    hits.add(workflow.file, uses->line, uses->column,
                             fmt::format("GitHub has switched {} v{} off; the run fails here; write v{} or newer",
                                         action, digits, last + 1));
                if (is_tried) hit.level = Level::warning;
            }
    });
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto* const run = step.find("run");
        if (!run) return;
        for (const std::string_view command : {"::set-env ", "::add-path::"})
            if (run->scalar.find(command) != std::string::npos)
                hits.add(workflow.file, run->line, run->column,
                         fmt::format("GitHub has switched {} off; the step fails; write to ${}", trim(command),
                                     command.starts_with("::set-env") ? "GITHUB_ENV" : "GITHUB_PATH"));
    });
}

// What stands in the list of processes, or is run unseen.
void ci_script_risk(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto* const run = step.find("run");
        const auto script = run ? run->scalar : std::string();
        const auto* const with = step.find("with");
        const auto* const remote = with ? with->find("script") : nullptr;
        for (const auto* node : {run, remote}) {
            if (!node) continue;
            for (const auto& line : split(node->scalar, '\n')) {
                const auto words = trim(std::string_view(line));
                if (words.starts_with('#')) continue;
                if (words.find("docker login") != words.npos && has_any(words, {" -p ", " --password ", " -p="}))
                    hits.add(
                        workflow.file, node->line, node->column,
                        "docker login gets the password as an argument; ps shows it to others on the host; pipe it to "
                        "--password-stdin");
                const bool pipes = has_any(words, {"| sh", "| bash", "|sh", "|bash", "| sudo bash", "| sudo sh"}) &&
                                   has_any(words, {"curl ", "wget "});
                if (pipes)
                    hits.add(
                        workflow.file, node->line, node->column,
                        "a script from the web runs unseen; whoever changes it there has this job's secrets; pin a "
                        "version, and check its hash");
                if (words.find("migrate") != words.npos && words.find("|| true") != words.npos)
                    hits.add(
                        workflow.file, node->line, node->column,
                        "a migration may fail here and the deployment goes on; the program meets tables it doesn't "
                        "know; remove || true");
            }
        }
    });
}

}

std::span<const Rule> ci_form_rules() {
    static const Rule rows[] = {
        {.id = "ci-form",
         .title = "GitHub refuses a workflow's key or condition",
         .levels = always(Level::error),
         .check = ci_form,
         .why = "GitHub runs none of the workflow's jobs, and a check that doesn't run stops nobody.",
         .way_out = "timeout-minutes: 10",
         .peers = {"actionlint: syntax-check"}},
        {.id = "ci-action-retired",
         .title = "A step uses an action or a command that GitHub has switched off",
         .levels = always(Level::error),
         .check = ci_action_retired,
         .why = "Each run fails at this step, so the job doesn't check or deploy anything after it.",
         .way_out = "uses: actions/upload-artifact@v4"},
        {.id = "ci-script-risk",
         .title = "A step shows a password, runs an unknown script, or hides a failure",
         .levels = always(Level::warning),
         .check = ci_script_risk,
         .why = "Everybody on the machine can see a command's arguments in the list of processes. A script from the "
                "web can change overnight. `|| true` turns a failure into a success.",
         .way_out = "echo \"$TOKEN\" | docker login --username x --password-stdin"},
    };
    return rows;
}

}
