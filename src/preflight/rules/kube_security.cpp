#include "base/credentials.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/kube_look.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>

// What a container of Kubernetes may do on its host.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;
using read::kube_true;

// What a chart renders isn't known here: told once for its folder.
void tell_template(const Kube& kube, const Project& project, Hits& hits) {
    const auto first = std::find_if(project.kubes.begin(), project.kubes.end(), [&](const Kube& one) {
        return one.read->is_template && folder_of(one.file) == folder_of(kube.file);
    });
    if (first != project.kubes.end() && first->file == kube.file)
        hits.add(kube.file, 0, 0,
                 "this is a template; what it renders isn't judged; helm template . | fairlead-preflight check "
                 "--stdin-name k8s.yaml -")
            .level = Level::info;
}

void kube_syntax(const Kube& kube, const Project& project, Hits& hits) {
    if (kube.read->is_template) return tell_template(kube, project, hits);
    for (const auto& problem : kube.read->problems)
        hits.add(kube.file, problem.line, problem.column,
                 fmt::format("the manifest is no YAML; {}; mend this document",
                             replace_all(to_valid_utf8(problem.message.substr(0, 100)), ";", ",")));
}

// A field of the container's securityContext, else of the pod's.
std::string effective(const Container& container, std::string_view field) {
    const std::string path = fmt::format("securityContext.{}", field);
    const std::string own = kube_text(container.node, path);
    return own.empty() ? kube_text(*container.workload.spec, path) : own;
}

void run_as_non_root(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const std::string user = effective(container, "runAsUser");
        const YamlNode& at = place(container.node, "securityContext");
        if (!user.empty() && user != "0") {
            if (effective(container, "runAsGroup") == "0")
                hit(hits, kube, at,
                    fmt::format("{} runs in group 0; root's files are open to it; set another runAsGroup",
                                label(container)));
            return;
        }
        if (lower(effective(container, "runAsNonRoot")) == "true" && user != "0") return;
        hit(hits, kube, at,
            fmt::format("{} may run as root; a break-out would own the node; set runAsNonRoot: true",
                        label(container)));
    });
}

void kube_privileged(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        if (kube_true(container.node, "securityContext.privileged"))
            hit(hits, kube, place(container.node, "securityContext.privileged"),
                fmt::format("{} is privileged; it owns the node; name the capabilities it needs", label(container)));
    });
}

bool lists(const YamlNode& node, std::string_view path, std::initializer_list<std::string_view> words) {
    const YamlNode* list = kube_at(node, path);
    return list && std::any_of(list->items.begin(), list->items.end(), [&](const YamlNode& item) {
               const std::string word = upper(item.scalar);
               return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return word == one; });
           });
}

void privilege_escalation(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        constexpr std::string_view path = "securityContext.allowPrivilegeEscalation";
        if (kube_true(container.node, path))
            hit(hits, kube, place(container.node, path),
                fmt::format("{} allows privilege escalation; a setuid file makes it root; set it to false",
                            label(container)));
    });
}

void read_only_root(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        if (!kube_true(container.node, "securityContext.readOnlyRootFilesystem"))
            hit(hits, kube, place(container.node, "securityContext"),
                fmt::format("{} can write its root; an intruder's tools would stay; set readOnlyRootFilesystem: true",
                            label(container)));
    });
}

struct HostPart {
    std::string_view field, fact;
};

void host_part(const Kube& kube, Hits& hits, const HostPart& part) {
    each_workload(kube, [&](const Workload& workload) {
        if (workload.spec && kube_true(*workload.spec, part.field))
            hit(hits, kube, place(*workload.spec, part.field),
                fmt::format("{} sets {}; {}; remove it", label(workload.object), part.field, part.fact));
    });
}

void host_network(const Kube& kube, const Project&, Hits& hits) {
    host_part(kube, hits, {"hostNetwork", "it hears and speaks as the node"});
}
void host_pid(const Kube& kube, const Project&, Hits& hits) {
    host_part(kube, hits, {"hostPID", "it sees and stops the node's processes"});
}
void host_ipc(const Kube& kube, const Project&, Hits& hits) {
    host_part(kube, hits, {"hostIPC", "it reads the memory that others share"});
}

template <typename Wanted>
void each_host_path(const Kube& kube, Wanted each) {
    each_workload(kube, [&](const Workload& workload) {
        const YamlNode* volumes = workload.spec ? workload.spec->find("volumes") : nullptr;
        if (!volumes) return;
        for (const YamlNode& volume : volumes->items)
            if (std::string path = kube_text(volume, "hostPath.path"); !path.empty()) {
                while (path.size() > 1 && path.ends_with('/')) path.pop_back();
                each(workload, place(volume, "hostPath.path"), path);
            }
    });
}

void kube_docker_sock(const Kube& kube, const Project&, Hits& hits) {
    each_host_path(kube, [&](const Workload& workload, const YamlNode& at, const std::string& path) {
        for (const std::string_view name : {"docker.sock", "containerd.sock", "crio.sock"})
            if (path.ends_with(name))
                hit(hits, kube, at,
                    fmt::format("{} mounts {}; it can start root containers; remove the mount", label(workload.object),
                                name));
    });
}

void kube_host_mount(const Kube& kube, const Project&, Hits& hits) {
    constexpr std::string_view delicate[] = {"/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr"};
    each_host_path(kube, [&](const Workload& workload, const YamlNode& at, const std::string& path) {
        if (std::find(std::begin(delicate), std::end(delicate), path) != std::end(delicate))
            hit(hits, kube, at,
                fmt::format("{} mounts the node's {}; it reads or changes the host; mount only what it needs",
                            label(workload.object), path));
    });
}

// --password=x of args and command
void secrets_in_words(const Kube& kube, const Container& container, Hits& hits) {
    for (const std::string_view key : {"command", "args"}) {
        const YamlNode* words = container.node.find(key);
        for (std::size_t i = 0; words && i < words->items.size(); ++i) {
            const std::string& word = words->items[i].scalar;
            const auto equals = word.find('=');
            if (!word.starts_with("--") || equals == word.npos || word.find("$(") != word.npos) continue;
            const std::string name = word.substr(2, equals - 2);
            if (is_secret_name(name) && is_secret(name, word.substr(equals + 1)) && word[equals + 1] != '/')
                is_of_secret(
                    hit(hits, kube, words->items[i],
                        fmt::format(
                            "--{} has a secret in the manifest; all who read the repository have it; use a variable "
                            "by secretKeyRef",
                            shown(name))),
                    word.substr(equals + 1));
        }
    }
}

// What a ConfigMap and a Secret hold: both stand in the repository.
void secrets_in_data(const Kube& kube, Hits& hits) {
    for (const auto& object : kube.read->objects) {
        if (object.kind != "ConfigMap" && object.kind != "Secret") continue;
        for (const std::string_view key : {"data", "stringData"}) {
            const YamlNode* data = object.root.find(key);
            if (data == nullptr) continue;
            for (const auto& [name, item] : data->entries) {
                const std::string& value = item.scalar;
                if (value.starts_with('<') || value.find("$(") != value.npos || value.find("${") != value.npos ||
                    value.find('\n') != value.npos)
                    continue;
                if ((is_secret_name(name.scalar) && is_secret(name.scalar, value)) ||
                    (value.find("://") != value.npos && holds_credentials(value)))
                    is_of_secret(
                        hit(hits, kube, item,
                            fmt::format(
                                "{} of {} stands in the manifest; all who read the repository have it; make the "
                                "Secret when deploying",
                                shown(name.scalar), label(object))),
                        value);
            }
        }
    }
}

// MY_SECRET_1: kube-linter's own reading; but not where a secret is to be found.
bool names_a_secret(std::string_view name) {
    const auto word = lower(name);
    for (const std::string_view end : {"name", "arn", "file", "path", "id", "ref", "key_id"})
        if (word.ends_with(end)) return false;
    return word.find("secret") != word.npos;
}

void env_secret(const Kube& kube, const Project&, Hits& hits) {
    secrets_in_data(kube, hits);
    each_container(kube, [&](const Container& container) {
        secrets_in_words(kube, container, hits);
        const YamlNode* env = container.node.find("env");
        if (!env) return;
        for (const YamlNode& variable : env->items) {
            const std::string name = kube_text(variable, "name");
            const std::string value = kube_text(variable, "value");
            const bool telling = is_secret_name(name) || names_a_secret(name) ||
                                 (value.find("://") != value.npos && holds_credentials(value));
            if (telling && !value.empty() && value.find("$(") == value.npos && !value.starts_with('/') &&
                value.find(name) == value.npos) // API_KEY_VAL stands for what kustomize or sed puts there
                is_of_secret(hit(hits, kube, place(variable, "value"),
                                 fmt::format("{} stands in the manifest; all who read the repository have it; use "
                                             "valueFrom.secretKeyRef",
                                             shown(name))),
                             value);
        }
    });
}

void dup_env(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* env = container.node.find("env");
        std::set<std::string> seen;
        if (!env) return;
        for (const YamlNode& variable : env->items)
            if (const std::string name = kube_text(variable, "name"); !name.empty() && !seen.insert(name).second)
                hit(hits, kube, variable,
                    fmt::format("{} stands twice in {}; the last wins; remove one", shown(name), label(container)));
    });
}

void net_raw(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* capabilities = kube_at(container.node, "securityContext.capabilities");
        // Without any, kube-linter is silent as well: kube-run-as-non-root and its like tell that one.
        if (!capabilities || capabilities->kind != YamlNode::Kind::map) return;
        const bool added = lists(*capabilities, "add", {"NET_RAW", "CAP_NET_RAW", "ALL"});
        if (added || !lists(*capabilities, "drop", {"NET_RAW", "CAP_NET_RAW", "ALL"}))
            hit(hits, kube, *capabilities,
                fmt::format("{} has NET_RAW; it can forge packets of its neighbours; write drop: [ALL]",
                            label(container)));
    });
}

// Those by which a container leaves its own bounds (capabilities(7)).
void capabilities(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        const YamlNode* const added = kube_at(container.node, "securityContext.capabilities.add");
        if (!added) return;
        for (const YamlNode& one : added->items) {
            auto name = upper(one.scalar);
            if (name.starts_with("CAP_")) name.erase(0, 4);
            for (const std::string_view grave :
                 {"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"})
                if (name == grave)
                    hit(hits, kube, one,
                        fmt::format(
                            "{} has {}; with it a process can leave the container; drop it, or say why in a comment",
                            label(container), name));
        }
    });
}

void proc_mount(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        if (lower(kube_text(container.node, "securityContext.procMount")) == "unmasked")
            hit(hits, kube, place(container.node, "securityContext.procMount"),
                fmt::format("{} has procMount Unmasked; the kernel's settings lie open; remove it", label(container)));
    });
}

// Those that Kubernetes itself calls safe, and those that reach other pods.
void sysctls(const Kube& kube, const Project&, Hits& hits) {
    constexpr std::string_view safe[] = {"kernel.shm_rmid_forced",
                                         "net.ipv4.ip_local_port_range",
                                         "net.ipv4.tcp_syncookies",
                                         "net.ipv4.ping_group_range",
                                         "net.ipv4.ip_unprivileged_port_start",
                                         "net.ipv4.ip_local_reserved_ports",
                                         "net.ipv4.tcp_keepalive_time",
                                         "net.ipv4.tcp_fin_timeout",
                                         "net.ipv4.tcp_keepalive_intvl",
                                         "net.ipv4.tcp_keepalive_probes"};
    constexpr std::string_view unsafe[] = {"kernel.msg", "kernel.sem", "kernel.shm", "fs.mqueue.", "net."};
    each_workload(kube, [&](const Workload& workload) {
        const YamlNode* list = workload.spec ? kube_at(*workload.spec, "securityContext.sysctls") : nullptr;
        if (!list) return;
        for (const YamlNode& one : list->items) {
            const std::string name = kube_text(one, "name");
            const bool allowed = std::find(std::begin(safe), std::end(safe), name) != std::end(safe);
            const bool refused = std::any_of(std::begin(unsafe), std::end(unsafe),
                                             [&](std::string_view begin) { return name.starts_with(begin); });
            if (!allowed && refused)
                hit(hits, kube, one,
                    fmt::format("{} sets the sysctl {}; it isn't kept apart from other pods; remove it",
                                label(workload.object), shown(name)));
        }
    });
}

}

std::span<const Rule> kube_security_rules() {
    static const Rule rows[] = {
        {.id = "kube-syntax",
         .title = "A manifest can't be read",
         .levels = always(Level::error),
         .check = kube_syntax,
         .why = "kubectl apply refuses the file, or applies the documents before this one and stops.",
         .way_out = "kubectl apply --dry-run=client -f FILE"},
        {.id = "kube-run-as-non-root",
         .title = "A container may run as root",
         .levels = always(Level::warning),
         .check = run_as_non_root,
         .why = "Root in a container is root on the node as soon as one hole in the kernel or runtime is found.",
         .way_out = "securityContext: {runAsNonRoot: true, runAsUser: 10001}",
         .peers = {"run-as-non-root"},
         .refs = {"S4-06"}},
        {.id = "kube-privileged",
         .title = "A container is privileged",
         .levels = always(Level::error),
         .check = kube_privileged,
         .why = "A privileged container has every device and capability of the node.",
         .way_out = "securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}",
         .peers = {"privileged-container"}},
        {.id = "kube-privilege-escalation",
         .title = "A container allows privilege escalation",
         .levels = always(Level::warning),
         .check = privilege_escalation,
         .why = "With it a setuid file gives a process more rights than its parent had.",
         .way_out = "securityContext: {allowPrivilegeEscalation: false}",
         .peers = {"privilege-escalation-container"}},
        {.id = "kube-read-only-root",
         .title = "A container can write its root file system",
         .levels = always(Level::warning),
         .check = read_only_root,
         .why = "Whoever gets in can leave tools behind and change the program.",
         .way_out = "securityContext: {readOnlyRootFilesystem: true}, and an emptyDir for /tmp",
         .peers = {"no-read-only-root-fs"}},
        {.id = "kube-host-network",
         .title = "A pod uses the node's network",
         .levels = always(Level::error),
         .check = host_network,
         .why = "It reaches what listens on the node only, and no network policy holds it.",
         .way_out = "remove hostNetwork",
         .peers = {"host-network"}},
        {.id = "kube-host-pid",
         .title = "A pod sees the node's processes",
         .levels = always(Level::error),
         .check = host_pid,
         .why = "It can read other processes' environments, with their secrets, and stop them.",
         .way_out = "remove hostPID",
         .peers = {"host-pid"}},
        {.id = "kube-host-ipc",
         .title = "A pod shares the node's memory segments",
         .levels = always(Level::error),
         .check = host_ipc,
         .why = "Shared memory of every process on the node lies open to it.",
         .way_out = "remove hostIPC",
         .peers = {"host-ipc"}},
        {.id = "kube-docker-sock",
         .title = "A pod gets the container engine's socket",
         .levels = always(Level::error),
         .check = kube_docker_sock,
         .why = "Whoever can talk to the engine can start a container that owns the node.",
         .way_out = "remove the volume; build images with a builder that needs no socket",
         .peers = {"docker-sock"}},
        {.id = "kube-host-mount",
         .title = "A pod mounts a delicate folder of the node",
         .levels = always(Level::error),
         .check = kube_host_mount,
         .why = "From /etc, /proc or / a container reads and changes the node itself.",
         .way_out = "a volume of its own: emptyDir, a claim, a ConfigMap",
         .peers = {"sensitive-host-mounts"}},
        {.id = "kube-env-secret",
         .title = "A secret stands in the manifest",
         .levels = always(Level::error),
         .check = env_secret,
         .why = "Manifests lie in repositories and in the history of the cluster; a Secret has its own rights.",
         .way_out = "valueFrom: {secretKeyRef: {name: app, key: token}}",
         .peers = {"env-var-secret", "read-secret-from-env-var"}},
        {.id = "kube-dup-env",
         .title = "A variable is set twice",
         .levels = always(Level::warning),
         .check = dup_env,
         .why = "The last one wins, and which that is changes when somebody sorts the list.",
         .way_out = "one entry per name",
         .peers = {"duplicate-env-var"}},
        {.id = "kube-capabilities",
         .title = "A container has a capability that leads out of it",
         .levels = always(Level::warning),
         .check = capabilities,
         .why = "CAP_SYS_ADMIN and its like mount, load and read what isn't the container's: nearly as good as "
                "privileged.",
         .way_out = "securityContext: {capabilities: {drop: [ALL]}}"},
        {.id = "kube-net-raw",
         .title = "A container keeps NET_RAW",
         .levels = always(Level::warning),
         .check = net_raw,
         .why = "With raw sockets a container forges packets of its neighbours.",
         .way_out = "securityContext: {capabilities: {drop: [ALL]}}",
         .peers = {"drop-net-raw-capability"}},
        {.id = "kube-sysctls",
         .title = "A pod sets unsafe sysctls",
         .levels = always(Level::warning),
         .check = sysctls,
         .why = "Unsafe sysctls reach other pods of the node, and a node refuses them unless told otherwise.",
         .way_out = "only those that Kubernetes lists as safe",
         .peers = {"unsafe-sysctls"}},
        {.id = "kube-proc-mount",
         .title = "A container sees all of /proc",
         .levels = always(Level::error),
         .check = proc_mount,
         .why = "Unmasked, /proc lets a container read and change what the kernel keeps for the node.",
         .way_out = "remove procMount",
         .peers = {"unsafe-proc-mount"}},
    };
    return rows;
}

}
