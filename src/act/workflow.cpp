#include "act/workflow.h"
#include "base/text.h"
#include "read/workflow_steps.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::act {

namespace {

using sys::YamlNode;

template <typename T>
void add_once(std::vector<T>& to, T value) {
    if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(std::move(value));
}

// A text, or a list of texts.
std::vector<std::string> words(const YamlNode* node) {
    std::vector<std::string> found;
    if (!node) return found;
    if (node->kind == YamlNode::Kind::scalar) found.push_back(node->scalar);
    for (const auto& item : node->items)
        if (item.kind == YamlNode::Kind::scalar) found.push_back(item.scalar);
    return found;
}

std::vector<DispatchInput> inputs_of(const YamlNode& settings) {
    std::vector<DispatchInput> found;
    const auto* inputs = settings.find("inputs");
    if (!inputs) return found;
    for (const auto& [name, input] : inputs->entries) {
        const auto* required = input.find("required");
        found.push_back({name.scalar, required && required->scalar == "true" && !input.find("default")});
    }
    return found;
}

std::vector<Trigger> triggers_of(const YamlNode& on) {
    std::vector<Trigger> found;
    for (const auto& event : words(&on)) found.push_back({event, {}, {}});
    for (const auto& [event, settings] : on.entries)
        found.push_back(
            {event.scalar, words(settings.find("branches")), words(settings.find("tags")), inputs_of(settings)});
    return found;
}

void add_action(Workflow& workflow, const YamlNode* uses) {
    if (!uses || uses->scalar.starts_with("./") || uses->scalar.starts_with("docker://")) return;
    const auto at = uses->scalar.find('@');
    const auto parts = split(uses->scalar.substr(0, at), '/');
    if (at == std::string::npos || parts.size() < 2) return;
    add_once(workflow.actions, {parts[0] + "/" + parts[1], uses->scalar.substr(at + 1)});
}

void add_job(Workflow& workflow, const YamlNode& job) {
    const YamlNode* runner = job.find("runs-on");
    if (runner && runner->kind == YamlNode::Kind::map) runner = runner->find("labels");
    for (auto& label : words(runner))
        if (label.find("${{") == std::string::npos) add_once(workflow.labels, std::move(label));
    if (job.find("environment")) workflow.deploys = true;
    add_action(workflow, job.find("uses"));
    for (const auto* const step : read::workflow_steps(job)) add_action(workflow, step->find("uses"));
}

// In the text: an expression may stand anywhere.
std::vector<std::string> secrets_in(std::string_view text) {
    constexpr std::string_view begin = "secrets.";
    std::vector<std::string> found;
    for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
        at += begin.size();
        auto end = at;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
        if (end > at) add_once(found, std::string(text.substr(at, end - at)));
    }
    return found;
}

}

const Trigger* Workflow::find(std::string_view event) const {
    const auto found =
        std::find_if(triggers.begin(), triggers.end(), [&](const Trigger& trigger) { return trigger.event == event; });
    return found == triggers.end() ? nullptr : &*found;
}

Result<Workflow> read_workflow(std::string_view text, const std::string& file) {
    const auto documents = TRY(sys::parse_yaml_documents(text, file, sys::YamlDialect::compose));
    const auto& root = documents.front();
    const auto* on = root.find("on");
    const auto* jobs = root.find("jobs");
    if (!on || !jobs) return usage(fmt::format("{} is not a workflow: it has no `{}`", file, on ? "jobs" : "on"));
    Workflow workflow;
    workflow.triggers = triggers_of(*on);
    for (const auto& [name, job] : jobs->entries) add_job(workflow, job);
    workflow.secrets = secrets_in(text);
    return workflow;
}

}
