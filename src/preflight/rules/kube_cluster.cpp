#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/kustomize.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

// What objects of Kubernetes have to do with one another: selectors, accounts, rights, versions of the API.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;

bool some_pod_has(const Project& project, const std::string& space, const YamlNode& selector) {
    const auto& pods = kube_names(project).pods;
    const auto& [key, value] = selector.entries.front();
    const auto found = pods.find(key.scalar + "=" + value.scalar);
    return found != pods.end() && std::any_of(found->second.begin(), found->second.end(), [&](const auto& pod) {
               const bool same = *pod.space == space || pod.space->empty() || space.empty();
               return same && selects(selector, pod.labels);
           });
}

void dangling_service(const Kube& kube, const Project& project, Hits& hits) {
    if (labels_come_later(project)) return;
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* selector = object.kind == "Service" ? kube_at(object.root, "spec.selector") : nullptr;
        if (selector && !selector->entries.empty() && !some_pod_has(project, object.space, *selector))
            hit(hits, kube, *selector,
                fmt::format(
                    "{} selects no pods of these manifests; nothing answers its requests; give both the same labels",
                    label(object)));
    }
}

void selector(const Kube& kube, const Project&, Hits& hits) {
    if (kube.is_patch) return;
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
    if (kube.is_patch) return; // kustomize finds what it changes by it, and no cluster gets it
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

// Words that are names of ports: a Service may name one that no pod has.
void target_port(const Kube& kube, const Project& project, Hits& hits) {
    if (labels_come_later(project)) return;
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* const selector = object.kind == "Service" ? kube_at(object.root, "spec.selector") : nullptr;
        const YamlNode* const ports = kube_at(object.root, "spec.ports");
        if (!selector || selector->entries.empty() || !ports) continue;
        std::size_t pods = 0;
        std::set<std::string> names;
        for (const Kube& other : project.kubes)
            each_container(other, [&](const Container& container) {
                if (!selects(*selector, kube_at(container.workload.pod, "metadata.labels"))) return;
                ++pods;
                if (const YamlNode* const own = container.node.find("ports"))
                    for (const YamlNode& port : own->items) names.insert(kube_text(port, "name"));
            });
        for (const YamlNode& port : ports->items) {
            const auto wanted = kube_text(port, "targetPort");
            if (pods == 0 || wanted.empty() || parse_integer(wanted).ok() || names.contains(wanted)) continue;
            hit(hits, kube, place(port, "targetPort"),
                fmt::format("{} sends to the port {}, which no container of its pods has; nothing answers; use a name "
                            "or a number of theirs",
                            label(object), shown(wanted)));
        }
    }
}

// A Service that no manifest has may be made elsewhere.
void ingress_backend(const Kube& kube, const Project& project, Hits& hits) {
    const auto& services = kube_names(project).services;
    if (services.empty() || labels_come_later(project)) return;
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* const rules = object.kind == "Ingress" ? kube_at(object.root, "spec.rules") : nullptr;
        for (const YamlNode& rule : rules ? rules->items : std::vector<YamlNode>()) {
            const YamlNode* const paths = kube_at(rule, "http.paths");
            for (const YamlNode& path : paths ? paths->items : std::vector<YamlNode>()) {
                const auto name = kube_text(path, "backend.service.name");
                if (!name.empty() && name.find_first_of("${") == name.npos && !services.contains(name))
                    hit(hits, kube, place(path, "backend.service.name"),
                        fmt::format(
                            "{} sends to the Service {}, which is in none of these manifests; visitors get 503; "
                            "name one that is",
                            label(object), shown(name)));
            }
        }
    }
}

// The ports on which databases listen, reachable from outside of the cluster.
void database_outside(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const auto type = object.kind == "Service" ? kube_text(object.root, "spec.type") : "";
        const YamlNode* const ports = kube_at(object.root, "spec.ports");
        if ((type != "LoadBalancer" && type != "NodePort") || !ports) continue;
        for (const YamlNode& port : ports->items)
            if (is_one_of(kube_text(port, "port"), {"5432", "3306", "27017", "6379", "11211", "9200", "5672"}))
                hit(hits, kube, port,
                    fmt::format("{} opens port {} outside of the cluster ({}); the database is open to the network; "
                                "use type: ClusterIP",
                                label(object), kube_text(port, "port"), type));
    }
}

// Both at zero: the cluster refuses the Deployment.
void no_room(const Kube& kube, const Project&, Hits& hits) {
    const auto is_zero = [](const std::string& text) { return text == "0" || text == "0%"; };
    for (const KubeObject& object : kube.read->objects)
        if (object.kind == "Deployment" && is_zero(kube_text(object.root, "spec.strategy.rollingUpdate.maxSurge")) &&
            is_zero(kube_text(object.root, "spec.strategy.rollingUpdate.maxUnavailable")))
            hit(hits, kube, place(object.root, "spec.strategy.rollingUpdate"),
                fmt::format("{} has maxSurge 0 and maxUnavailable 0; the cluster refuses it; let one of them be 1",
                            label(object)));
}

// A mount names a volume that the pod doesn't have.
void mount_unknown(const Kube& kube, const Project& project, Hits& hits) {
    const auto adds_volumes = [](const KustomizePatch& patch) {
        return has_any(patch.text, {"volumes", "olumeClaim"});
    };
    if (kube.is_patch) return;
    each_container(kube, [&](const Container& container) {
        const YamlNode* const mounts = container.node.find("volumeMounts");
        if (!mounts || !container.workload.spec ||
            share_patched(project, kube.file, container.workload.object, adds_volumes) != Share::none)
            return;
        std::set<std::string> known;
        for (const auto* list : {container.workload.spec->find("volumes"),
                                 kube_at(container.workload.object.root, "spec.volumeClaimTemplates")})
            for (const YamlNode& one : list ? list->items : std::vector<YamlNode>()) {
                known.insert(kube_text(one, "name"));
                known.insert(kube_text(one, "metadata.name"));
            }
        for (const YamlNode& mount : mounts->items) {
            const auto name = kube_text(mount, "name");
            if (!name.empty() && name.find_first_of("${") == name.npos && !known.contains(name))
                hit(hits, kube, place(mount, "name"),
                    fmt::format("{} mounts {}, a volume that its pod doesn't have; the cluster refuses it; add it to "
                                "volumes",
                                label(container), shown(name)));
        }
    });
}

void cluster_admin(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const bool is_role = object.kind == "ClusterRole" || object.kind == "Role";
        const auto* const rules = is_role ? object.root.find("rules") : nullptr;
        for (std::size_t i = 0; rules && i < rules->items.size(); ++i)
            if (const YamlNode& rule = rules->items[i]; lists_all(rule, "verbs") && lists_all(rule, "resources"))
                hit(hits, kube, rule,
                    fmt::format("{} allows every verb on every resource; anyone with this role controls the {}; "
                                "name verbs and resources",
                                label(object), object.kind == "Role" ? "namespace" : "cluster"));
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
        {.id = "kube-target-port",
         .title = "A Service sends to a port that its pods don't have",
         .levels = always(Level::error),
         .check = target_port,
         .why = "Kubernetes looks for the name of the target port among the ports of each pod. If no port has the "
                "name, the Service has no address to send to.",
         .way_out = "targetPort: http, with ports: [{name: http, containerPort: 8080}]"},
        {.id = "kube-ingress-backend",
         .title = "An Ingress sends to an unknown Service",
         .levels = always(Level::warning),
         .check = ingress_backend,
         .why = "The Ingress answers with 503 until a Service of that name exists in its namespace.",
         .way_out = "backend: {service: {name: web, port: {number: 80}}}"},
        {.id = "kube-database-outside",
         .title = "A database can be reached from outside of the cluster",
         .levels = deployed(Level::warning),
         .check = database_outside,
         .why = "Attackers find an open port within hours, unless a firewall that isn't in these files keeps them out.",
         .way_out = "type: ClusterIP"},
        {.id = "kube-no-room",
         .title = "A release may neither add nor remove a pod",
         .levels = always(Level::error),
         .check = no_room,
         .why = "The API server refuses a Deployment whose maxSurge and maxUnavailable are both 0.",
         .way_out = "rollingUpdate: {maxSurge: 1, maxUnavailable: 0}"},
        {.id = "kube-mount-unknown",
         .title = "A container mounts a volume that its pod doesn't have",
         .levels = always(Level::error),
         .check = mount_unknown,
         .why = "The API server refuses the pod.",
         .way_out = "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"},
        {.id = "kube-dangling-service",
         .title = "A Service selects no pods",
         .levels = always(Level::warning),
         .check = dangling_service,
         .why = "The Service's requests reach no pod. Usually somebody renamed a label in only one of two places.",
         .way_out = "the same labels in spec.selector and in the workload's template",
         .peers = {"dangling-service"}},
        {.id = "kube-selector",
         .title = "A workload doesn't select its own pods",
         .levels = always(Level::error),
         .check = selector,
         .why = "The API server refuses a workload if its selector doesn't match the labels of its template.",
         .way_out = "the same labels in spec.selector.matchLabels and spec.template.metadata.labels",
         .peers = {"mismatching-selector"}},
        {.id = "kube-default-account",
         .title = "A workload runs as the default account",
         .levels = always(Level::warning),
         .check = default_account,
         .why = "If you give rights to the default account because one workload needs them, all workloads of the "
                "namespace have these rights.",
         .way_out = "serviceAccountName: app, or automountServiceAccountToken: false",
         .peers = {"default-service-account"}},
        {.id = "kube-api-removed",
         .title = "A manifest uses an API that Kubernetes has removed",
         .levels = always(Level::error),
         .check = api_removed,
         .why = "The API server answers that it doesn't know the kind, and applies nothing of the manifest.",
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
