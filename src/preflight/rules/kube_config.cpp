#include "preflight/kube_names.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// What pods take of ConfigMaps and Secrets, and what annotations tell the server of an Ingress.
namespace fairlead::preflight {

namespace {

using namespace kube;
using read::kube_at;
using read::kube_text;
using read::kube_true;

void key_missing(const Kube& kube, const Project& project, Hits& hits) {
    if (kube.is_patch) return;
    const auto ask = [&](const KubeObject& by, std::string_view kind, const std::string& name, const YamlNode& at) {
        const auto& keys = kube_names(project).keys;
        const auto key = kube_text(at, "key");
        const auto found = keys.find({std::string(kind), name});
        if (found == keys.end() || key.empty() || key.find_first_of("${") != key.npos || found->second.contains(key))
            return;
        hit(hits, kube, place(at, "key"),
            fmt::format("{} takes {} of {} {}, which has no such key; its container never starts; correct the key",
                        label(by), shown(key), kind, shown(name)));
    };
    each_container(kube, [&](const Container& container) {
        const YamlNode* const variables = container.node.find("env");
        for (const YamlNode& one : variables ? variables->items : std::vector<YamlNode>())
            for (const auto& [path, kind] :
                 {std::pair{"valueFrom.configMapKeyRef", "ConfigMap"}, std::pair{"valueFrom.secretKeyRef", "Secret"}})
                if (const YamlNode* const of = kube_at(one, path); of && !kube_true(*of, "optional"))
                    ask(container.workload.object, kind, kube_text(*of, "name"), *of);
    });
    each_workload(kube, [&](const Workload& workload) {
        const YamlNode* const volumes = workload.spec ? workload.spec->find("volumes") : nullptr;
        for (const YamlNode& volume : volumes ? volumes->items : std::vector<YamlNode>())
            for (const auto& [path, kind, name] :
                 {std::tuple{"configMap", "ConfigMap", "name"}, std::tuple{"secret", "Secret", "secretName"}})
                if (const YamlNode* const of = volume.find(path); of && !kube_true(*of, "optional"))
                    if (const YamlNode* const items = of->find("items"))
                        for (const YamlNode& item : items->items)
                            ask(workload.object, kind, kube_text(*of, name), item);
    });
}

// An annotation of ingress-nginx: "ssl-redirect".
const YamlNode* annotation(const KubeObject& object, std::string_view name) {
    const YamlNode* const all = object.kind == "Ingress" ? kube_at(object.root, "metadata.annotations") : nullptr;
    return all ? all->find("nginx.ingress.kubernetes.io/" + std::string(name)) : nullptr;
}

void ingress_plain(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* const redirect = annotation(object, "ssl-redirect");
        const YamlNode* const forced = annotation(object, "force-ssl-redirect");
        if (redirect && redirect->scalar == "false" && !(forced && forced->scalar == "true") &&
            kube_at(object.root, "spec.tls"))
            hit(hits, kube, *redirect,
                fmt::format("{} has TLS, but doesn't redirect http to it; logins may be sent unencrypted; remove "
                            "ssl-redirect: \"false\"",
                            label(object)));
    }
}

void ingress_origins(const Kube& kube, const Project&, Hits& hits) {
    for (const KubeObject& object : kube.read->objects) {
        const YamlNode* const enabled = annotation(object, "enable-cors");
        if (!enabled || enabled->scalar != "true") continue;
        const YamlNode* const origins = annotation(object, "cors-allow-origin");
        if (!origins || origins->scalar == "*")
            hit(hits, kube, origins ? *origins : *enabled,
                fmt::format("{} allows every origin; a page of any site can read its answers; name the origins in "
                            "cors-allow-origin",
                            label(object)));
    }
}

}

std::span<const Rule> kube_config_rules() {
    static const Rule rows[] = {
        {.id = "kube-key-missing",
         .title = "A pod takes a key that its ConfigMap or Secret lacks",
         .levels = always(Level::error),
         .check = key_missing,
         .why =
             "Without the value, the kubelet doesn't create the container, unless the reference has `optional: true`.",
         .way_out = "env: [{name: ISSUER, valueFrom: {configMapKeyRef: {name: app, key: jwt-issuer}}}]"},
        {.id = "kube-ingress-redirect",
         .title = "An Ingress with TLS also answers over http",
         .levels = deployed(Level::warning),
         .check = ingress_plain,
         .why = "If an Ingress has TLS, ingress-nginx redirects http to https by itself. An annotation of this Ingress "
                "turns the redirect off.",
         .way_out = "nginx.ingress.kubernetes.io/ssl-redirect: \"true\""},
        {.id = "kube-ingress-cors",
         .title = "An Ingress allows every origin",
         .levels = deployed(Level::warning),
         .check = ingress_origins,
         .why = "By default, `cors-allow-origin` is `*`: a page of any site may call the API and read its answers.",
         .way_out = "nginx.ingress.kubernetes.io/cors-allow-origin: https://shop.example.org"}};
    return rows;
}

}
