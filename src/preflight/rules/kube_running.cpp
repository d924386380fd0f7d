#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/kube_look.h"
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
         .way_out = "tls: [{hosts: [app.example.org], secretName: app-tls}]"}};
    return rows;
}

}
