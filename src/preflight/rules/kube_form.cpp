#include "base/text.h"
#include "preflight/parts/kube_look.h"
#include <algorithm>
#include <fmt/format.h>

// What a manifest of Kubernetes' own kinds may say (API of Kubernetes 1.34). Kinds of other groups are somebody's own.
namespace fairlead::preflight::kube {

namespace {

using read::kube_at;

struct ApiGroup {
    std::string_view name; // empty: the core, whose apiVersion is v1 alone
    std::string_view kinds;
};
constexpr ApiGroup api_groups[] = {
    {"", "Binding ComponentStatus ConfigMap Endpoints Event LimitRange List Namespace Node PersistentVolume "
         "PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount"},
    {"admissionregistration.k8s.io",
     "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy "
     "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"},
    {"apiextensions.k8s.io", "CustomResourceDefinition"},
    {"apps", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"},
    {"autoscaling", "HorizontalPodAutoscaler Scale"},
    {"batch", "CronJob Job"},
    {"networking.k8s.io", "Ingress IngressClass IPAddress NetworkPolicy ServiceCIDR"},
    {"policy", "Eviction PodDisruptionBudget PodSecurityPolicy"},
    {"rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding Role RoleBinding"},
    {"scheduling.k8s.io", "PriorityClass"},
    {"storage.k8s.io", "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass"},
};

constexpr std::string_view pod_keys =
    "activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks "
    "ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets "
    "initContainers nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates "
    "resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates securityContext "
    "serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds "
    "tolerations topologySpreadConstraints volumes workloadRef";
constexpr std::string_view container_keys =
    "args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy "
    "resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce terminationMessagePath "
    "terminationMessagePolicy tty volumeDevices volumeMounts workingDir";

// What is a list, a map or a text there; what is missing here is not asked.
constexpr std::string_view pod_lists[] = {"containers",  "initContainers",   "ephemeralContainers", "volumes",
                                          "tolerations", "imagePullSecrets", "hostAliases"};
constexpr std::string_view pod_maps[] = {"securityContext", "nodeSelector", "affinity"};
constexpr std::string_view container_lists[] = {"args", "command", "env", "envFrom", "ports", "volumeMounts"};
constexpr std::string_view container_maps[] = {"lifecycle", "livenessProbe",   "readinessProbe",
                                               "resources", "securityContext", "startupProbe"};
constexpr std::string_view container_texts[] = {"image", "name", "imagePullPolicy", "workingDir"};

const ApiGroup* group_of_object(const KubeObject& object) {
    const auto slash = object.api_version.find('/');
    const auto name =
        slash == std::string::npos ? std::string_view() : std::string_view(object.api_version).substr(0, slash);
    if (slash == std::string::npos && object.api_version != "v1") return nullptr;
    const auto* const found = std::find_if(std::begin(api_groups), std::end(api_groups),
                                           [&](const ApiGroup& one) { return one.name == name; });
    return found == std::end(api_groups) ? nullptr : found;
}

class Form {
  public:
    Form(const Kube& kube, Hits& hits) : kube_(kube), hits_(hits) {}

    void check(const KubeObject& object) {
        const auto* const group = group_of_object(object);
        if (group == nullptr) return;
        check_kind(object, *group);
        takes(object.root, "metadata", YamlNode::Kind::map);
        const YamlNode* pod = &object.root;
        for (const auto& key : split(path_of_pod(object.kind), '.')) {
            if (key.empty()) continue;
            if (!takes(*pod, key, YamlNode::Kind::map)) return;
            pod = pod->find(key);
        }
        if (read::kube_pod(object) != nullptr) check_pod(*pod);
    }

  private:
    static std::string_view path_of_pod(std::string_view kind) {
        return kind == "CronJob" ? "spec.jobTemplate.spec.template" : kind == "Pod" ? "" : "spec.template";
    }

    void check_kind(const KubeObject& object, const ApiGroup& group) {
        const auto own = split(group.kinds, ' ');
        if (std::find(own.begin(), own.end(), object.kind) != own.end()) return;
        std::vector<std::string> all;
        for (const ApiGroup& one : api_groups)
            for (auto& kind : split(one.kinds, ' ')) {
                if (kind == object.kind) return; // which version had it is said by kube-api-removed
                all.push_back(std::move(kind));
            }
        const auto same =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return lower(one) == lower(object.kind); });
        const auto near = same != all.end() ? *same : nearest(object.kind, all);
        if (!near.empty())
            hit(hits_, kube_, place(object.root, "kind"),
                fmt::format("kind {} is unknown in {}; the cluster refuses it; did you mean {}", shown(object.kind),
                            shown(object.api_version), near));
    }

    // What a template or envsubst puts in later may be anything.
    static bool comes_later(const YamlNode& node) {
        return node.kind == YamlNode::Kind::scalar &&
               (node.scalar.find("{{") != std::string::npos || node.scalar.find('$') != std::string::npos);
    }

    // False: there is nothing of that kind to look into.
    bool takes(const YamlNode& map, std::string_view key, YamlNode::Kind kind) {
        const YamlNode* const value = map.kind == YamlNode::Kind::map ? map.find(key) : nullptr;
        if (value == nullptr || value->kind == YamlNode::Kind::null) return false;
        if (value->kind == kind) return true;
        if (!comes_later(*value))
            hit(hits_, kube_, value->line > 0 ? *value : map,
                fmt::format("{} must be {}; the cluster refuses this value; correct it", key,
                            kind == YamlNode::Kind::map    ? "a map"
                            : kind == YamlNode::Kind::list ? "a list"
                                                           : "text"));
        return false;
    }

    void check_keys(const YamlNode& map, std::string_view keys) {
        const auto known = split(keys, ' ');
        for (const auto& [key, value] : map.entries) {
            if (std::find(known.begin(), known.end(), key.scalar) != known.end()) continue;
            const auto near = nearest(key.scalar, known);
            if (near.empty() || map.find(near) != nullptr) continue;
            hit(hits_, kube_, key,
                fmt::format("{} is unknown here; the cluster refuses it; did you mean {}", shown(key.scalar), near));
        }
    }

    void check_pod(const YamlNode& pod) {
        takes(pod, "metadata", YamlNode::Kind::map);
        if (!takes(pod, "spec", YamlNode::Kind::map)) return;
        const YamlNode& spec = *pod.find("spec");
        check_keys(spec, pod_keys);
        for (const auto key : pod_lists) takes(spec, key, YamlNode::Kind::list);
        for (const auto key : pod_maps) takes(spec, key, YamlNode::Kind::map);
        for (const std::string_view key : {"initContainers", "containers"}) {
            const YamlNode* const list = spec.find(key);
            if (list == nullptr || list->kind != YamlNode::Kind::list) continue;
            for (const YamlNode& one : list->items) check_container(one, key);
        }
    }

    void check_container(const YamlNode& container, std::string_view list) {
        if (comes_later(container)) return;
        if (container.kind != YamlNode::Kind::map) {
            hit(hits_, kube_, container,
                fmt::format("{} must be a list of maps; the cluster refuses this value; write - name: app", list));
            return;
        }
        check_keys(container, container_keys);
        for (const auto key : container_lists) takes(container, key, YamlNode::Kind::list);
        for (const auto key : container_maps) takes(container, key, YamlNode::Kind::map);
        for (const auto key : container_texts) takes(container, key, YamlNode::Kind::scalar);
    }

    const Kube& kube_;
    Hits& hits_;
};

}

void check_form(const Kube& kube, Hits& hits) {
    for (const auto& problem : kube.read->nameless) hits.add(kube.file, problem.line, problem.column, problem.message);
    Form form(kube, hits);
    for (const KubeObject& object : kube.read->objects) form.check(object);
}

}
