#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/docker.h"
#include "preflight/parts/docker_files.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "preflight/uses/nginx_loaded.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include "read/nginx/nginx_lexer.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// The port at which nginx asks a service, and the ports at which its image listens.
namespace fairlead::preflight {

namespace {

using namespace nginx;

struct Target {
    std::string host, port;
};

// Of http://web:3000/api, or of a server in an upstream. Without a host: a variable, an address, a socket or https.
Target target_of(std::string_view text) {
    if (text.starts_with("http://"))
        text.remove_prefix(7);
    else if (text.find("://") != text.npos)
        return {};
    text = text.substr(0, text.find('/'));
    if (text.find_first_of("$[]") != text.npos || text.starts_with("unix:")) return {};
    const auto colon = text.find(':');
    return {lower(text.substr(0, colon)), colon == text.npos ? "80" : std::string(text.substr(colon + 1))};
}

// Ports of EXPOSE; empty: none, or one that can't be read.
std::set<std::string> ports_exposed(const Dockerfile& image) {
    std::set<std::string> ports;
    for (const auto number : image.read->chain(image.target)) {
        read::Scope scope(*image.read, number);
        for (auto i = image.read->stages[number].first; i < image.read->stages[number].end; ++i) {
            const auto& one = image.read->instructions[i];
            scope.take(one);
            if (one.verb != read::Verb::expose) continue;
            for (const auto& word : one.words) {
                const auto port = scope.expand(word.text).text;
                const auto digits = port.substr(0, port.find('/'));
                if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return {};
                ports.insert(digits);
            }
        }
    }
    return ports;
}

// Whether the service is told of the port: by its variables, its command, or the Dockerfile.
bool is_told(const read::ComposeService& service, const Dockerfile& image, const std::string& port) {
    return image.text.find(port) != std::string::npos ||
           (join(service.command, " ") + join(service.entrypoint, " ")).find(port) != std::string::npos ||
           std::any_of(service.environment.begin(), service.environment.end(),
                       [&](const auto& one) { return one.value && one.value->find(port) != std::string::npos; });
}

// Whether nobody but the image says where it listens.
bool is_left_to_image(const read::ComposeService& service) {
    return service.env_files.empty() && service.command.empty() && service.entrypoint.empty() &&
           std::none_of(service.environment.begin(), service.environment.end(),
                        [](const auto& one) { return one.name.find("PORT") != std::string::npos; });
}

void ask_service(const Nginx& nginx, const NginxDirective& at, const Target& target, const Project& project,
                 Hits& hits) {
    std::set<std::string> ports;
    bool is_sure = true;
    for (const auto& compose : project.composes) {
        const auto* const service = compose.read->service(target.host);
        if (service == nullptr || compose.profile == Profile::development) continue;
        const auto* const image = compose::dockerfile_of(*service, project);
        if (image == nullptr || !image->read || image->read->stages.empty()) return;
        ports = ports_exposed(*image);
        if (ports.empty() || ports.contains(target.port) || is_told(*service, *image, target.port)) return;
        is_sure = is_sure && is_left_to_image(*service) && ports.contains(docker::environment(*image, "PORT"));
    }
    if (ports.empty()) return;
    hit(hits, nginx, at,
        fmt::format("nginx asks {} at port {}; its image listens at {}, so requests fail; ask at that port",
                    read::nginx_shown(target.host), read::nginx_shown(target.port), *ports.begin()),
        is_sure ? std::optional<Level>() : Level::warning);
}

void upstream_port(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::set<std::string> upstreams;
    for (const auto* upstream : file.all("upstream")) upstreams.insert(lower(upstream->argument(0)));
    const auto ask = [&](const NginxDirective& one) {
        const auto target = target_of(one.argument(0));
        if (!target.host.empty() && !upstreams.contains(target.host)) ask_service(nginx, one, target, project, hits);
    };
    for (const auto* pass : file.all("proxy_pass")) ask(*pass);
    for (const auto* server : file.all("server"))
        if (!server->block && server->context == read::NginxContext::upstream) ask(*server);
}

// An image of nginx alone takes the configuration, and nobody gives it the network of another container or the
// host.
bool is_alone_in_container(const Nginx& nginx, const Project& project) {
    if (!is_copied_as_it_is(project, nginx)) return false;
    const auto starts_more = [](const Dockerfile& image) {
        return has_any(image.text, {"supervis", "s6-overlay", "pm2", " & ", "&&nginx", "&& nginx"});
    };
    const auto is_other = [&](const Dockerfile& image) {
        return image.text.find(file_name(nginx.file)) != std::string::npos &&
               (starts_more(image) ||
                !is_one_of(file_name(docker::base_image(image).family), {"nginx", "nginx-unprivileged", "openresty"}));
    };
    const auto shares_network = [&](const Compose& compose) {
        return std::any_of(compose.read->services.begin(), compose.read->services.end(), [&](const auto& service) {
            return service.at("network_mode") != nullptr && uses_nginx(service, project, nginx.file);
        });
    };
    const auto has_neighbour = [](const Kube& kube) {
        bool found = false;
        kube::each_workload(kube, [&](const kube::Workload& workload) {
            const auto* const containers = workload.spec ? workload.spec->find("containers") : nullptr;
            found = found || (containers != nullptr && containers->items.size() > 1);
        });
        return found;
    };
    return std::none_of(project.dockerfiles.begin(), project.dockerfiles.end(), is_other) &&
           std::none_of(project.composes.begin(), project.composes.end(), shares_network) &&
           std::none_of(project.kubes.begin(), project.kubes.end(), has_neighbour);
}

// A compose service of nginx's own image mounts the configuration, and shares its network with nobody.
bool is_mounted_alone(const Nginx& nginx, const Project& project) {
    const auto is_image = [](const read::ComposeService& service) {
        return !service.build && service.command.empty() && service.entrypoint.empty() &&
               is_one_of(compose::image_parts(service.image).name, {"nginx", "nginx-unprivileged", "openresty"});
    };
    const auto shares = [](const read::ComposeService& service) { return service.at("network_mode") != nullptr; };
    bool is_mounted = false;
    for (const Compose& compose : project.composes) {
        const auto& all = compose.read->services;
        const auto takes = [&](const auto& service) { return uses_nginx(service, project, nginx.file); };
        if (std::none_of(all.begin(), all.end(), takes)) continue;
        const auto is_alone = [&](const auto& service) { return !takes(service) || is_image(service); };
        if (std::any_of(all.begin(), all.end(), shares) || !std::all_of(all.begin(), all.end(), is_alone)) return false;
        is_mounted = true;
    }
    return is_mounted;
}

void upstream_local(const Nginx& nginx, const Project& project, Hits& hits) {
    const NginxFile& file = *nginx.read;
    std::set<std::string> own; // ports at which nginx itself listens
    for (const auto* listen : file.all("listen")) {
        const auto address = listen->argument(0);
        const auto colon = address.rfind(':');
        own.insert(std::string(colon == address.npos ? address : address.substr(colon + 1)));
    }
    const auto ask = [&](const NginxDirective& one) {
        const auto target = target_of(one.argument(0));
        if ((target.host != "localhost" && target.host != "127.0.0.1") || own.contains(target.port) ||
            (!is_alone_in_container(nginx, project) && !is_mounted_alone(nginx, project)))
            return;
        hit(hits, nginx, one,
            fmt::format("nginx asks its own container at port {}, where nothing else runs; requests fail; name the "
                        "service of the program",
                        read::nginx_shown(target.port)));
    };
    for (const auto* pass : file.all("proxy_pass")) ask(*pass);
    for (const auto* server : file.all("server"))
        if (!server->block && server->context == read::NginxContext::upstream) ask(*server);
}
}

std::span<const Rule> nginx_port_rules() {
    static const Rule rows[] = {
        {.id = "nginx-upstream-local",
         .title = "nginx looks for the program in nginx's own container",
         .levels = deployed(Level::warning),
         .check = upstream_local,
         .why = "In a container, localhost is the container itself. The program is in another container, unless a "
                "setting elsewhere puts both containers into one network namespace.",
         .way_out = "proxy_pass http://app:8000; with the service app in the compose file"},
        {.id = "nginx-upstream-port",
         .title = "nginx asks a service at a port where nothing listens",
         .levels = deployed(Level::error),
         .check = upstream_port,
         .why = "The image sets PORT and exposes only this port. At any other port nothing answers, and visitors get a "
                "502.",
         .way_out = "proxy_pass http://web:3000;  as the image's ENV PORT=3000 and EXPOSE 3000"},
    };
    return rows;
}

}
