#include "preflight/uses/nginx_loaded.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/told_commands.h"
#include "read/nginx/nginx.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

using docker::copies;
using docker::Instruction;

bool takes_file(const Dockerfile& image, const std::string& file) {
    const auto context = docker::in_project(image, "");
    const auto inside = "/" + file.substr(context.empty() ? 0 : std::min(context.size() + 1, file.size()));
    for (const auto& instruction : image.read->instructions) {
        if (!copies(instruction)) continue;
        for (const auto* source : docker::sources(instruction)) {
            const auto path = docker::context_path(source->text);
            const bool takes = docker::from_context(instruction)
                                   ? !path.empty() && docker::covers(docker::in_project(image, path), file)
                                   : source->text.ends_with(inside); // of a stage that has the context
            if (takes) return true;
        }
    }
    return false;
}

}

bool uses_nginx(const read::ComposeService& service, const Project& project, const std::string& file) {
    // A page's folder, which the file happens to lie in, is no place where nginx looks for its configuration.
    const auto is_of_pages = [](std::string_view target) {
        return target.starts_with("/usr/share/nginx/") || target.starts_with("/var/www");
    };
    for (const auto& volume : service.volumes)
        if (volume.type == "bind" && !is_of_pages(volume.target) && docker::covers(volume.source, file)) return true;
    const auto* const image = compose::dockerfile_of(service, project);
    return image != nullptr && image->read && takes_file(*image, file);
}

bool is_part_of_nobody(const Project& project, const Nginx& one) {
    const auto& all = one.read->directives;
    const auto folder = folder_of(one.file);
    const auto is_named = [&](std::string_view name, char joint) {
        return some_file_names(project, name, joint,
                               [&](const std::string& by) { return by != one.file && !only_lists_paths(by); });
    };
    if (all.empty() || std::any_of(all.begin(), all.end(), [](const auto& part) { return part.block; })) return false;
    return !folder.empty() && !is_named(file_name(one.file), '-') && !is_named(folder, '/') &&
           !is_named("./" + folder, '/');
}

bool is_of_missing_stack(const Project& project, const Nginx& one) {
    const auto names = [&](const std::string& path, const std::string& name) {
        return some_file_names(project, name, '-',
                               [&](const std::string& by) { return by != path && !only_lists_paths(by); });
    };
    const auto top = one.file.substr(0, one.file.find('/') + 1); // npos + 1 is 0
    auto folder = folder_of(one.file);
    if (top != "docker/" || folder.size() < top.size()) return false;
    for (; folder.size() > top.size(); folder = folder_of(folder))
        if (names(one.file, folder)) return false;
    const bool is_beside_user = std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        return folder_of(by) + "/" == top && by != one.file && project.read(by).value_or("").find("nginx") != by.npos;
    });
    return !is_beside_user && std::any_of(project.nginxes.begin(), project.nginxes.end(), [&](const Nginx& other) {
        return !other.file.starts_with(top) && other.profile != Profile::development;
    });
}

bool is_copied_as_it_is(const Project& project, const Nginx& one) {
    const auto fills_in = [&](const std::string& by) {
        return (tells_commands(by) || by.ends_with("ockerfile") || by.ends_with(".yml") || by.ends_with(".yaml")) &&
               has_any(project.read(by).value_or(""), {"envsubst", "sed ", "gomplate", "perl "});
    };
    const auto copies_it = [&](const Dockerfile& image) {
        const auto& all = image.read->instructions;
        return takes_file(image, one.file) &&
               std::any_of(all.begin(), all.end(),
                           [&](const Instruction& instruction) {
                               const auto& words = instruction.words;
                               return copies(instruction) && words.size() == 2 &&
                                      file_name(words[0].text) == file_name(one.file) &&
                                      words[1].text.starts_with("/etc/nginx/") &&
                                      words[1].text.find("templates") == std::string::npos;
                           }) &&
               std::none_of(all.begin(), all.end(),
                            [](const Instruction& instruction) { return instruction.verb == read::Verb::entrypoint; });
    };
    return std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), copies_it) &&
           std::none_of(project.paths.begin(), project.paths.end(), fills_in);
}

namespace {

constexpr std::string_view configured = "/etc/nginx/";

bool is_nginx(const read::ComposeService& service, const Dockerfile* image) {
    const auto name = service.build ? std::string(file_name(image == nullptr ? "" : docker::base_image(*image).name))
                                    : compose::image_parts(service.image).name;
    return is_one_of(name, {"nginx", "nginx-unprivileged", "openresty"});
}

// What else may be one: /app of a program that has the folder among its source is none.
bool may_be_nginx(const read::ComposeService& service, const Dockerfile* image) {
    return is_nginx(service, image) || service.image.find("nginx") != std::string::npos ||
           (image != nullptr && image->text.find("nginx") != std::string::npos) ||
           std::any_of(service.volumes.begin(), service.volumes.end(),
                       [](const auto& volume) { return volume.target.find("nginx") != std::string::npos; });
}

// An image that no compose file builds.
bool is_taken_by_image(const Project& project, const std::string& file) {
    return std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
        return one.text.find("nginx") != std::string::npos &&
               (folder_of(one.file) == folder_of(file) || takes_file(one, file));
    });
}

// By a mount, or by a COPY of its image.
bool brings_configuration(const read::ComposeService& service, const Dockerfile* image) {
    return std::any_of(service.volumes.begin(), service.volumes.end(),
                       [](const auto& volume) { return volume.target.starts_with(configured); }) ||
           (image != nullptr &&
            std::any_of(image->read->instructions.begin(), image->read->instructions.end(), [](const Instruction& one) {
                return copies(one) && one.words.size() > 1 && one.words.back().text.starts_with(configured);
            }));
}

// The whole of it: no other nginx of the machine stands in front.
bool has_port_of_machine(const read::ComposeService& service) {
    return std::any_of(service.ports.begin(), service.ports.end(), [](const auto& port) {
        return (port.published == "80" || port.published == "443") && !compose::is_local(port.host_ip);
    });
}

// "- ./nginx/:/etc/nginx", "COPY nginx/*.conf": the folder whole, whatever lies above it.
bool names_folder(std::string_view text, std::string_view folder) {
    const auto word = std::string(file_name(folder)) + "/";
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || std::string_view(" \t\n\"'=./").find(text[at - 1]) != std::string_view::npos;
        const bool ends = end == text.size() || std::string_view(" \t\n\r\"'`:*.,").find(text[end]) != text.npos;
        if (begins && ends && !text.substr(0, end).ends_with(configured)) return true;
    }
    return folder.find('/') != folder.npos && has_any(text, {folder});
}

// "default.conf: |" in a ConfigMap: a file of that name, with a text of its own.
bool has_only_as_key(const Project& project, const std::string& by, const std::string& name) {
    if (!by.ends_with(".yml") && !by.ends_with(".yaml")) return false;
    const auto text = project.read(by).value_or("");
    return text.find(name + ": |") != text.npos && !holds_word(replace_all(text, name + ": |", ""), name, '-');
}

// "docker/config" of a/docker/config: as files of other folders name it.
std::string end_of(const std::string& folder) {
    const auto parent = std::string(file_name(folder_of(folder)));
    return parent.empty() ? folder : parent + "/" + std::string(file_name(folder));
}

bool is_named_by_some(const Project& project, const std::string& file) {
    const auto is_other = [&](const std::string& by) {
        return by != file && !only_lists_paths(by) && !has_only_as_key(project, by, std::string(file_name(file)));
    };
    const auto folder = folder_of(file), end = end_of(folder);
    return some_file_names(project, file_name(file), '-', is_other) ||
           (!folder.empty() && std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
               const auto text = is_other(by) ? project.read(by) : std::nullopt;
               return text && names_folder(*text, end);
           }));
}

}

bool is_left_by_every_nginx(const Project& project, const Nginx& one) {
    bool has_port = false;
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services) {
            const auto* const image = compose::dockerfile_of(service, project);
            if (may_be_nginx(service, image) && uses_nginx(service, project, one.file)) return false;
            if (project.is_for_development(compose) || !is_nginx(service, image)) continue;
            if (!brings_configuration(service, image)) return false;
            has_port = has_port || has_port_of_machine(service);
        }
    return has_port && !is_taken_by_image(project, one.file) && !is_named_by_some(project, one.file);
}

namespace {

// What a machine's own nginx has: a certificate, a host's name, a program behind one of the machine's ports.
bool is_like_one_of_host(const read::NginxFile& file) {
    const auto has_name = [](std::string_view name) {
        return name.find('.') != name.npos && !name.starts_with('.') && !has_any(name, {"example.", "localhost"});
    };
    for (const auto* names : file.all("server_name"))
        for (std::size_t at = 0; at < names->count(); ++at)
            if (has_name(names->argument(at))) return true;
    const auto passes = file.all("proxy_pass");
    return !file.all("ssl_certificate").empty() || std::any_of(passes.begin(), passes.end(), [](const auto* pass) {
        return has_any(pass->argument(0), {"127.0.0.1", "localhost"});
    });
}

// A Dockerfile, a compose file, a script, a page or a playbook has it, or a server in front of the host's ports.
bool has_some_nginx(const Project& project) {
    const auto may_install = [](const std::string& by) {
        return tells_commands(by) || kind_of(by) == FileKind::dockerfile || kind_of(by) == FileKind::compose ||
               has_any("/" + by, {"/roles/", "/playbooks/", "/ansible/"}) || by.ends_with(".tf");
    };
    if (std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
            return may_install(by) && has_any(lower(project.read(by).value_or("")), {"nginx", "openresty"});
        }))
        return true;
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
        const auto& all = compose.read->services;
        return !project.is_for_development(compose) && std::any_of(all.begin(), all.end(), [](const auto& service) {
            return std::any_of(service.ports.begin(), service.ports.end(),
                               [](const auto& port) { return compose::is_local(port.host_ip); });
        });
    });
}

bool has_deployed_files(const Project& project) {
    const auto serves = [&](const auto& one) { return !project.is_for_development(one); };
    return std::any_of(project.composes.begin(), project.composes.end(), serves) ||
           std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), serves) ||
           std::any_of(project.kubes.begin(), project.kubes.end(), [&](const Kube& one) {
               return one.profile != Profile::development && !project.doubtful.contains(one.file);
           });
}

// By its name, or by the end of its folder's path: .docker/config. A bare `config/` is a folder of the program.
bool is_named_with_folder(const Project& project, const std::string& file) {
    const auto folder = folder_of(file);
    const auto is_other = [&](const std::string& by) {
        return kind_of(by) != FileKind::nginx && !only_lists_paths(by) &&
               !has_only_as_key(project, by, std::string(file_name(file)));
    };
    return some_file_names(project, file_name(file), '-', is_other) || folder.empty() ||
           some_file_names(project, end_of(folder), '-', is_other);
}

}

bool is_left_without_nginx(const Project& project, const Nginx& one) {
    const auto& files = one.read->files;
    return has_deployed_files(project) && !is_like_one_of_host(*one.read) && !has_some_nginx(project) &&
           std::none_of(files.begin(), files.end(),
                        [&](const std::string& file) { return is_named_with_folder(project, file); });
}

namespace {

// Who takes the file, by `takes`.
struct Loaders {
    bool in_doubt = false, by_itself = false, otherwise = false;
};
template <typename Takes>
Loaders loaders_of(const Project& project, Takes takes) {
    Loaders all;
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services) {
            if (!takes(service)) continue;
            const bool doubts = project.is_for_development(compose);
            (doubts ? all.in_doubt : all.otherwise) = true;
            all.by_itself = all.by_itself || (doubts && is_taken_by_itself(compose.files.front()) &&
                                              project.doubtful.contains(compose.files.front()));
        }
    return all;
}

// Its image is built by nobody else.
bool is_copied_elsewhere(const Project& project, const std::string& file) {
    return std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
        return !project.is_for_development(one) && !project.doubtful.contains(one.compose_file) &&
               takes_file(one, file);
    });
}

}

bool is_loaded_in_doubt(const Project& project, const Nginx& one) {
    const auto by = loaders_of(project, [&](const read::ComposeService& service) {
        return may_be_nginx(service, compose::dockerfile_of(service, project)) &&
               uses_nginx(service, project, one.file);
    });
    if (by.otherwise || is_copied_elsewhere(project, one.file)) return false;
    if (by.in_doubt) return by.by_itself;
    const auto parent = folder_of(folder_of(one.file));
    const auto beside = loaders_of(project, [&](const read::ComposeService& service) {
        return std::any_of(service.volumes.begin(), service.volumes.end(), [&](const auto& volume) {
            const auto source =
                volume.source.ends_with('/') ? volume.source.substr(0, volume.source.size() - 1) : volume.source;
            return !parent.empty() && folder_of(source) == parent && volume.target.starts_with(configured);
        });
    });
    return beside.by_itself && !beside.otherwise && !is_named_by_some(project, one.file);
}

bool is_mounted_in_doubt(const Project& project, const std::string& file) {
    const auto by = loaders_of(project, [&](const read::ComposeService& service) {
        return std::any_of(service.volumes.begin(), service.volumes.end(),
                           [&](const auto& volume) { return volume.source == file; });
    });
    const auto copies_in_doubt = [&](const Dockerfile& one) {
        return project.doubtful.contains(one.file) && takes_file(one, file);
    };
    const auto& images = project.dockerfiles;
    return (by.by_itself || std::any_of(images.begin(), images.end(), copies_in_doubt)) && !by.otherwise &&
           !is_copied_elsewhere(project, file);
}

}
