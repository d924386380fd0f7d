#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "base/words.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/kustomize.h"
#include "sys/signature.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// What a container of Kubernetes may do on its host.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;

// What a chart renders isn't known here: told once for its folder.
void tell_template(const Kube& kube, const Project& project, Hits& hits) {
    const auto first = std::find_if(project.kubes.begin(), project.kubes.end(), [&](const Kube& one) {
        return one.read->is_template && folder_of(one.file) == folder_of(kube.file);
    });
    if (first != project.kubes.end() && first->file == kube.file)
        hits.add(kube.file, 0, 0,
                 "this is a template; the manifests that it renders aren't judged; run helm template . | "
                 "fairlead-preflight check --stdin-name k8s.yaml -")
            .level = Level::info;
}

void kube_syntax(const Kube& kube, const Project& project, Hits& hits) {
    if (kube.read->is_template) return tell_template(kube, project, hits);
    for (const auto& problem : kube.read->problems)
        hits.add(kube.file, problem.line, problem.column,
                 fmt::format("the manifest is not valid YAML; {}; fix this document",
                             replace_all(to_valid_utf8(problem.message.substr(0, 100)), ";", ",")));
    check_form(kube, hits);
}

// A field of the container's securityContext, else of the pod's.
std::string effective(const Container& container, std::string_view field) {
    const std::string path = fmt::format("securityContext.{}", field);
    const std::string own = kube_text(container.node, path);
    return own.empty() ? kube_text(*container.workload.spec, path) : own;
}

// sysctl -w vm.max_map_count=262144: no capability is enough, as /proc/sys can't be written.
bool sets_sysctl(const Container& container) {
    for (const std::string_view key : {"command", "args"})
        if (const YamlNode* words = container.node.find(key))
            for (const auto& word : words->items)
                if (has_any(" " + word.scalar + " ", {" sysctl ", "/sysctl "})) return true;
    return false;
}

void privileged(const Kube& kube, const Project&, Hits& hits) {
    each_container(kube, [&](const Container& container) {
        if (kube_text(container.node, "securityContext.privileged") != "true") return;
        const YamlNode& at = place(container.node, "securityContext.privileged");
        if (container.starts_first && sets_sysctl(container))
            hit(hits, kube, at,
                fmt::format(
                    "{} is privileged for a sysctl; it controls the node while it runs; set the sysctl on the node",
                    label(container)))
                .level = Level::warning;
        else
            hit(hits, kube, at,
                fmt::format("{} is privileged; it controls the node; name the capabilities that it needs",
                            label(container)));
    });
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
        if (lower(effective(container, "runAsNonRoot")) == "true") {
            if (user == "0")
                hit(hits, kube, at,
                    fmt::format("{} has runAsNonRoot: true and runAsUser: 0; the kubelet refuses to start it; set "
                                "another runAsUser",
                                label(container)))
                    .level = Level::error;
            return;
        }
        hit(hits, kube, at,
            fmt::format("{} {} as root; an attacker who breaks out is root on the node; set runAsNonRoot: true",
                        label(container), user == "0" ? "runs" : "may run"))
            .level = user == "0" ? std::optional(Level::error) : std::nullopt;
    });
}

bool lists(const YamlNode& node, std::string_view path, std::initializer_list<std::string_view> words) {
    const YamlNode* list = kube_at(node, path);
    return list && std::any_of(list->items.begin(), list->items.end(), [&](const YamlNode& item) {
               const std::string word = upper(item.scalar);
               return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return word == one; });
           });
}

// --password=x and --password x of args and command
void secrets_in_words(const Kube& kube, const Container& container, Hits& hits) {
    for (const std::string_view key : {"command", "args"}) {
        const YamlNode* words = container.node.find(key);
        for (std::size_t i = 0; words && i < words->items.size(); ++i) {
            const std::string& word = words->items[i].scalar;
            const auto equals = word.find('=');
            if (!word.starts_with("--")) continue;
            const bool is_next = equals == word.npos && i + 1 < words->items.size();
            const std::string name = word.substr(2, equals == word.npos ? equals : equals - 2);
            const std::string value = equals != word.npos ? word.substr(equals + 1)
                                      : is_next           ? words->items[i + 1].scalar
                                                          : "";
            if (is_secret_name(name) && is_secret(name, value) && value.find_first_of("/-") != 0 &&
                value.find("$(") == value.npos)
                set_cause_of_secret(hit(hits, kube, words->items[is_next ? i + 1 : i],
                                        fmt::format("--{} has a secret in the manifest; everybody who reads the "
                                                    "repository has it; use a variable with secretKeyRef",
                                                    shown(name))),
                                    value);
        }
    }
}

// postgresql://user:password@postgres/shop: a form's words.
bool has_words_of_template(std::string_view value) {
    const auto url = parse_url(value);
    return url.ok() && is_one_of(lower(url.value().user), {"user", "username", "dbuser", "db_user", "youruser"}) &&
           is_one_of(lower(url.value().password), {"pass", "password", "dbpassword", "db_password", "yourpassword"});
}

// A template's word, in whose place each overlay of kustomize puts another value.
bool is_replaced_word(const Project& project, const Kube& kube, std::string_view name, const YamlNode& item) {
    if (!is_placeholder(item.scalar)) return false;
    EnvValue value{std::string(name), item.scalar, item.scalar, kube.file, item.line, item.column};
    std::string unknown;
    return share_replaced(project, value, unknown) == Share::all;
}

// CHANGE_ME, also coded in base64: who applies the manifest fills it in.
bool is_to_be_filled_in(const KubeObject& object, std::string_view key, std::string_view value) {
    if (object.kind == "Secret" && key == "data") {
        const auto plain = sys::from_base64(value);
        return plain && asks_to_be_replaced(*plain);
    }
    return asks_to_be_replaced(value);
}

// What a ConfigMap and a Secret hold: both stand in the repository.
void secrets_in_data(const Kube& kube, const Project& project, Hits& hits) {
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
                if (has_words_of_template(value)) {
                    hit(hits, kube, item,
                        fmt::format("{} of {} has a template's user and password; what replaces them isn't here; "
                                    "create the Secret at the deployment",
                                    shown(name.scalar), label(object)))
                        .level = Level::warning;
                    continue;
                }
                if (is_replaced_word(project, kube, name.scalar, item)) continue; // conf-secret-placeholder's
                const bool is_one =
                    (is_secret_name(name.scalar) && is_secret(name.scalar, value)) || holds_login(value);
                if (!is_one) continue;
                const bool is_form = is_to_be_filled_in(object, key, value);
                Hit& found =
                    hit(hits, kube, item,
                        is_form ? fmt::format("{} of {} is a template's word; what replaces it isn't here; create the "
                                              "Secret at the deployment",
                                              shown(name.scalar), label(object))
                                : fmt::format("{} of {} is in the manifest; everybody who reads the repository has it; "
                                              "create the Secret at the deployment",
                                              shown(name.scalar), label(object)));
                if (is_form) found.level = Level::warning;
                set_cause_of_secret(found, value);
            }
        }
    }
}

// MY_SECRET_1: kube-linter's own reading; but not where a secret is to be found.
bool names_a_secret(std::string_view name) {
    const auto word = lower(name);
    for (const std::string_view end : {"name", "arn", "file", "path", "id", "ref", "key_id"})
        if (word.ends_with(end)) return false;
    return word.find("secret") != word.npos && !is_public_by_prefix(name);
}

void env_secret(const Kube& kube, const Project& project, Hits& hits) {
    secrets_in_data(kube, project, hits);
    each_container(kube, [&](const Container& container) {
        secrets_in_words(kube, container, hits);
        const YamlNode* env = container.node.find("env");
        if (!env) return;
        for (const YamlNode& variable : env->items) {
            const std::string name = kube_text(variable, "name");
            const std::string value = kube_text(variable, "value");
            const bool telling = is_secret_name(name) || names_a_secret(name) || holds_login(value);
            if (telling && !value.empty() && value.find("$(") == value.npos && !value.starts_with('/') &&
                value.find(name) == value.npos) // API_KEY_VAL stands for what kustomize or sed puts there
                set_cause_of_secret(hit(hits, kube, place(variable, "value"),
                                        fmt::format("{} is in the manifest; everybody who reads the repository has it; "
                                                    "use valueFrom.secretKeyRef",
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
                    fmt::format("{} is set twice in {}; the last value wins; remove one entry", shown(name),
                                label(container)));
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

}

std::span<const Rule> kube_security_rules() {
    static const Rule rows[] = {
        {.id = "kube-syntax",
         .title = "A manifest can't be read",
         .levels = always(Level::error),
         .check = kube_syntax,
         .why = "`kubectl apply` refuses the file, or applies the documents before the error and stops. `kubectl "
                "apply` also refuses a value of the wrong type, and a misspelled kind or key of Kubernetes' own "
                "objects.",
         .way_out = "kubectl apply --dry-run=client -f FILE"},
        {.id = "kube-privileged",
         .title = "A container is privileged",
         .levels = always(Level::error),
         .check = privileged,
         .why = "A privileged container has every device and capability of the node. If an init container is "
                "privileged only to set a sysctl, the level is warning.",
         .way_out = "securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}",
         .peers = {"privileged-container"}},
        {.id = "kube-run-as-non-root",
         .title = "A container may run as root",
         .levels = always(Level::warning),
         .check = run_as_non_root,
         .why = "Root in a container becomes root on the node as soon as somebody finds one hole in the kernel or the "
                "runtime.",
         .way_out = "securityContext: {runAsNonRoot: true, runAsUser: 10001}",
         .peers = {"run-as-non-root"},
         .refs = {"S4-06"}},
        {.id = "kube-env-secret",
         .title = "A manifest contains a secret",
         .levels = always(Level::error),
         .check = env_secret,
         .why = "Manifests are kept in repositories and in the history of the cluster. For objects of the kind Secret, "
                "the cluster has separate access rights.",
         .way_out = "valueFrom: {secretKeyRef: {name: app, key: token}}",
         .peers = {"env-var-secret", "read-secret-from-env-var"}},
        {.id = "kube-dup-env",
         .title = "A variable is set twice",
         .levels = always(Level::warning),
         .check = dup_env,
         .why = "The last value wins, and another value may win after somebody sorts the list.",
         .way_out = "one entry for each name",
         .peers = {"duplicate-env-var"}},
        {.id = "kube-net-raw",
         .title = "A container keeps the capability NET_RAW",
         .levels = always(Level::warning),
         .check = net_raw,
         .why = "With raw sockets, a container can forge the network packets of its neighbours.",
         .way_out = "securityContext: {capabilities: {drop: [ALL]}}",
         .peers = {"drop-net-raw-capability"}},
    };
    return rows;
}

}
