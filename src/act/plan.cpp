#include "act/act.h"
#include "base/shell.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::act {

namespace {

constexpr std::string_view dry_run_events[] = {"pull_request", "push", "workflow_dispatch", "merge_group", "schedule"};
// What `runs-on` of our own workflows and most others says; expressions can't be read.
constexpr std::string_view usual_labels[] = {"ubuntu-24.04", "ubuntu-latest"};

std::string names_of(const Workflow& workflow) {
    std::vector<std::string> names;
    for (const auto& trigger : workflow.triggers) names.push_back(trigger.event);
    return one_of(names);
}

// act skips its job, aloud.
bool is_foreign(std::string_view label) {
    const auto system = lower(label);
    return system.starts_with("macos") || system.starts_with("windows");
}

bool is_plain(std::string_view branch) { return branch.find_first_of("*?[!+") == std::string_view::npos; }

// The tip of a branch as the remote has it, else here.
std::optional<std::string> tip_of(const sys::Repository& repository, const std::string& branch) {
    for (const auto& prefix : {"refs/remotes/" + repository.remote() + "/", std::string("refs/heads/")})
        if (const auto commit = repository.commit_of(prefix + branch); commit.ok() && commit.value())
            return *commit.value();
    return std::nullopt;
}

std::string default_branch_of(const sys::Repository& repository, const std::string& current) {
    for (const auto* name : {"main", "master", "develop", "trunk"})
        if (tip_of(repository, name)) return name;
    return current.empty() ? "main" : current;
}

Result<std::string> tag_of(const sys::Repository& repository, const Facts& facts, const std::string& wanted) {
    const auto tags = TRY(repository.references("refs/tags/"));
    if (!wanted.empty()) {
        const auto tag = std::find_if(tags.begin(), tags.end(), [&](const sys::Reference& reference) {
            return reference.name == "refs/tags/" + wanted;
        });
        if (tag == tags.end())
            return usage(fmt::format("the tag '{0}' is not here; create it first: git tag -a {1} -m {1}", wanted,
                                     shell_word(wanted)));
        if (tag->commit != facts.head)
            return usage(fmt::format("the tag '{0}' is at another commit than HEAD; check it out: git checkout {1}",
                                     wanted, shell_word(wanted)));
        return wanted;
    }
    for (const auto& reference : tags)
        if (reference.commit == facts.head) return reference.name.substr(10);
    return usage("the workflow is for pushed tags, but HEAD has no tag; create a tag (git tag -a v1.2.3 -m v1.2.3), "
                 "and delete it after the dry run (git tag -d v1.2.3)");
}

// A branch's push: what was there before is what the remote has, else the commit before.
std::string before_push(const sys::Repository& repository, const Facts& facts) {
    if (const auto tip = tip_of(repository, facts.branch); tip && *tip != facts.head) {
        const auto behind = repository.is_ancestor(*tip, facts.head);
        if (behind.ok() && behind.value()) return *tip;
    }
    const auto head = repository.commit(facts.head);
    return head.ok() && !head->parents.empty() ? head->parents.front() : "";
}

Result<std::string> base_of(const sys::Repository& repository, const Facts& facts, const std::string& wanted) {
    std::optional<std::string> base = tip_of(repository, facts.default_branch);
    if (!wanted.empty()) base = TRY(repository.resolve(wanted));
    if (base && *base != facts.head) return *base;
    return usage(fmt::format("{} is HEAD itself, so there is no change to check; commit on a separate branch, or name "
                             "the commit to compare with: --base HEAD~1",
                             wanted.empty() ? facts.default_branch : wanted));
}

using Inputs = std::vector<std::pair<std::string, std::string>>;

// Those that the event takes, and all that it needs.
Result<Inputs> inputs_of(const Trigger& trigger, const Request& request) {
    Inputs given;
    std::vector<std::string> known;
    for (const auto& input : trigger.inputs) known.push_back(input.name);
    for (const auto& input : request.inputs) {
        const auto at = input.find('=');
        if (at == 0 || at == std::string::npos)
            return usage(
                fmt::format("input '{}' is not NAME=VALUE; write for example --input environment=staging", input));
        given.emplace_back(input.substr(0, at), input.substr(at + 1));
        if (std::find(known.begin(), known.end(), given.back().first) == known.end())
            return usage(fmt::format("the event {} has no input '{}'; expected {}", trigger.event, given.back().first,
                                     known.empty() ? "none" : one_of(known)));
    }
    for (const auto& input : trigger.inputs) {
        const bool there =
            std::any_of(given.begin(), given.end(), [&](const auto& pair) { return pair.first == input.name; });
        if (input.required && !there)
            return usage(fmt::format("the workflow requires the input '{0}'; give it: --input {0}=...", input.name));
    }
    return given;
}

}

Result<std::string> choose_event(const Workflow& workflow, const std::string& file, const std::string& wanted) {
    if (!wanted.empty()) {
        if (workflow.find(wanted)) return wanted;
        return usage(fmt::format("{} has no event '{}'; expected {}", file, wanted, names_of(workflow)));
    }
    for (const auto event : dry_run_events)
        if (workflow.find(event)) return std::string(event);
    return usage(fmt::format("{} runs on {}, which can't be simulated from a repository; expected the event {}", file,
                             names_of(workflow),
                             one_of(std::vector<std::string>(std::begin(dry_run_events), std::end(dry_run_events)))));
}

std::string repository_name(std::string_view remote, std::string_view folder) {
    auto name = sys::repository_name(remote);
    return name.empty() ? "local/" + split(folder, '/').back() : name;
}

Result<Facts> facts_of(const sys::Repository& repository, const Trigger& trigger, const Request& request) {
    Facts facts;
    facts.repository = repository_name(repository.remote_url(repository.remote()).value_or(""), repository.work_tree());
    const auto head = repository.head_commit();
    if (!head) return usage("the repository has no commit yet; make the first commit");
    facts.head = *head;
    const auto reference = repository.head_branch().value_or("");
    if (reference.starts_with("refs/heads/")) facts.branch = reference.substr(11);
    facts.default_branch = default_branch_of(repository, facts.branch);
    const bool change = trigger.event == "pull_request" || trigger.event == "merge_group";
    if (facts.branch.empty()) facts.branch = change ? "change" : facts.default_branch; // detached
    facts.base_branch = facts.default_branch;
    const bool wants_tag = trigger.event == "push" && !trigger.tags.empty() && trigger.branches.empty();
    if (wants_tag || !request.tag.empty()) facts.tag = TRY(tag_of(repository, facts, request.tag));
    if (trigger.event == "push" && facts.tag.empty()) {
        const bool matches =
            trigger.branches.empty() || std::count(trigger.branches.begin(), trigger.branches.end(), facts.branch) > 0;
        if (!matches && is_plain(trigger.branches.front())) facts.branch = trigger.branches.front();
        facts.base = before_push(repository, facts);
        if (!request.base.empty()) facts.base = TRY(repository.resolve(request.base));
    }
    if (change) facts.base = TRY(base_of(repository, facts, request.base));
    facts.inputs = TRY(inputs_of(trigger, request));
    return facts;
}

std::vector<std::string> command(const Workflow& workflow, const std::string& event, const Places& places,
                                 const Request& request) {
    std::vector<std::string> words = {"act", event, "-C", places.root, "-W", places.workflow, "-e", places.event_file};
    auto labels = workflow.labels;
    for (const auto label : usual_labels)
        if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.emplace_back(label);
    const auto runner = request.image.empty() ? "-self-hosted" : request.image;
    for (const auto& label : labels)
        if (!is_foreign(label)) words.insert(words.end(), {"-P", label + "=" + runner});
    words.emplace_back("--no-cache-server");
    // Else .env, .secrets, .vars and .input of the work tree take part.
    for (const auto* file : {"--env-file", "--secret-file", "--var-file", "--input-file"})
        words.insert(words.end(), {file, "/dev/null"});
    if (!request.image.empty())
        words.insert(words.end(), {"--pull=false", "--container-options", // which act takes apart as a shell does
                                   "--volume=" + shell_word(fmt::format("{0}:{0}:ro", places.programs))});
    words.insert(words.end(), {"--env", "FAIRLEAD_BIN_DIR=" + places.programs});
    if (!places.repository.empty()) words.insert(words.end(), {"--env", "GITHUB_REPOSITORY=" + places.repository});
    if (workflow.deploys && !request.live) words.insert(words.end(), {"--env", "FAIRLEAD_DRY_RUN=true"});
    for (const auto& secret : request.secrets) words.insert(words.end(), {"-s", secret});
    if (!places.actions.empty())
        for (const auto& used : workflow.actions)
            if (used.repository == "fairlead/fairlead")
                words.insert(words.end(), {"--local-repository",
                                           fmt::format("{}@{}={}", used.repository, used.reference, places.actions)});
    return words;
}

}
