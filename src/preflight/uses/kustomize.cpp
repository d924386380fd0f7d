#include "preflight/uses/kustomize.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using sys::YamlNode;

bool is_kustomization(std::string_view path) {
    const auto name = file_name(path);
    return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

// The kustomization of a folder; empty: it has none.
std::string kustomization_in(const Project& project, const std::string& folder) {
    for (const std::string_view name : {"kustomization.yaml", "kustomization.yml", "Kustomization"})
        if (auto path = path_in(folder, name); project.has(path)) return path;
    return {};
}

// https://…, git::…, github.com/org/repository//deploy?ref=v1: of another repository.
bool is_remote(std::string_view name) {
    return has_any(name, {"://", "git::", "git@", "?ref=", "github.com", "gitlab.com", "bitbucket.org", "//", "${"});
}

const std::vector<YamlNode>& items_of(const YamlNode& node, std::string_view key) {
    static const std::vector<YamlNode> none;
    const auto* const list = node.find(key);
    return list == nullptr ? none : list->items;
}

class Reader {
  public:
    Reader(const Project& project, Kustomization& one) : project_(project), one_(one), folder_(folder_of(one.file)) {}

    void take(const YamlNode& root) {
        for (const std::string_view key : {"resources", "bases", "components"})
            for (const auto& item : items_of(root, key)) take_resource(item);
        for (const auto& item : items_of(root, "patchesStrategicMerge")) add_patch(item.scalar, nullptr);
        for (const std::string_view key : {"patches", "patchesJson6902"})
            for (const auto& item : items_of(root, key)) {
                const auto path = read::kube_text(item, "path");
                add_patch(path.empty() ? read::kube_text(item, "patch") : path, item.find("target"));
            }
        for (const auto& item : items_of(root, "secretGenerator")) {
            auto& keys = one_.secrets[read::kube_text(item, "name")];
            for (const auto& literal : items_of(item, "literals"))
                keys.insert(literal.scalar.substr(0, literal.scalar.find('=')));
            for (const std::string_view file : {"envs", "env", "files"})
                if (item.find(file) != nullptr) keys.insert("*");
        }
    }

  private:
    void take_resource(const YamlNode& item) {
        if (item.scalar.empty() || is_remote(item.scalar)) return;
        const auto path = path_in(folder_, item.scalar);
        if (const auto other = kustomization_in(project_, path); !other.empty())
            one_.takes.insert(other);
        else if (project_.is_there(path))
            one_.takes.insert(path);
        else if (!path.starts_with("..")) // outside of the project
            one_.missing.push_back({item.scalar, item.line, item.column});
    }

    // A file's name, or the patch itself.
    void add_patch(const std::string& text, const YamlNode* target) {
        if (text.empty()) return;
        const bool is_name = text.find('\n') == text.npos && text.find(": ") == text.npos;
        const auto path = is_name ? path_in(folder_, text) : std::string();
        if (is_name) one_.patch_files.insert(path);
        const auto whole = is_name ? project_.read(path).value_or("") : text;
        const auto kind = target == nullptr ? "" : read::kube_text(*target, "kind");
        const auto name = target == nullptr ? "" : read::kube_text(*target, "name");
        auto read = read::read_kube(whole, path);
        for (auto& object : read.objects) {
            auto& patch = one_.patches.emplace_back(KustomizePatch{object.kind, object.name, whole, {}});
            if (target != nullptr) patch.kind = kind, patch.name = name;
            patch.object = std::move(object);
        }
        if (read.objects.empty()) one_.patches.push_back({kind, name, whole, {}});
    }

    const Project& project_;
    Kustomization& one_;
    std::string folder_;
};

}

Kustomizations::Kustomizations(const Project& project) {
    for (const auto& path : project.paths) {
        const auto text = is_kustomization(path) ? project.read(path) : std::nullopt;
        if (!text) continue;
        const auto documents = sys::parse_yaml_documents(*text, path, sys::YamlDialect::compose);
        if (!documents.ok()) continue; // kube-syntax tells it
        auto& one = all_.emplace_back();
        one.file = path;
        for (const auto& root : documents.value()) Reader(project, one).take(root);
    }
}

bool Kustomizations::is_only_patch(const std::string& path) const {
    bool patches = false;
    for (const auto& one : all_) {
        if (one.takes.contains(path)) return false;
        patches = patches || one.patch_files.contains(path);
    }
    return patches;
}

void Kustomizations::add_taken(const Kustomization& one, Whole& whole) const {
    if (std::find(whole.begin(), whole.end(), &one) != whole.end()) return;
    whole.push_back(&one);
    for (const auto& other : all_)
        if (one.takes.contains(other.file)) add_taken(other, whole);
}

std::vector<Kustomizations::Whole> Kustomizations::wholes_of(const std::string& manifest) const {
    std::vector<Whole> found;
    for (const auto& one : all_) {
        if (std::any_of(all_.begin(), all_.end(), [&](const auto& other) { return other.takes.contains(one.file); }))
            continue;
        Whole whole;
        add_taken(one, whole);
        if (std::any_of(whole.begin(), whole.end(), [&](const auto* part) { return part->takes.contains(manifest); }))
            found.push_back(std::move(whole));
    }
    return found;
}

namespace {

Share share_of(std::size_t number, std::size_t all) {
    return number == 0 ? Share::none : number < all ? Share::some : Share::all;
}

// Those that go where this run asks about: overlays/dev is nothing to production, if another one is.
std::vector<Kustomizations::Whole> wholes_for(const Project& project, const std::string& manifest) {
    auto all = project.kustomizations->wholes_of(manifest);
    const auto is_milder = [&](const Kustomizations::Whole& whole) {
        const auto folder = folder_of(whole.front()->file);
        return profile_in(file_name(folder)).value_or(project.profile) < project.profile;
    };
    if (!std::all_of(all.begin(), all.end(), is_milder)) std::erase_if(all, is_milder);
    return all;
}

bool changes(const KustomizePatch& patch, std::string_view kind, std::string_view name) {
    const bool is_expression = patch.name.find_first_of("*.|[(") != patch.name.npos;
    return (patch.kind.empty() || patch.kind == kind) && (patch.name.empty() || patch.name == name || is_expression);
}

}

Share share_patched(const Project& project, const std::string& manifest, const read::KubeObject& object,
                    const std::function<bool(const KustomizePatch& patch)>& is_such) {
    if (!project.kustomizations) return Share::none;
    const auto wholes = wholes_for(project, manifest);
    const auto number = std::count_if(wholes.begin(), wholes.end(), [&](const Kustomizations::Whole& whole) {
        return std::any_of(whole.begin(), whole.end(), [&](const Kustomization* part) {
            return std::any_of(part->patches.begin(), part->patches.end(), [&](const KustomizePatch& patch) {
                return changes(patch, object.kind, object.name) && is_such(patch);
            });
        });
    });
    return share_of(static_cast<std::size_t>(number), wholes.size());
}

namespace {

// The Secret whose manifest has the value; empty: none.
std::string secret_with(const Project& project, const EnvValue& value) {
    for (const Kube& kube : project.kubes)
        for (const auto& object : kube.read->objects) {
            const auto* const data = kube.file == value.file ? read::kube_at(object.root, "stringData") : nullptr;
            const auto* const item = data == nullptr ? nullptr : data->find(value.name);
            if (item != nullptr && item->line == value.line) return object.name;
        }
    return {};
}

bool sets_again(const Kustomization& part, const std::string& secret, const std::string& key) {
    const auto found = part.secrets.find(secret);
    if (found != part.secrets.end() && (found->second.contains("*") || found->second.contains(key))) return true;
    return std::any_of(part.patches.begin(), part.patches.end(), [&](const KustomizePatch& patch) {
        return changes(patch, "Secret", secret) && patch.text.find(key) != patch.text.npos;
    });
}

}

Share share_replaced(const Project& project, const EnvValue& value, std::string& unknown) {
    const auto secret = project.kustomizations ? secret_with(project, value) : std::string();
    if (secret.empty()) return Share::none;
    const auto wholes = wholes_for(project, value.file);
    const auto sets = [&](const Kustomization& part) { return sets_again(part, secret, value.name); };
    std::size_t number = 0;
    for (const auto& whole : wholes) {
        if (std::any_of(whole.begin(), whole.end(), [&](const auto* part) { return sets(*part); })) {
            ++number;
            continue;
        }
        for (const auto* part : whole) {
            if (part->missing.empty()) continue;
            if (unknown.empty()) unknown = path_in(folder_of(part->file), part->missing.front().name);
            ++number;
            break;
        }
    }
    return share_of(number, wholes.size());
}

}
