#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/kustomize.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Whether what Kubernetes runs stays up, and can be reached.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;

constexpr std::int64_t enough_replicas = 3;

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

// The port that a probe asks is none of those that the container names.
void probe_port(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* const ports = container.node.find("ports");
        if (!ports || ports->items.empty()) return;
        for (const std::string_view name : {"livenessProbe", "readinessProbe", "startupProbe"})
            for (const std::string_view way : {"httpGet", "tcpSocket"}) {
                const auto path = fmt::format("{}.{}.port", name, way);
                const std::string wanted = kube_text(container.node, path);
                const bool is_there =
                    wanted.empty() || wanted.find_first_of("${") != wanted.npos ||
                    std::any_of(ports->items.begin(), ports->items.end(), [&](const YamlNode& port) {
                        return kube_text(port, "containerPort") == wanted || kube_text(port, "name") == wanted;
                    });
                if (!is_there)
                    hit(hits, kube, place(container.node, path),
                        fmt::format("{} of {} asks port {}, which the container doesn't name; a probe that fails "
                                    "restarts it; use one of its ports",
                                    name, label(container), shown(wanted)));
            }
    });
}

// Whether something is mounted at the folder, or above it.
bool is_above(std::string_view mount, std::string_view folder) {
    const std::string whole(mount);
    return !whole.empty() && (std::string(folder) + "/").starts_with(whole + (whole.ends_with('/') ? "" : "/"));
}

// A patch that mounts a volume there: by a manifest's form, or by operations.
bool mounts_at(const KustomizePatch& patch, std::string_view folder) {
    constexpr std::string_view key = "mountPath";
    const std::string_view text = patch.text;
    if (text.find("emptyDir") != text.npos) return false;
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
        const auto rest = text.substr(std::min(text.find('/', at), text.size()));
        if (is_above(rest.substr(0, rest.find_first_of(" \t\r\n\"',}")), folder)) return true;
    }
    return false;
}

// Its data lies in an emptyDir, or in the container itself.
void kube_db_volume(const Kube& kube, const Project& project, Hits& hits) {
    if (kube.is_patch) return;
    each_container(kube, [&](const Container& container) {
        const auto* const database = compose::database_named(kube_text(container.node, "image"));
        if (!database || (!database->sql && database->name != "mongo") || container.starts_first ||
            runs_once(container.workload) || container.node.find("command") || container.node.find("args"))
            return;
        const YamlNode* const mounts = container.node.find("volumeMounts");
        std::string volume;
        bool mounted = false;
        for (const YamlNode& mount : mounts ? mounts->items : std::vector<YamlNode>()) {
            const auto at = kube_text(mount, "mountPath");
            if (!is_above(at, database->data)) continue;
            mounted = true;
            volume = kube_text(mount, "name");
        }
        const YamlNode* const volumes = container.workload.spec ? container.workload.spec->find("volumes") : nullptr;
        const bool is_empty =
            mounted && volumes && std::any_of(volumes->items.begin(), volumes->items.end(), [&](const YamlNode& one) {
                return kube_text(one, "name") == volume && one.find("emptyDir");
            });
        if (mounted && !is_empty) return;
        const auto share = share_patched(project, kube.file, container.workload.object,
                                         [&](const auto& patch) { return mounts_at(patch, database->data); });
        if (share == Share::all) return;
        Hit& found = hit(hits, kube, place(container.node, "volumeMounts"),
                         fmt::format("{} keeps its data in {}; the data is lost with the pod; mount a claim at {}",
                                     label(container), is_empty ? "an emptyDir" : "the container", database->data));
        if (share == Share::some) found.level = Level::warning; // which overlay is deployed isn't known
    });
}

// 500m, 2, 512Mi, 1G as numbers: of CPU and of bytes.
// kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity
std::optional<double> quantity(std::string_view text) {
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = parse_number(text.substr(0, end));
    struct Unit {
        std::string_view name;
        double factor;
    };
    constexpr double k = 1024;
    constexpr Unit units[] = {{"", 1},     {"m", 0.001}, {"k", 1e3},    {"M", 1e6},        {"G", 1e9},
                              {"T", 1e12}, {"Ki", k},    {"Mi", k * k}, {"Gi", k * k * k}, {"Ti", k * k * k * k}};
    for (const auto& [name, factor] : units)
        if (number && text.substr(end) == name) return number.value() * factor;
    return std::nullopt;
}

// What the API server refuses of a workload.
void kube_refused(const Kube& kube, const Project&, Hits& hits) {
    const auto& objects = kube.read->objects;
    if (std::any_of(objects.begin(), objects.end(), [](const KubeObject& object) {
            return object.api_version.starts_with("serving.knative.dev/"); // Cloud Run reads it, and is less strict
        }))
        return;
    each_container(kube, [&](const Container& container) {
        for (const std::string_view what : {"cpu", "memory"}) {
            const auto wanted = kube_text(container.node, fmt::format("resources.requests.{}", what));
            const auto limit = kube_text(container.node, fmt::format("resources.limits.{}", what));
            const auto least = quantity(wanted), most = quantity(limit);
            if (least && most && *least > *most)
                hit(hits, kube, place(container.node, fmt::format("resources.requests.{}", what)),
                    fmt::format(
                        "{} requests {} of {}, more than its limit {}; the cluster refuses it; lower the request",
                        label(container), shown(wanted), what, shown(limit)));
        }
        if (const YamlNode* const env = container.node.find("env"))
            for (const YamlNode& variable : env->items)
                if (const YamlNode* const value = variable.find("value");
                    value && value->kind == YamlNode::Kind::scalar && !value->quoted && value->tag.empty() &&
                    (is_one_of(value->scalar, {"true", "false", "null"}) ||
                     (!value->scalar.empty() && value->scalar.find_first_not_of("0123456789") == value->scalar.npos)))
                    hit(hits, kube, *value,
                        fmt::format("{} of {} is not a text; the cluster refuses it; write it in quotes",
                                    shown(kube_text(variable, "name")), label(container)));
    });
    for (const KubeObject& object : objects) {
        if (object.kind == "HorizontalPodAutoscaler") {
            const auto least = number(object.root, "spec.minReplicas"), most = number(object.root, "spec.maxReplicas");
            if (least && most && *least > *most)
                hit(hits, kube, place(object.root, "spec.minReplicas"),
                    fmt::format("{} has minReplicas {} above maxReplicas {}; the cluster refuses it; exchange them",
                                label(object), *least, *most));
        }
        const auto& name = object.name;
        const bool may_have_more = object.api_version.starts_with("rbac.") || object.kind == "CustomResourceDefinition";
        if (name.find('_') != name.npos && !may_have_more && name.find_first_of("${") == name.npos &&
            name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == name.npos &&
            (object.api_version == "v1" || object.api_version.starts_with("apps/") ||
             object.api_version.starts_with("batch/") || object.api_version.starts_with("networking.")))
            hit(hits, kube, place(object.root, "metadata.name"),
                fmt::format("{} has an underscore in its name; the cluster refuses it; write a dash", label(object)));
    }
    each_workload(kube, [&](const Workload& workload) {
        if (!runs_once(workload) || !workload.spec) return;
        const auto policy = kube_text(*workload.spec, "restartPolicy");
        if (kube.is_patch && policy.empty()) return; // it stands in what is patched
        if (policy.empty() || policy == "Always")
            hit(hits, kube, place(*workload.spec, "restartPolicy"),
                fmt::format("{} has restartPolicy {}; the cluster refuses it for a job; write OnFailure",
                            label(workload.object), policy.empty() ? "Always by default" : "Always"));
    });
}

// ReadWriteOnce: one node mounts it.
void volume_of_one(const Kube& kube, const Project& project, Hits& hits) {
    std::set<std::string> single;
    for (const Kube& other : project.kubes)
        for (const KubeObject& object : other.read->objects) {
            const YamlNode* const modes =
                object.kind == "PersistentVolumeClaim" ? kube_at(object.root, "spec.accessModes") : nullptr;
            if (modes && modes->items.size() == 1 && modes->items[0].scalar == "ReadWriteOnce")
                single.insert(object.name);
        }
    each_workload(kube, [&](const Workload& workload) {
        const YamlNode* const volumes = workload.spec ? workload.spec->find("volumes") : nullptr;
        if (!volumes || workload.object.kind != "Deployment" ||
            number(workload.object.root, "spec.replicas").value_or(1) < 2)
            return;
        for (const YamlNode& volume : volumes->items)
            if (const auto claim = kube_text(volume, "persistentVolumeClaim.claimName"); single.contains(claim))
                hit(hits, kube, volume,
                    fmt::format(
                        "{} has several replicas and one volume that only one node can mount ({}); the others wait; "
                        "use ReadWriteMany, or a StatefulSet",
                        label(workload.object), shown(claim)));
    });
}

// Of the pods that a selector means: how many there shall be; nothing: it isn't said here.
// Of the workloads in the folder of `kube`; if there are none, in the whole project. Where several are selected, as in
// folders for several environments, the greatest number counts.
std::optional<std::int64_t> replicas_of(const Project& project, const Kube& kube, const YamlNode& selector) {
    std::optional<std::int64_t> beside, anywhere;
    for (const Kube& other : project.kubes)
        each_workload(other, [&](const Workload& workload) {
            if (!selects(selector, kube_at(workload.pod, "metadata.labels"))) return;
            const auto count = number(workload.object.root, "spec.replicas").value_or(1);
            anywhere = std::max(anywhere.value_or(0), count);
            if (folder_of(other.file) == folder_of(kube.file)) beside = std::max(beside.value_or(0), count);
        });
    return beside ? beside : anywhere;
}

void budget_closed(const Kube& kube, const Project& project, Hits& hits) {
    if (kube.is_patch) return;
    for (const KubeObject& object : kube.read->objects) {
        if (object.kind != "PodDisruptionBudget") continue;
        const auto most = kube_text(object.root, "spec.maxUnavailable"),
                   least = kube_text(object.root, "spec.minAvailable");
        const YamlNode* const labels = kube_at(object.root, "spec.selector.matchLabels");
        const auto count = labels ? replicas_of(project, kube, *labels) : std::nullopt;
        const auto wanted = parse_integer(least);
        if (most == "0" || most == "0%" || least == "100%" || (wanted.ok() && count && wanted.value() >= *count))
            hit(hits, kube, place(object.root, most.empty() ? "spec.minAvailable" : "spec.maxUnavailable"),
                fmt::format(
                    "{} lets no pod be moved; a node can never be drained; write maxUnavailable: 1, and have two "
                    "replicas",
                    label(object)));
    }
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
            fmt::format("{} has {} {}; the loss of a node takes most of it down; write replicas: {}", label(object),
                        count.value_or(1), count.value_or(1) == 1 ? "replica" : "replicas", enough_replicas));
    }
}

void hpa(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        if (object.kind != "HorizontalPodAutoscaler") continue;
        const auto least = number(object.root, "spec.minReplicas").value_or(1);
        if (least < enough_replicas)
            hit(hits, kube, place(object.root, "spec.minReplicas"),
                fmt::format("{} goes down to {}; the loss of a node takes most of it down; write minReplicas: {}",
                            label(object), least, enough_replicas));
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

}

std::span<const Rule> kube_running_rules() {
    static const Rule rows[] = {
        {.id = "kube-latest-tag",
         .title = "An image has no fixed version",
         .levels = always(Level::warning),
         .check = latest_tag,
         .why = "Pods of one Deployment can run different versions, and nobody can go back to the earlier version.",
         .way_out = "image: registry.example.org/app:1.4.2",
         .peers = {"latest-tag"},
         .refs = {"S4-55"}},
        {.id = "kube-db-volume",
         .title = "A database keeps its data in its pod",
         .levels = deployed(Level::error),
         .check = kube_db_volume,
         .why = "A pod is replaced at each release and each time its node is drained; the next pod starts empty.",
         .way_out = "volumeClaimTemplates of a StatefulSet, mounted at /var/lib/postgresql/data"},
        {.id = "kube-refused",
         .title = "The cluster refuses a value",
         .levels = always(Level::error),
         .check = kube_refused,
         .why = "The API server checks this value. `kubectl apply` applies the objects that come before the object "
                "with the wrong value, and stops at this object.",
         .way_out = "kubectl apply --dry-run=server -f FILE"},
        {.id = "kube-volume-of-one",
         .title = "Replicas want a volume that only one node can mount",
         .levels = always(Level::warning),
         .check = volume_of_one,
         .why = "Only one node can mount a ReadWriteOnce volume. Pods on other nodes never start, and a release can "
                "wait for ever.",
         .way_out = "accessModes: [ReadWriteMany]"},
        {.id = "kube-budget-closed",
         .title = "A PodDisruptionBudget allows no pod to be moved",
         .levels = always(Level::error),
         .check = budget_closed,
         .why = "Upgrades of the cluster wait for ever, or somebody deletes the budget by hand.",
         .way_out = "maxUnavailable: 1, with at least two replicas"},
        {.id = "kube-probe-port",
         .title = "A probe asks a port that the container doesn't list",
         .levels = always(Level::warning),
         .check = probe_port,
         .why = "If nothing listens on that port, Kubernetes restarts the container again and again (liveness), or "
                "never sends a request to the container (readiness).",
         .way_out = "livenessProbe: {httpGet: {path: /health, port: http}}, with a port of that name",
         .peers = {"liveness-port", "readiness-port", "startup-port"}},
        {.id = "kube-replicas",
         .title = "A workload has fewer than three replicas",
         .levels = deployed(Level::warning),
         .check = kube_replicas,
         .why = "With three replicas, the workload survives the loss of a node while another node is drained.",
         .way_out = "replicas: 3",
         .peers = {"minimum-three-replicas"}},
        {.id = "kube-hpa",
         .title = "An autoscaler may go below three replicas",
         .levels = deployed(Level::warning),
         .check = hpa,
         .why = "In quiet hours the loss of one node would take the service down.",
         .way_out = "minReplicas: 3",
         .peers = {"hpa-minimum-three-replicas"}},
        {.id = "kube-anti-affinity",
         .title = "Replicas may share one node",
         .levels = deployed(Level::warning),
         .check = anti_affinity,
         .why = "If this node fails, all replicas are down at once.",
         .way_out = "podAntiAffinity with topologyKey: kubernetes.io/hostname, or topologySpreadConstraints",
         .peers = {"no-anti-affinity"}},
    };
    return rows;
}

}
