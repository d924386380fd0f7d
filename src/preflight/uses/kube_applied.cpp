#include "preflight/uses/kube_applied.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/kube_look.h"
#include "preflight/parts/told_commands.h"
#include "preflight/uses/compose_doubt.h"
#include "read/compose/compose.h"
#include "read/kube.h"
#include <algorithm>
#include <set>

namespace fairlead::preflight {

namespace {

struct Applied {
    std::set<std::string> files; // kubectl apply -f FILE, in a pipeline
    bool by_pipeline = false;    // one applies something of the project
    bool is_open = false;        // somebody applies a folder, a chart, or what a variable names
};

bool is_pipeline(std::string_view path) {
    return kind_of(path) == FileKind::workflow ||
           ends_with_any(path, {"Jenkinsfile", ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
                                "cloudbuild.yaml", "cloudbuild.yml", "buildspec.yml"});
}

// The words of commands, also of those that stand in a list of YAML, a word each: - 'apply'.
std::vector<std::string> command_words(std::string_view text) {
    std::string plain;
    for (const auto& line : split(text, '\n')) {
        auto words = trim(std::string_view(line));
        if (words.starts_with('#') || words.starts_with("//")) continue;
        if (words.starts_with("- ")) words.remove_prefix(2);
        plain += std::string(words) + " ";
    }
    for (char& c : plain)
        if (std::string_view("'\"`,[]{}()\r\t").find(c) != std::string_view::npos) c = ' ';
    auto words = split(plain, ' ');
    std::erase(words, "");
    return words;
}

// The project's file of that name: from the root, from where the command stands, or from a folder that it goes to.
std::string manifest_named(const Project& project, const std::string& by, const std::string& word) {
    if (word.find_first_of("$*") != word.npos || !ends_with_any(word, {".yaml", ".yml", ".json"})) return {};
    for (const auto& path : {path_in("", word), path_in(folder_of(by), word)})
        if (project.has(path)) return path;
    const auto found = std::find_if(project.paths.begin(), project.paths.end(),
                                    [&](const std::string& path) { return path.ends_with("/" + path_in("", word)); });
    return found == project.paths.end() ? "" : *found;
}

void add_applied(const Project& project, const std::string& by, const std::vector<std::string>& words, Applied& all) {
    constexpr std::size_t near = 4, longest = 12;
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (words[at] != "apply" && words[at] != "create") continue;
        const auto begin = at > near ? at - near : 0;
        if (std::none_of(words.begin() + static_cast<std::ptrdiff_t>(begin),
                         words.begin() + static_cast<std::ptrdiff_t>(at),
                         [](const std::string& word) { return word.ends_with("kubectl"); }))
            continue;
        for (auto next = at + 1; next < std::min(words.size(), at + longest); ++next) {
            const auto& word = words[next];
            if (word == "&&" || word == ";" || word == "|" || word.ends_with("kubectl")) break;
            if (word == "-k" || word.starts_with("--kustomize") || word == "-R" || word == "--recursive")
                all.is_open = true;
            if (word != "-f" && !word.starts_with("--filename")) continue;
            const auto named = word.find('=') != word.npos ? word.substr(word.find('=') + 1)
                               : next + 1 < words.size()   ? words[next + 1]
                                                           : std::string();
            const auto file = named.find("://") == named.npos ? manifest_named(project, by, named) : "";
            all.is_open = all.is_open || (file.empty() && named.find("://") == named.npos);
            if (!is_pipeline(by)) continue;
            all.by_pipeline = all.by_pipeline || !file.empty() || project.is_there(path_in("", named));
            if (!file.empty()) all.files.insert(file);
        }
    }
}

Applied applied_in(const Project& project) {
    Applied all;
    for (const auto& by : project.paths) {
        if (file_name(by).starts_with("kustomization.") || file_name(by) == "Chart.yaml") all.is_open = true;
        const auto text = tells_commands(by) || is_pipeline(by) ? project.read(by) : std::nullopt;
        if (!text) continue;
        if (is_pipeline(by) && has_any(*text, {"helm ", "kustomize", "argocd", "k8s-deploy@", "skaffold", "flux "}))
            all.is_open = true;
        if (text->find("kubectl") != text->npos) add_applied(project, by, command_words(*text), all);
    }
    return all;
}

bool has_object_of(const read::KubeFile& file, const read::KubeFile& other) {
    return std::any_of(file.objects.begin(), file.objects.end(), [&](const read::KubeObject& one) {
        return !one.name.empty() && std::any_of(other.objects.begin(), other.objects.end(), [&](const auto& same) {
            return one.kind == same.kind && one.name == same.name && one.space == same.space;
        });
    });
}

// Each file that is applied is named, and this one isn't, though it has an object of one of these.
bool is_left_by_pipelines(const Project& project, const Kube& kube, const Applied& all) {
    if (all.is_open || all.files.contains(kube.file)) return false;
    const bool repeats = std::any_of(project.kubes.begin(), project.kubes.end(), [&](const Kube& other) {
        return all.files.contains(other.file) && has_object_of(*kube.read, *other.read);
    });
    return repeats && !some_file_names(project, std::string(file_name(kube.file)), '-',
                                       [&](const std::string& by) { return by != kube.file; });
}

// kubectl apply -f k8s/, and not -f k8s/shop.yaml
bool applies_folder(std::string_view text, const std::string& folder) {
    for (const auto& flag : {"-f " + folder, "-f ./" + folder})
        for (auto at = text.find(flag); at != text.npos; at = text.find(flag, at + 1)) {
            auto end = at + flag.size();
            if (end < text.size() && text[end] == '/') ++end;
            if (end == text.size() || std::string_view(" \t\r\n\"'`;&|)").find(text[end]) != std::string_view::npos)
                return true;
        }
    return false;
}

// The kustomization of its folder lists others and not this one, and no command applies it.
bool is_left_by_kustomization(const Project& project, const Kube& kube) {
    const auto folder = folder_of(kube.file);
    const auto name = std::string(file_name(kube.file));
    bool lists = false, names = false;
    for (const auto& line : split(project.read(path_in(folder, "kustomization.yaml")).value_or(""), '\n')) {
        const auto words = trim(std::string_view(line));
        if (!words.starts_with("- ") && words.find("path:") == words.npos) continue;
        lists = lists || words.ends_with(".yaml") || words.ends_with(".yml");
        names = names || words.find(name) != words.npos;
    }
    if (!lists || names) return false;
    return std::none_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const bool may_apply = tells_commands(by) || is_pipeline(by) || by.ends_with(".ps1");
        const auto text = may_apply ? project.read(by) : std::nullopt;
        if (!text || text->find("kubectl") == text->npos) return false;
        return text->find(name) != text->npos || (!folder.empty() && applies_folder(*text, folder));
    });
}

// Names of what runs in the cluster: its workloads, and the images of their containers.
std::set<std::string> names_in_cluster(const Project& project) {
    std::set<std::string> names;
    for (const Kube& kube : project.kubes) {
        if (project.doubtful.contains(kube.file) || kube.profile == Profile::development) continue;
        kube::each_workload(kube, [&](const kube::Workload& workload) { names.insert(workload.object.name); });
        kube::each_container(kube, [&](const kube::Container& one) {
            names.emplace(compose::image_parts(read::kube_text(one.node, "image")).name);
        });
    }
    return names;
}

// shop for shop and shop-api
bool runs_there(const std::set<std::string>& names, const std::string& name) {
    const auto from = names.lower_bound(name);
    return !name.empty() && (names.contains(name) || std::any_of(from, names.end(), [&](const std::string& one) {
                                 return one.starts_with(name + "-");
                             }));
}

bool is_beside_cluster(const Project& project, const Compose& compose, const std::set<std::string>& names) {
    const auto& path = compose.files.front();
    const auto& services = compose.read->services;
    return compose.files.size() == 1 && !services.empty() && !profile_of(path) && is_started_by_nobody(project, path) &&
           std::all_of(services.begin(), services.end(),
                       [&](const read::ComposeService& service) {
                           return runs_there(names, service.name) ||
                                  runs_there(names, std::string(compose::image_parts(service.image).name));
                       }) &&
           // What the pipeline builds of another Dockerfile is judged by that file's own use.
           std::all_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
               return one.compose_file != path || (one.target.empty() && file_name(one.file) == "Dockerfile");
           });
}

}

void note_left_by_pipelines(Project& project) {
    for (const Kube& kube : project.kubes)
        if (is_left_by_kustomization(project, kube)) project.doubtful.insert(kube.file);
    if (project.kubes.empty()) return;
    const auto all = applied_in(project);
    if (!all.by_pipeline) return;
    std::set<std::string> left;
    for (const Kube& kube : project.kubes)
        if (is_left_by_pipelines(project, kube, all)) left.insert(kube.file);
    project.doubtful.merge(left);
    const auto names = names_in_cluster(project);
    for (const Compose& compose : project.composes)
        if (is_beside_cluster(project, compose, names)) project.doubtful.insert(compose.files.front());
}

bool is_left_to_cluster(const Project& project, const std::string& compose) {
    return project.doubtful.contains(compose) && !project.kubes.empty() && is_started_by_nobody(project, compose);
}

bool is_in_manifest(const Project& project, std::string_view value) {
    constexpr std::size_t least = 6;
    if (value.size() < least) return false;
    return std::any_of(project.kubes.begin(), project.kubes.end(), [&](const Kube& kube) {
        if (project.doubtful.contains(kube.file) || kube.profile == Profile::development) return false;
        bool found = false;
        kube::each_container(kube, [&](const kube::Container& one) {
            const auto* const env = read::kube_at(one.node, "env");
            for (const auto& item : env ? env->items : std::vector<sys::YamlNode>())
                found = found || read::kube_text(item, "value") == value;
        });
        return found;
    });
}

}
