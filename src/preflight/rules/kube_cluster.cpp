#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/kube_look.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// What objects of Kubernetes have to do with one another: selectors, accounts, rights, versions of the API.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;

struct Pod {
    const std::string* space;
    const YamlNode* labels;
};
using PodsByLabel = std::map<std::string, std::vector<Pod>>; // "app=web"

PodsByLabel pods_of(const Project& project) {
    PodsByLabel pods;
    for (const Kube& kube : project.kubes)
        for (const KubeObject& object : kube.read->objects) {
            const YamlNode* pod = read::kube_pod(object);
            const YamlNode* labels = pod ? kube_at(*pod, "metadata.labels") : nullptr;
            if (!labels) continue;
            for (const auto& [key, value] : labels->entries)
                pods[key.scalar + "=" + value.scalar].push_back({&object.space, labels});
        }
    return pods;
}

bool some_pod_has(const PodsByLabel& pods, const std::string& space, const YamlNode& selector) {
    const auto& [key, value] = selector.entries.front();
    const auto found = pods.find(key.scalar + "=" + value.scalar);
    return found != pods.end() && std::any_of(found->second.begin(), found->second.end(), [&](const Pod& pod) {
               const bool same = *pod.space == space || pod.space->empty() || space.empty();
               return same && selects(selector, pod.labels);
           });
}

void dangling_service(const Kube& kube, const Project& project, Hits& hits) {
    if (labels_come_later(project)) return;
    const auto pods = pods_of(project);
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* selector = object.kind == "Service" ? kube_at(object.root, "spec.selector") : nullptr;
        if (selector && !selector->entries.empty() && !some_pod_has(pods, object.space, *selector))
            hit(hits, kube, *selector,
                fmt::format(
                    "{} selects no pods of these manifests; nothing answers its requests; give both the same labels",
                    label(object)));
    }
}

void selector(const Kube& kube, const Project&, Hits& hits) {
    each_workload(kube, [&](const Workload& workload) {
        if (runs_once(workload) || workload.object.kind == "Pod") return;
        const YamlNode* wanted = kube_at(workload.object.root, "spec.selector");
        const YamlNode* labels = wanted ? wanted->find("matchLabels") : nullptr;
        if (wanted && !labels && !wanted->find("matchExpressions")) labels = wanted; // a DeploymentConfig's
        if (labels && !selects(*labels, kube_at(workload.pod, "metadata.labels")))
            hit(hits, kube, *labels,
                fmt::format("{} selects labels that its own template lacks; the cluster refuses it; write the same "
                            "labels in both",
                            label(workload.object)));
    });
}

void default_account(const Kube& kube, const Project&, Hits& hits) {
    each_workload(kube, [&](const Workload& workload) {
        if (!workload.spec || lower(kube_text(*workload.spec, "automountServiceAccountToken")) == "false") return;
        std::string account = kube_text(*workload.spec, "serviceAccountName");
        if (account.empty()) account = kube_text(*workload.spec, "serviceAccount");
        if (account.empty() || account == "default")
            hit(hits, kube, place(*workload.spec, "serviceAccountName"),
                fmt::format("{} runs as the default account; it shares that account's rights with all others; name a "
                            "separate account",
                            label(workload.object)));
    });
}

struct RemovedApi {
    std::string_view api, kinds, since, instead; // no kinds: all
};
// kubernetes.io/docs/reference/using-api/deprecation-guide
constexpr RemovedApi removed_apis[] = {
    {"extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"},
    {"extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"},
    {"extensions/v1beta1", "PodSecurityPolicy", "1.16", "Pod Security Admission"},
    {"extensions/v1beta1", "", "1.16", "apps/v1"},
    {"apps/v1beta1", "", "1.16", "apps/v1"},
    {"apps/v1beta2", "", "1.16", "apps/v1"},
    {"networking.k8s.io/v1beta1", "Ingress IngressClass", "1.22", "networking.k8s.io/v1"},
    {"rbac.authorization.k8s.io/v1beta1", "", "1.22", "rbac.authorization.k8s.io/v1"},
    {"apiextensions.k8s.io/v1beta1", "", "1.22", "apiextensions.k8s.io/v1"},
    {"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", "1.22",
     "admissionregistration.k8s.io/v1"},
    {"batch/v1beta1", "CronJob", "1.25", "batch/v1"},
    {"policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"},
    {"policy/v1beta1", "PodSecurityPolicy", "1.25", "Pod Security Admission"},
    {"autoscaling/v2beta1", "", "1.25", "autoscaling/v2"},
    {"autoscaling/v2beta2", "", "1.26", "autoscaling/v2"},
};

void api_removed(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const auto* const found =
            std::find_if(std::begin(removed_apis), std::end(removed_apis), [&](const RemovedApi& one) {
                return one.api == object.api_version &&
                       (one.kinds.empty() ||
                        (" " + std::string(one.kinds) + " ").find(" " + object.kind + " ") != std::string::npos);
            });
        if (found != std::end(removed_apis))
            hit(hits, kube, place(object.root, "apiVersion"),
                fmt::format("{} has apiVersion {}, which Kubernetes {} removed; the cluster refuses it; use {}",
                            label(object), found->api, found->since, found->instead));
    }
}

bool lists_all(const YamlNode& rule, std::string_view what) {
    const auto* const list = rule.find(what);
    return list != nullptr &&
           std::any_of(list->items.begin(), list->items.end(), [](const YamlNode& one) { return one.scalar == "*"; });
}

void cluster_admin(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const auto* const rules = object.kind == "ClusterRole" ? object.root.find("rules") : nullptr;
        for (std::size_t i = 0; rules && i < rules->items.size(); ++i)
            if (const YamlNode& rule = rules->items[i]; lists_all(rule, "verbs") && lists_all(rule, "resources"))
                hit(hits, kube, rule,
                    fmt::format("{} allows every verb on every resource; anyone with this role controls the cluster; "
                                "name verbs and resources",
                                label(object)));
        const auto* const subjects = object.kind == "ClusterRoleBinding" ? object.root.find("subjects") : nullptr;
        if (!subjects || kube_text(object.root, "roleRef.name") != "cluster-admin") continue;
        for (const YamlNode& subject : subjects->items)
            if (kube_text(subject, "kind") == "ServiceAccount")
                hit(hits, kube, subject,
                    fmt::format(
                        "{} makes {} cluster-admin; an attacker in one pod controls the cluster; bind a smaller role",
                        label(object), shown(kube_text(subject, "name"))));
    }
}

}

std::span<const Rule> kube_cluster_rules() {
    static const Rule rows[] = {
        {.id = "kube-dangling-service",
         .title = "A Service selects no pods",
         .levels = always(Level::warning),
         .check = dangling_service,
         .why = "Its requests reach no pod: usually a label was renamed in only one of two places.",
         .way_out = "the same labels in spec.selector and in the workload's template",
         .peers = {"dangling-service"}},
        {.id = "kube-selector",
         .title = "A workload doesn't select its own pods",
         .levels = always(Level::error),
         .check = selector,
         .why = "The API server refuses it: the selector has to match the template's labels.",
         .way_out = "the same labels in spec.selector.matchLabels and spec.template.metadata.labels",
         .peers = {"mismatching-selector"}},
        {.id = "kube-default-account",
         .title = "A workload runs as the default account",
         .levels = always(Level::warning),
         .check = default_account,
         .why = "Rights that one workload needs are then given to all workloads of the namespace.",
         .way_out = "serviceAccountName: app, or automountServiceAccountToken: false",
         .peers = {"default-service-account"}},
        {.id = "kube-api-removed",
         .title = "Kubernetes has removed an API that is used",
         .levels = always(Level::error),
         .check = api_removed,
         .why = "The API server answers that there is no such kind, and applies nothing of the manifest.",
         .way_out = "apiVersion: apps/v1",
         .peers = {"no-extensions-v1beta"}},
        {.id = "kube-cluster-admin",
         .title = "A pod's account may do everything",
         .levels = always(Level::warning),
         .check = cluster_admin,
         .why = "The account's token is in each of its pods: an attacker in one pod can read all Secrets and start any "
                "workload.",
         .way_out = "a Role with the verbs and resources that are needed, and a RoleBinding",
         .peers = {"cluster-admin-role-binding"}}};
    return rows;
}

}
