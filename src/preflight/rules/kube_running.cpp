#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/kube_look.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

// Whether what Kubernetes runs stays up, and can be reached.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;

constexpr std::int64_t enough_replicas = 3;

// Kustomize and charts add labels and tags that no manifest shows.
bool labels_come_later(const Project& project) {
    const auto is_later = [](const std::string& path) {
        return path.ends_with("kustomization.yaml") || path.ends_with("kustomization.yml") ||
               path.ends_with("Chart.yaml");
    };
    return std::any_of(project.paths.begin(), project.paths.end(), is_later);
}

void latest_tag(const Kube& kube, const Project& project, Hits& hits) {
    const bool tagged_later = labels_come_later(project);
    each_container(kube, [&](const Container& container) {
        const std::string image = kube_text(container.node, "image");
        if (image.empty() || image.find('@') != image.npos || image.find_first_of("${") != image.npos) return;
        const std::string name = image.substr(image.rfind('/') + 1);
        const std::size_t colon = name.find(':');
        if (colon == name.npos && tagged_later) return;
        if (colon != name.npos && name.substr(colon + 1) != "latest") return;
        hit(hits, kube, place(container.node, "image"),
            fmt::format("{} has {}; the next start may run another version; write a version", label(container),
                        colon == name.npos ? "an image without a tag" : "the tag latest"));
    });
}

void probe(const Kube& kube, Hits& hits, std::string_view field, std::string_view fact) {
    each_container(kube, [&](const Container& container) {
        if (container.starts_first || runs_once(container.workload) || container.node.find(field)) return;
        hit(hits, kube, container.node, fmt::format("{} has no {}; {}; add one", label(container), field, fact));
    });
}

void liveness(const Kube& kube, const Project&, Hits& hits) {
    probe(kube, hits, "livenessProbe", "a hung server stays in service");
}
void readiness(const Kube& kube, const Project&, Hits& hits) {
    probe(kube, hits, "readinessProbe", "it gets requests before it can answer");
}

void resources(const Kube& kube, Hits& hits, std::string_view what, std::string_view fact) {
    each_container(kube, [&](const Container& container) {
        const bool requested = kube_at(container.node, fmt::format("resources.requests.{}", what)) != nullptr;
        const bool limited = kube_at(container.node, fmt::format("resources.limits.{}", what)) != nullptr;
        if (limited || (requested && what == "cpu")) return; // a request is at least the limit; CPU needs none
        hit(hits, kube, container.node,
            fmt::format("{} has no {} {}; {}; set resources", label(container), what,
                        what == "cpu" ? "request" : "limit", fact));
    });
}

void cpu(const Kube& kube, const Project&, Hits& hits) {
    resources(kube, hits, "cpu", "it may get none when the node is busy");
}
void memory(const Kube& kube, const Project&, Hits& hits) {
    resources(kube, hits, "memory", "one leak stops the node");
}

// "Deployment/web" of those that a HorizontalPodAutoscaler counts.
std::set<std::string> scaled(const Project& project) {
    std::set<std::string> names;
    for (const Kube& kube : project.kubes)
        for (const KubeObject& object : kube.read->objects)
            if (object.kind == "HorizontalPodAutoscaler")
                names.insert(kube_text(object.root, "spec.scaleTargetRef.kind") + "/" +
                             kube_text(object.root, "spec.scaleTargetRef.name"));
    return names;
}

void kube_replicas(const Kube& kube, const Project& project, Hits& hits) {
    const auto by_others = scaled(project);
    for (const KubeObject& object : kube.read->objects) {
        if (object.kind != "Deployment" && object.kind != "DeploymentConfig" && object.kind != "ReplicaSet") continue;
        if (by_others.contains(object.kind + "/" + object.name)) continue;
        const auto count = number(object.root, "spec.replicas");
        if (count.value_or(1) >= enough_replicas) continue;
        hit(hits, kube, place(object.root, "spec.replicas"),
            fmt::format("{} has {} {}; a node that goes takes most of it along; write replicas: {}", label(object),
                        count.value_or(1), count.value_or(1) == 1 ? "replica" : "replicas", enough_replicas));
    }
}

void hpa(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        if (object.kind != "HorizontalPodAutoscaler") continue;
        const auto least = number(object.root, "spec.minReplicas").value_or(1);
        if (least < enough_replicas)
            hit(hits, kube, place(object.root, "spec.minReplicas"),
                fmt::format("{} goes down to {}; a node that goes takes most of it along; write minReplicas: {}",
                            label(object), least, enough_replicas));
    }
}

void ssh_port(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* ports = container.node.find("ports");
        if (!ports) return;
        for (const YamlNode& port : ports->items) {
            const std::string protocol = kube_text(port, "protocol");
            if (number(port, "containerPort") == 22 && (protocol.empty() || protocol == "TCP"))
                hit(hits, kube, port,
                    fmt::format("{} opens port 22; SSH into a container is a second way in; use kubectl exec",
                                label(container)));
        }
    });
}

void kube_privileged_port(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* ports = container.node.find("ports");
        if (!ports) return;
        for (const YamlNode& port : ports->items) {
            const auto written = number(port, "containerPort").value_or(0);
            if (written > 0 && written < 1024)
                hit(hits, kube, port,
                    fmt::format("{} listens on port {}; below 1024 it needs root or a capability; take 8080",
                                label(container), written));
        }
    });
}

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
                fmt::format("{} selects no pods of these manifests; it answers nobody; give both the same labels",
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
                fmt::format("{} selects labels that its own template lacks; the cluster refuses it; write them in both",
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
                fmt::format("{} runs as the default account; it has what all others get; name an account of its own",
                            label(workload.object)));
    });
}

void rolling_update(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        if (object.kind != "Deployment" && object.kind != "DeploymentConfig") continue;
        const std::string type = kube_text(object.root, "spec.strategy.type");
        if (!type.empty() && type != "RollingUpdate" && type != "Rolling")
            hit(hits, kube, place(object.root, "spec.strategy.type"),
                fmt::format("{} replaces all pods at once; each release is an outage; write type: RollingUpdate",
                            label(object)));
    }
}

// One rule of podAntiAffinity that keeps these pods apart.
bool keeps_apart(const YamlNode& term, const Workload& workload) {
    const YamlNode* spaces = term.find("namespaces");
    const std::string& own = workload.object.space;
    const bool here = !spaces || spaces->items.empty() ||
                      std::any_of(spaces->items.begin(), spaces->items.end(),
                                  [&](const YamlNode& one) { return one.scalar == (own.empty() ? "default" : own); });
    return here && !kube_text(term, "topologyKey").empty();
}

bool has_anti_affinity(const Workload& workload) {
    const YamlNode* rules = kube_at(*workload.spec, "affinity.podAntiAffinity");
    if (workload.spec->find("topologySpreadConstraints")) return true;
    if (!rules) return false;
    for (const auto& [key, terms] : rules->entries)
        for (const YamlNode& item : terms.items) {
            const YamlNode* term = item.find("podAffinityTerm"); // of a preferred one
            if (keeps_apart(term ? *term : item, workload)) return true;
        }
    return false;
}

void anti_affinity(const Kube& kube, const Project&, Hits& hits) {
    each_workload(kube, [&](const Workload& workload) {
        if (!workload.spec || number(workload.object.root, "spec.replicas").value_or(1) < 2) return;
        if (!has_anti_affinity(workload))
            hit(hits, kube, *workload.spec,
                fmt::format("{} may put all replicas on one node; they go down together; add podAntiAffinity",
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
                fmt::format("{} has apiVersion {}, which Kubernetes {} took out; the cluster refuses it; use {}",
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
                    fmt::format("{} may do everything with everything; who has it owns the cluster; name verbs and "
                                "resources",
                                label(object)));
        const auto* const subjects = object.kind == "ClusterRoleBinding" ? object.root.find("subjects") : nullptr;
        if (!subjects || kube_text(object.root, "roleRef.name") != "cluster-admin") continue;
        for (const YamlNode& subject : subjects->items)
            if (kube_text(subject, "kind") == "ServiceAccount")
                hit(hits, kube, subject,
                    fmt::format("{} makes {} cluster-admin; who breaks into one pod owns the cluster; bind a role of "
                                "its own",
                                label(object), shown(kube_text(subject, "name"))));
    }
}

void host_port(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const auto* const ports = container.node.find("ports");
        if (!ports) return;
        for (const YamlNode& port : ports->items)
            if (number(port, "hostPort").value_or(0) > 0)
                hit(hits, kube, place(port, "hostPort"),
                    fmt::format("{} takes hostPort {}; one such pod fits on a node, past every NetworkPolicy; use a "
                                "Service",
                                label(container), kube_text(port, "hostPort")));
    });
}

void ingress_tls(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const auto* const spec = object.kind == "Ingress" ? object.root.find("spec") : nullptr;
        if (spec && spec->find("rules") && !spec->find("tls"))
            hit(hits, kube, *spec,
                fmt::format("{} has no tls; logins travel in clear, unless a load balancer ends TLS; add tls with a "
                            "secretName",
                            label(object)));
    }
}

}

std::span<const Rule> kube_running_rules() {
    static const Rule rows[] = {
        {.id = "kube-latest-tag",
         .title = "An image without a fixed version",
         .levels = always(Level::warning),
         .check = latest_tag,
         .why = "Pods of one Deployment can run different versions, and nobody can go back.",
         .way_out = "image: registry.example.org/app:1.4.2",
         .peers = {"latest-tag"},
         .refs = {"S4-55"}},
        {.id = "kube-liveness",
         .title = "A container has no liveness probe",
         .levels = always(Level::warning),
         .check = liveness,
         .why = "Kubernetes restarts what ends; what hangs it only notices by a probe.",
         .way_out = "livenessProbe: {httpGet: {path: /health, port: 8080}}",
         .peers = {"no-liveness-probe"}},
        {.id = "kube-readiness",
         .title = "A container has no readiness probe",
         .levels = always(Level::warning),
         .check = readiness,
         .why = "Without it each rollout sends requests to servers that are still starting.",
         .way_out = "readinessProbe: {httpGet: {path: /ready, port: 8080}}",
         .peers = {"no-readiness-probe"}},
        {.id = "kube-cpu",
         .title = "A container has no CPU request",
         .levels = always(Level::warning),
         .check = cpu,
         .why = "The scheduler counts requests: without one the pod lands on a node that is full already.",
         .way_out = "resources: {requests: {cpu: 250m}}",
         .peers = {"unset-cpu-requirements"}},
        {.id = "kube-memory",
         .title = "A container has no memory limit",
         .levels = always(Level::warning),
         .check = memory,
         .why = "Without a limit one leak takes the node's memory, and the kernel picks who dies.",
         .way_out = "resources: {requests: {memory: 256Mi}, limits: {memory: 256Mi}}",
         .peers = {"unset-memory-requirements"}},
        {.id = "kube-replicas",
         .title = "Fewer than three replicas",
         .levels = deployed(Level::warning),
         .check = kube_replicas,
         .why = "Three survive the loss of a node while another one is being drained.",
         .way_out = "replicas: 3",
         .peers = {"minimum-three-replicas"}},
        {.id = "kube-ssh-port",
         .title = "A container opens SSH's port",
         .levels = always(Level::warning),
         .check = ssh_port,
         .why = "An SSH server in a container is a way in that the cluster's rights don't govern.",
         .way_out = "kubectl exec",
         .peers = {"ssh-port"}},
        {.id = "kube-privileged-port",
         .title = "A container listens on a port below 1024",
         .levels = always(Level::warning),
         .check = kube_privileged_port,
         .why = "It then needs root or NET_BIND_SERVICE; the Service can map port 80 to 8080.",
         .way_out = "containerPort: 8080, and port: 80 in the Service",
         .peers = {"privileged-ports"}},
        {.id = "kube-hpa",
         .title = "An autoscaler goes below three replicas",
         .levels = deployed(Level::warning),
         .check = hpa,
         .why = "In quiet hours the loss of one node would take the service down.",
         .way_out = "minReplicas: 3",
         .peers = {"hpa-minimum-three-replicas"}},
        {.id = "kube-dangling-service",
         .title = "A Service selects no pods",
         .levels = always(Level::warning),
         .check = dangling_service,
         .why = "Its requests go nowhere: mostly a label was renamed in one of two places.",
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
         .why = "Rights that one workload needs then go to all of the namespace.",
         .way_out = "serviceAccountName: app, or automountServiceAccountToken: false",
         .peers = {"default-service-account"}},
        {.id = "kube-rolling-update",
         .title = "A release stops all pods at once",
         .levels = always(Level::warning),
         .check = rolling_update,
         .why = "With Recreate nobody answers between the old version and the new one.",
         .way_out = "strategy: {type: RollingUpdate}",
         .peers = {"no-rolling-update-strategy"}},
        {.id = "kube-anti-affinity",
         .title = "Replicas may share one node",
         .levels = deployed(Level::warning),
         .check = anti_affinity,
         .why = "Several replicas on one node are one outage when it goes.",
         .way_out = "podAntiAffinity with topologyKey: kubernetes.io/hostname, or topologySpreadConstraints",
         .peers = {"no-anti-affinity"}},
        {.id = "kube-api-removed",
         .title = "An API that Kubernetes has no more",
         .levels = always(Level::error),
         .check = api_removed,
         .why = "The API server answers that there is no such kind, and nothing of the manifest is applied.",
         .way_out = "apiVersion: apps/v1",
         .peers = {"no-extensions-v1beta"}},
        {.id = "kube-cluster-admin",
         .title = "A pod's account may do everything",
         .levels = always(Level::warning),
         .check = cluster_admin,
         .why =
             "The account's token lies in each of its pods: whoever breaks into one reads all Secrets and starts what "
             "he likes.",
         .way_out = "a Role with the verbs and resources that are needed, and a RoleBinding",
         .peers = {"cluster-admin-role-binding"}},
        {.id = "kube-host-port",
         .title = "A container takes a port of its node",
         .levels = always(Level::warning),
         .check = host_port,
         .why =
             "Only one such pod runs on each node, a rollout waits for a free one, and policies of the network don't "
             "see it.",
         .way_out = "a Service of type LoadBalancer or NodePort"},
        {.id = "kube-ingress-tls",
         .title = "An Ingress without TLS",
         .levels = deployed(Level::warning),
         .check = ingress_tls,
         .why = "Passwords and sessions can be read on the way, unless a load balancer before it ends TLS.",
         .way_out = "tls: [{hosts: [app.example.org], secretName: app-tls}]"},
    };
    return rows;
}

}
