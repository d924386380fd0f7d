#include "preflight/parts/ci_look.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>

namespace fairlead::preflight::ci {

const YamlNode* root_of(const Workflow& workflow) {
    return workflow.read->ok() && !workflow.read->value().empty() ? &workflow.read->value().front() : nullptr;
}

std::string shown_name(const Workflow& workflow) {
    const auto* const root = root_of(workflow);
    const auto name = root ? scalar_of(root->find("name")) : std::string();
    return name.empty() ? workflow.file : name;
}

const YamlNode* trigger(const YamlNode& root, std::string_view event) {
    const auto* on = root.find("on");
    if (!on || on->scalar == event) return on;
    if (const auto* one = on->find(event)) return one;
    const auto found =
        std::find_if(on->items.begin(), on->items.end(), [&](const YamlNode& one) { return one.scalar == event; });
    return found == on->items.end() ? nullptr : &*found;
}

bool is_of_something_else(const Workflow& workflow) {
    const auto* const root = root_of(workflow);
    return root != nullptr && root->kind == YamlNode::Kind::map && !root->entries.empty() && !root->find("on") &&
           !root->find("true") && !root->find("jobs") && workflow.text.find("\n    runs-on:") == std::string::npos &&
           workflow.text.find("\n    steps:") == std::string::npos;
}

bool is_of_production(const YamlNode& job) {
    const auto* const environment = job.find("environment");
    const auto* const named = environment ? environment->find("name") : nullptr; // environment: {name: …, url: …}
    return is_one_of(lower(scalar_of(named ? named : environment)), {"production", "prod"});
}

namespace {

bool some_step(const YamlNode& job, std::initializer_list<std::string_view> run,
               std::initializer_list<std::string_view> uses) {
    const auto steps = read::workflow_steps(job);
    return std::any_of(steps.begin(), steps.end(), [&](const YamlNode* step) {
        return has_any(scalar_of(step->find("run")), run) || has_any(scalar_of(step->find("uses")), uses);
    });
}

}

bool works_on_servers(const YamlNode& job) {
    return some_step(job,
                     {"ssh ", "rsync ", "scp ", "kubectl apply", "kubectl set", "helm upgrade", "docker stack deploy"},
                     {"ssh-action", "scp-action"});
}

bool releases(const YamlNode& job) {
    return is_of_production(job) || works_on_servers(job) || some_step(job, {}, {"deploy-cloudrun", "webapps-deploy"});
}

bool deploys_to_production(const YamlNode& job) {
    return releases(job) || some_step(job, {"docker push"}, {"build-push-action"});
}

std::string scalar_of(const YamlNode* node) { return node ? node->scalar : std::string(); }

bool reads_secrets(std::string_view expression) {
    constexpr std::string_view context = "secrets.",
                               within = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    for (auto at = expression.find(context); at != expression.npos; at = expression.find(context, at + 1))
        if (at == 0 || within.find(expression[at - 1]) == within.npos) return true;
    return false;
}

}
