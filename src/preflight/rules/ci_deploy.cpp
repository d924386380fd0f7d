#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/ci_look.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/compose_doubt.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// When a workflow deploys: after which event, and after which other jobs.
namespace fairlead::preflight {

namespace {

using namespace ci;

// A job that has the production environment, or that a workflow called deploy.yml runs, and that asks for no event.
void ci_deploy_on_pull_request(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    const auto* on = root ? trigger(*root, "pull_request") : nullptr;
    const auto is_asked = [](const YamlNode& node) { return !scalar_of(node.find("if")).empty(); };
    const auto types = on ? on->find("types") : nullptr; // closed: after the merge
    if (!on ||
        (types && (types->scalar == "closed" || (types->items.size() == 1 && types->items[0].scalar == "closed"))))
        return;
    each_job(*root, [&](const YamlNode& job) {
        const bool by_name = lower(file_name(workflow.file)).starts_with("deploy");
        const auto steps = read::workflow_steps(job);
        const bool works_remotely = std::any_of(steps.begin(), steps.end(), [&](const YamlNode* step) {
            return !is_asked(*step) && (has_any(scalar_of(step->find("run")), {"ssh ", "rsync ", "scp ", "kubectl "}) ||
                                        has_any(scalar_of(step->find("uses")), {"ssh-action", "scp-action"}));
        });
        const bool is_production = is_of_production(job) || (by_name && works_remotely);
        if (is_production && !is_asked(job))
            hits.add(workflow.file, job.line, job.column,
                     "this job deploys, and a pull request starts it; what nobody reviewed goes to production; remove "
                     "pull_request, or add if:");
    });
}

// on: workflow_run comes after a failed run as well, which only its conclusion tells.
void after_failed_run(const Workflow& workflow, const YamlNode& root, Hits& hits) {
    const auto* const run = trigger(root, "workflow_run");
    bool asks = run == nullptr;
    const YamlNode* deploying = nullptr;
    const auto look = [&](const YamlNode& holder) {
        for (const char* key : {"if", "run"})
            asks = asks || scalar_of(holder.find(key)).find("conclusion") != std::string::npos;
    };
    each_job(root, [&](const YamlNode& job) {
        look(job);
        if (deploys_to_production(job)) deploying = &job;
    });
    each_step(root, [&](const YamlNode&, const YamlNode& step) { look(step); });
    if (asks || deploying == nullptr) return;
    hits.add(workflow.file, deploying->line, deploying->column,
             "workflow_run starts this deployment after a failed run, too; what is broken is released; add if: "
             "github.event.workflow_run.conclusion == 'success'")
        .level = Level::warning;
}

// always() or a failed test is no reason to stop.
void ci_deploy_always(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const auto* const jobs = root->find("jobs");
    for (const auto& [id, job] : jobs ? jobs->entries : decltype(jobs->entries)()) {
        const auto* const condition = job.find("if");
        const bool cleans = has_any(lower(id.scalar), {"clean", "scrub", "teardown", "tear-down", "destroy", "notify"});
        if (!condition || !job.find("needs") || !deploys_to_production(job) || cleans) continue;
        const auto& text = condition->scalar;
        if (text.find("always()") != text.npos && !has_any(text, {".result", "success()", "failure()"}))
            hits.add(workflow.file, condition->line, condition->column,
                     "if: always() deploys or pushes even after a failed test; what is broken is released; ask "
                     "needs.test.result == 'success'");
    }
    after_failed_run(workflow, *root, hits);
}

// cancel-in-progress stops a deployment in its middle.
void ci_deploy_cancelled(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const auto cancels = [](const YamlNode& holder) -> const YamlNode* {
        const auto* const concurrency = holder.find("concurrency");
        const auto* const cancel = concurrency ? concurrency->find("cancel-in-progress") : nullptr;
        return cancel && cancel->scalar == "true" ? cancel : nullptr;
    };
    const auto* const above = cancels(*root);
    const bool of_pull_requests = trigger(*root, "pull_request") && !trigger(*root, "push");
    each_job(*root, [&](const YamlNode& job) {
        const auto* const cancel = job.find("concurrency") ? cancels(job) : above;
        if (!cancel || of_pull_requests || !deploys_to_production(job)) return;
        hits.add(workflow.file, cancel->line, cancel->column,
                 "a newer run stops this deployment in its middle; half of a release stays; write cancel-in-progress: "
                 "false");
    });
}

// A comment by anybody starts it, with the repository's rights and secrets.
void ci_comment_deploys(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    const auto* const on = root ? trigger(*root, "issue_comment") : nullptr;
    if (!on) return;
    constexpr std::string_view asks[] = {"author_association", "github.actor ==", "== github.actor",
                                         "github.actor)",      "sender.login",    "comment.user.login"};
    const auto is_asked = [&](std::string_view text) {
        return std::any_of(std::begin(asks), std::end(asks),
                           [&](std::string_view word) { return text.find(word) != text.npos; });
    };
    each_job(*root, [&](const YamlNode& job) {
        if (!is_asked(workflow.text) && (deploys_to_production(job) || job.find("steps")))
            hits.add(workflow.file, job.line, job.column,
                     "a comment of anybody starts this job with the repository's rights; nobody asks who wrote it; ask "
                     "github.event.comment.author_association");
    });
}

bool runs_tests(const YamlNode& step) {
    static const auto commands = sys::Pattern::compile(
        R"(\b(?:pytest|tox|nox|unittest|jest|vitest|mocha|phpunit|rspec|(?:go|cargo|dotnet) test|)"
        R"((?:npm|yarn|pnpm|bun)(?: run)? test|make (?:test|check|verify)|manage\.py test|)"
        R"((?:mvn|gradlew?)\b.*\b(?:test|verify|check))\b)");
    return commands.value().matches(scalar_of(step.find("run")));
}

// A step of the job runs tests, or a name of the job says so.
bool runs_tests(std::string_view id, const YamlNode& job) {
    const auto steps = read::workflow_steps(job);
    return is_one_of(lower(id), {"test", "tests", "unit-test", "unit-tests", "unit_tests"}) ||
           std::any_of(steps.begin(), steps.end(), [](const YamlNode* step) { return runs_tests(*step); });
}

// A later step judges what the tests reported: the gate, or a step that asks for the outcome.
bool is_judged(const YamlNode& job, const YamlNode& tests) {
    static const auto gate = sys::Pattern::compile(R"(\bfairlead(?:-gate| run)\b)");
    const auto steps = read::workflow_steps(job);
    const auto id = scalar_of(tests.find("id"));
    return std::any_of(std::find(steps.begin(), steps.end(), &tests), steps.end(), [&](const YamlNode* step) {
        const auto uses = scalar_of(step->find("uses")), run = scalar_of(step->find("run"));
        return has_any(uses, {"/actions/gate@"}) || gate.value().matches(run) ||
               (!id.empty() && has_any(scalar_of(step->find("if")) + run, {"steps." + id + ".outcome"}));
    });
}

void ci_failure_ignored(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* const root = root_of(workflow);
    if (!root) return;
    each_step(*root, [&](const YamlNode& job, const YamlNode& step) {
        const auto* const ignored = step.find("continue-on-error");
        if (!ignored || ignored->scalar != "true" || !runs_tests(step) || is_judged(job, step)) return;
        hits.add(workflow.file, ignored->line, ignored->column,
                 "continue-on-error lets these tests fail; the jobs after them build and deploy all the same; remove "
                 "it, or let a later step judge the outcome");
    });
}

// The jobs that the job waits for, and those that these wait for. GitHub compares their names in small letters.
std::set<std::string> awaited_by(const YamlNode& jobs, const YamlNode& job) {
    std::set<std::string> found;
    std::vector<const YamlNode*> open = {&job};
    while (!open.empty()) {
        const auto* const needs = open.back()->find("needs");
        open.pop_back();
        if (!needs) continue;
        std::vector<std::string> names;
        for (const auto& item : needs->items) names.push_back(lower(item.scalar));
        if (!needs->scalar.empty()) names.push_back(lower(needs->scalar));
        for (const auto& [id, other] : jobs.entries)
            if (std::find(names.begin(), names.end(), lower(id.scalar)) != names.end() &&
                found.insert(lower(id.scalar)).second)
                open.push_back(&other);
    }
    return found;
}

// A release, or what a platform gets: wrangler deploy.
bool puts_into_production(const YamlNode& job) {
    const auto steps = read::workflow_steps(job);
    return releases(job) || std::any_of(steps.begin(), steps.end(), [](const YamlNode* step) {
               return hands_to_platform(scalar_of(step->find("run"))) ||
                      hands_to_platform(scalar_of(step->find("uses")));
           });
}

// The first one by name that could have been awaited: it doesn't itself wait for the job, to test what was deployed.
std::string test_before(const YamlNode& jobs, const std::string& deploying) {
    std::set<std::string> found;
    for (const auto& [id, job] : jobs.entries)
        if (runs_tests(id.scalar, job) && !awaited_by(jobs, job).contains(deploying)) found.insert(id.scalar);
    return found.empty() ? "" : *found.begin();
}

void ci_deploy_untested(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* const root = root_of(workflow);
    const auto* const jobs = root ? root->find("jobs") : nullptr;
    if (!jobs) return;
    for (const auto& [id, job] : jobs->entries) {
        if (!puts_into_production(job)) continue;
        const auto test = test_before(*jobs, lower(id.scalar));
        const auto awaited = awaited_by(*jobs, job);
        const bool is_tested =
            runs_tests(id.scalar, job) ||
            std::any_of(jobs->entries.begin(), jobs->entries.end(), [&](const auto& other) {
                return awaited.contains(lower(other.first.scalar)) && runs_tests(other.first.scalar, other.second);
            });
        if (test.empty() || is_tested) continue;
        hits.add(workflow.file, job.line, job.column,
                 fmt::format("{} deploys without waiting for {}; what fails its tests is released; write needs: {}",
                             docker::brief(id.scalar), docker::brief(test), docker::brief(test)));
    }
}

// on: push with no filter, or with one that lets every branch through.
const YamlNode* push_of_any_branch(const YamlNode& root) {
    const auto* const push = trigger(root, "push");
    if (!push || push->find("tags") || push->find("branches-ignore")) return nullptr;
    const auto* const branches = push->find("branches");
    if (!branches) return push;
    const auto is_any = [](const YamlNode& one) { return one.scalar == "**" || one.scalar == "*"; };
    return is_any(*branches) || std::any_of(branches->items.begin(), branches->items.end(), is_any) ? branches
                                                                                                    : nullptr;
}

// Platforms give a branch its own preview, so their commands don't count here.
void ci_deploy_any_branch(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* const root = root_of(workflow);
    const auto* const push = root ? push_of_any_branch(*root) : nullptr;
    const auto environment = environment_in(file_name(workflow.file)); // deploy-dev.yml
    if (!push || profile_in(environment).value_or(Profile::production) != Profile::production ||
        has_any(workflow.text, {"github.ref", "default_branch", "GITHUB_REF", "preview"}))
        return;
    each_job(*root, [&](const YamlNode& job) {
        if (works_on_servers(job))
            hits.add(workflow.file, job.line, job.column,
                     "a push to any branch starts this deployment; what nobody reviewed is released; write on: {push: "
                     "{branches: [main]}}");
    });
}

}

std::span<const Rule> ci_deploy_rules() {
    static const Rule rows[] = {
        {.id = "ci-deploy-on-pull-request",
         .title = "A pull request deploys",
         .levels = always(Level::warning),
         .check = ci_deploy_on_pull_request,
         .why =
             "Anyone who may open a pull request in the repository decides what runs in production, before a review.",
         .way_out = "on: {push: {branches: [main]}}"},
        {.id = "ci-deploy-always",
         .title = "A release goes out although a job before it failed",
         .levels = always(Level::error),
         .check = ci_deploy_always,
         .why = "`always()` is also true after a failure. So the release goes out even if the tests in `needs:` fail.",
         .way_out = "if: github.ref == 'refs/heads/main'"},
        {.id = "ci-deploy-cancelled",
         .title = "A new push can cancel a running deployment",
         .levels = always(Level::warning),
         .check = ci_deploy_cancelled,
         .why = "The push cancels the run at any point, such as between two hosts or in a migration.",
         .way_out = "concurrency: {group: production, cancel-in-progress: false}"},
        {.id = "ci-comment-starts",
         .title = "Anybody's comment starts a job",
         .levels = always(Level::warning),
         .check = ci_comment_deploys,
         .why =
             "A workflow for `issue_comment` gets the repository's token and secrets, no matter who wrote the comment.",
         .way_out = "if: contains(fromJSON('[\"OWNER\", \"MEMBER\"]'), github.event.comment.author_association)"},
        {.id = "ci-deploy-untested",
         .title = "A deployment doesn't wait for the tests",
         .levels = always(Level::warning),
         .check = ci_deploy_untested,
         .why = "Without `needs:`, jobs run at the same time. The release is out before a test can fail.",
         .way_out = "deploy: {needs: test, ...}"},
        {.id = "ci-failure-ignored",
         .title = "A check can fail without stopping anything",
         .levels = always(Level::warning),
         .check = ci_failure_ignored,
         .why = "GitHub shows the step as passed. Nobody looks at it, and a broken version is released.",
         .way_out = "remove continue-on-error"},
        {.id = "ci-deploy-any-branch",
         .title = "A push to any branch deploys",
         .levels = always(Level::warning),
         .check = ci_deploy_any_branch,
         .why = "Anyone who may push a branch decides what runs in production, before a review. A GitHub environment "
                "with rules for branches may prevent this, but no file shows these rules.",
         .way_out = "on: {push: {branches: [main]}}"},
    };
    return rows;
}

}
