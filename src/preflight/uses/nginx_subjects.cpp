#include "preflight/uses/nginx_subjects.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/subjects.h"
#include "preflight/uses/nginx_loaded.h"
#include "project/development.h"
#include "read/nginx/nginx.h"
#include <algorithm>
#include <set>

namespace fairlead::preflight {

namespace {

// What the include of `main` means among the project's files: from its own folder, of /etc/nginx as well.
std::vector<std::pair<std::string, std::string>> included(const Project& project, std::string glob,
                                                          const std::string& main) {
    constexpr std::string_view installed = "/etc/nginx/";
    if (glob.starts_with(installed)) glob.erase(0, installed.size());
    if (glob.starts_with('/')) return {};
    const auto pattern = path_in(folder_of(main), glob);
    std::vector<std::pair<std::string, std::string>> files;
    const auto take = [&](const std::string& path) {
        auto text = project.read(path);
        if (text && project::engine_of(path, *text, project::Format::nginx).empty())
            files.emplace_back(path, std::move(*text));
    };
    if (pattern.find_first_of("*?[") == pattern.npos) {
        take(pattern);
        return files;
    }
    for (const auto& path : project.paths)
        if (glob_match(pattern, path)) take(path);
    return files;
}

}

void add_nginxes(Project& project, const std::vector<std::string>& found) {
    const auto includes = [&](const std::string& glob, const std::string& main) {
        return included(project, glob, main);
    };
    std::set<std::string> included_by_others;
    for (const auto& path : found) {
        auto read =
            std::make_shared<read::NginxFile>(read::read_nginx(project.read(path).value_or(""), path, includes));
        for (std::size_t i = 1; i < read->files.size(); ++i)
            if (read->files[i] != path) included_by_others.insert(read->files[i]);
        project.nginxes.push_back(
            {path, std::move(read), profile_by_words(project, path, project.read(path).value_or(""))});
    }
    std::erase_if(project.nginxes, [&](const Nginx& one) { return included_by_others.contains(one.file); });
    for (Nginx& one : project.nginxes)
        if (is_part_of_nobody(project, one) || is_loaded_in_doubt(project, one))
            project.doubtful.insert(one.file);
        else if (is_left_by_every_nginx(project, one))
            one.profile = Profile::development;
        else if (is_of_missing_stack(project, one))
            project.doubtful.insert(one.file);
        else if (is_left_without_nginx(project, one))
            project.doubtful.insert(one.read->files.begin(), one.read->files.end());
    for (const auto& path : project.paths)
        if (file_name(path) == "php.ini" && is_mounted_in_doubt(project, path)) project.doubtful.insert(path);
}

}
