#include "read/kube.h"
#include <algorithm>
#include <iterator>
#include <utility>

namespace fairlead::read {

namespace {

using sys::YamlNode;

void add_object(KubeFile& file, YamlNode root) {
    for (const std::string_view key : {"apiVersion", "kind"})
        if (const YamlNode* value = kube_at(root, key);
            value && (value->kind == YamlNode::Kind::list || value->kind == YamlNode::Kind::map))
            file.nameless.push_back({value->line, value->column,
                                     std::string(key) + " must be text; the cluster refuses this value; write " +
                                         (key == "kind" ? "kind: Deployment" : "apiVersion: apps/v1")});
    KubeObject object{kube_text(root, "apiVersion"), kube_text(root, "kind"), kube_text(root, "metadata.name"),
                      kube_text(root, "metadata.namespace"), std::move(root)};
    if (object.name.find("{{") != object.name.npos) return; // a template that happens to be YAML
    if (!object.api_version.empty() && !object.kind.empty()) file.objects.push_back(std::move(object));
}

void add_document(KubeFile& file, YamlNode root) {
    if (kube_text(root, "kind") == "List")
        for (auto& [key, items] : root.entries) {
            if (key.scalar != "items") continue;
            for (YamlNode& item : items.items) add_object(file, std::move(item));
            return;
        }
    add_object(file, std::move(root));
}

void shift(YamlNode& node, int lines) { // the parser allows 100 levels
    node.line += lines;
    for (YamlNode& item : node.items) shift(item, lines);
    for (auto& [key, value] : node.entries) {
        shift(key, lines);
        shift(value, lines);
    }
}

struct DocumentPart {
    std::string_view text;
    int line = 0; // lines before it
};

// At each line that begins with ---: no scalar can hold one at the left margin.
std::vector<DocumentPart> documents_of(std::string_view text) {
    std::vector<DocumentPart> parts{{text, 0}};
    int line = 0;
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const auto marker = text.substr(at, end - at);
        if (marker.starts_with("---") && (marker.size() == 3 || marker[3] == ' ' || marker[3] == '\r') && at > from) {
            parts.back().text = text.substr(from, at - from);
            parts.push_back({text.substr(at), line});
            from = at;
        }
        at = std::min(end + 1, text.size());
    }
    return parts;
}

}

KubeFile read_kube(std::string_view text, const std::string& name) {
    KubeFile file;
    auto whole = sys::parse_yaml_documents(text, name, sys::YamlDialect::compose);
    if (whole.ok()) {
        for (YamlNode& root : whole.value()) add_document(file, std::move(root));
        return file;
    }
    if (text.find("{{") != text.npos) {
        file.is_template = true;
        return file;
    }
    const auto refused = [&](const Error& error, int lines) {
        file.problems.push_back({error.place.line + lines, error.place.column, error.message});
    };
    if (text.size() > sys::yaml_size_limit) {
        refused(whole.error(), 0);
        return file;
    }
    for (const DocumentPart& part : documents_of(text)) {
        auto documents = sys::parse_yaml_documents(part.text, name, sys::YamlDialect::compose);
        if (!documents.ok()) {
            refused(documents.error(), part.line);
            continue;
        }
        for (YamlNode& root : documents.value()) {
            shift(root, part.line);
            add_document(file, std::move(root));
        }
    }
    return file;
}

const YamlNode* kube_at(const YamlNode& node, std::string_view path) {
    const YamlNode* at = &node;
    while (at && !path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        at = at->kind == YamlNode::Kind::map ? at->find(path.substr(0, dot)) : nullptr;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return at;
}

std::string kube_text(const YamlNode& node, std::string_view path) {
    const YamlNode* found = kube_at(node, path);
    return found && found->kind == YamlNode::Kind::scalar ? found->scalar : std::string();
}

bool kube_true(const YamlNode& node, std::string_view path) {
    const std::string text = kube_text(node, path);
    return text == "true" || text == "True" || text == "TRUE";
}

const YamlNode* kube_pod(const KubeObject& object) {
    constexpr std::pair<std::string_view, std::string_view> paths[] = {
        {"Pod", ""},
        {"Deployment", "spec.template"},
        {"DeploymentConfig", "spec.template"},
        {"StatefulSet", "spec.template"},
        {"DaemonSet", "spec.template"},
        {"ReplicaSet", "spec.template"},
        {"ReplicationController", "spec.template"},
        {"Job", "spec.template"},
        {"CronJob", "spec.jobTemplate.spec.template"},
    };
    const auto* found =
        std::find_if(std::begin(paths), std::end(paths), [&](const auto& row) { return row.first == object.kind; });
    return found == std::end(paths) ? nullptr : kube_at(object.root, found->second);
}

}
