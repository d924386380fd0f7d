#include "init/look.h"
#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/files/beneath.h"
#include "sys/git/project_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::init {

namespace {

// 1.2.3 with what may follow; "v" is taken off before.
bool is_version(std::string_view text) {
    const auto end = text.find_first_not_of("0123456789.");
    const auto numbers = text.substr(0, end);
    return numbers.find('.') != numbers.npos && numbers.front() != '.' && numbers.back() != '.';
}

// 1.2.3 or 1.2.3-rc.1 as semver.org has it: three numbers, none with a leading zero.
bool is_semver(std::string_view text) {
    const auto numbers = split(std::string(text.substr(0, text.find_first_of("-+"))), '.');
    return numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), [](const std::string& number) {
               return !number.empty() && number.find_first_not_of("0123456789") == number.npos &&
                      (number[0] != '0' || number.size() == 1);
           });
}

struct Forms {
    std::size_t v = 0, bare = 0, component = 0;
    std::set<std::string> globs;
};

void count(Forms& forms, const std::string& tag) {
    if (tag.starts_with('v') && is_version(std::string_view(tag).substr(1))) {
        ++forms.v;
    } else if (is_version(tag)) {
        ++forms.bare;
    } else {
        const auto at = tag.rfind('@');
        const auto dash = tag.rfind("-v"), plain = tag.rfind('-');
        const auto slash = tag.rfind("/v"); // of a Go module below the root
        if (at != tag.npos && at > 0 && is_version(std::string_view(tag).substr(at + 1)))
            forms.globs.insert("*@[0-9]+.*");
        else if (dash != tag.npos && dash > 0 && is_version(std::string_view(tag).substr(dash + 2)))
            forms.globs.insert("*-v[0-9]+.*");
        else if (slash != tag.npos && slash > 0 && is_version(std::string_view(tag).substr(slash + 2)))
            forms.globs.insert("*/v[0-9]+.*");
        else if (plain != tag.npos && plain > 0 && is_version(std::string_view(tag).substr(plain + 1)))
            forms.globs.insert(numbered_glob);
        else
            return;
        ++forms.component;
    }
}

// As the remote says, which git writes down when it clones; else the usual name among the remote's branches, then
// among those here; else the branch that is checked out.
std::string branch_of(const sys::Repository& repository) {
    const auto remote = "refs/remotes/" + repository.remote() + "/";
    const auto told = repository.symbolic_target(remote + "HEAD").value_or("");
    if (told.size() > remote.size() && told.starts_with(remote)) return told.substr(remote.size());
    for (const auto& folder : {remote, std::string("refs/heads/")}) {
        const auto branches = repository.references(folder);
        if (!branches.ok()) continue;
        for (const std::string name : {"main", "master", "develop", "trunk"})
            if (std::any_of(branches->begin(), branches->end(),
                            [&](const auto& reference) { return reference.name == folder + name; }))
                return name;
    }
    const auto head = repository.head_branch().value_or("");
    return head.starts_with("refs/heads/") ? head.substr(11) : "main";
}

// The tags that say a version, those of the newest commits: a project may have changed its form.
Result<std::vector<std::string>> latest_tags(const sys::Repository& repository) {
    constexpr std::size_t most = 10;
    std::vector<std::pair<std::int64_t, std::string>> tags;
    const auto references = TRY(repository.references("refs/tags/"));
    for (const auto& [name, commit] : references) {
        std::vector<std::string> globs;
        auto tag = name.substr(10);
        if (form_of({tag}, globs) == TagForm::none || commit.empty()) continue;
        const auto at = repository.commit(commit); // a partial clone may lack it
        tags.emplace_back(at.ok() ? at->committer_time : 0, std::move(tag));
    }
    std::sort(tags.rbegin(), tags.rend());
    if (tags.size() > most) tags.resize(most);
    std::vector<std::string> names;
    for (auto& [time, name] : tags) names.push_back(std::move(name));
    return names;
}

// A pipe, a device or a link out of the tree in a manifest's place: no file of the project, but its user means one.
void add_odd_manifests(const sys::Root& root, std::vector<std::string>& paths) {
    for (const auto& row : recognisers)
        for (const auto name : row.manifests) {
            const auto info = root.inspect(name);
            const bool odd = info.ok() && (info->type == sys::FileType::link || info->type == sys::FileType::other);
            if (odd && !contains(paths, name)) paths.emplace_back(name);
        }
    std::sort(paths.begin(), paths.end());
}

}

TagForm form_of(const std::vector<std::string>& tags, std::vector<std::string>& globs) {
    Forms forms;
    for (const auto& tag : tags) count(forms, tag);
    globs.clear();
    const auto most = std::max({forms.v, forms.bare, forms.component});
    if (most == 0) return TagForm::none;
    if (forms.component == most) {
        globs.assign(forms.globs.begin(), forms.globs.end());
        return TagForm::component;
    }
    globs = {forms.v == most ? "v[0-9]+.*" : "[0-9]+.*"};
    return forms.v == most ? TagForm::v : TagForm::bare;
}

std::string type_of(const std::vector<std::string>& tags) {
    std::size_t versions = 0, semantic = 0;
    for (const auto& tag : tags) {
        const auto number = std::string_view(tag).substr(tag.starts_with('v') ? 1 : 0);
        if (!is_version(number)) continue;
        ++versions;
        if (is_semver(number)) ++semantic;
    }
    return versions > 2 * semantic ? "pep440" : "semver";
}

Result<Project> look_at(const std::string& given) {
    auto found = TRY(sys::project_files(given));
    const auto& place = found.folder;
    if (place.find("${{") != place.npos) // GitHub evaluates it within quotes, too
        return usage(fmt::format("the name of the folder '{}' has an expression of GitHub Actions, which the workflows "
                                 "would evaluate; rename the folder",
                                 place));
    const auto folder = place.empty() ? found.top : found.top + "/" + place;
    const auto root = TRY(sys::Root::open(folder));
    Files files;
    const auto prefix = place.empty() ? std::string() : place + "/";
    for (const auto& name : found.paths)
        if (name.starts_with(prefix)) files.paths.push_back(name.substr(prefix.size()));
    if (found.repository) {
        const auto tracked = TRY(found.repository->tracked_files());
        for (const auto& name : tracked)
            if (name.starts_with(prefix)) files.tracked.push_back(name.substr(prefix.size()));
    }
    add_odd_manifests(root, files.paths);
    files.read = [&](const std::string& path) -> std::optional<std::string> {
        const auto info = root.look(path);
        if (!info.ok() || info->type != sys::FileType::file || info->size > largest_manifest) return std::nullopt;
        auto text = root.read(path, largest_manifest);
        if (!text.ok()) return std::nullopt;
        return std::move(text).value();
    };
    files.may_start = [&](const std::string& path) {
        const auto info = root.look(path);
        return info.ok() && (info->mode & 0100U) != 0;
    };
    auto project = recognise(sys::Path(folder).filename().string(), files);
    project.folder = place;
    if (!found.repository) return project;
    project.default_branch = branch_of(*found.repository);
    const auto tags = TRY(latest_tags(*found.repository));
    project.tags = form_of(tags, project.tag_globs);
    project.tag_type = type_of(tags);
    return project;
}

}
