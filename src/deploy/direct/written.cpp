#include "deploy/direct/written.h"
#include "base/text.h"
#include "deploy/direct/surroundings.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// By it a keeper finds what an instance without a socket left.
constexpr const char* instance_mark = "FAIRLEAD_INSTANCE";

}

bool Written::binds_socket(const Instance& instance) const { return instance.serves() && settings.port == 0; }

// The same for a replica's slot whatever their number, so that no release takes another one's.
int Written::port_of(const Instance& instance) const {
    if (settings.port == 0 || !instance.serves()) return 0;
    return settings.port + 2 * (instance.number - 1) + (instance.slot == "a" ? 0 : 1);
}

std::string Written::filled(std::string word, const Instance& instance, const std::string& release) const {
    const std::pair<std::string_view, std::string> values[] = {{"{socket}", layout.socket(name_of(instance)).string()},
                                                               {"{release}", layout.release(release).string()},
                                                               {"{shared}", layout.shared().string()},
                                                               {"{slot}", instance.slot},
                                                               {"{port}", std::to_string(port_of(instance))},
                                                               {"{replica}", std::to_string(instance.number)}};
    for (const auto& [name, value] : values) word = replace_all(word, name, value);
    return word;
}

Launch Written::launch_of(const Instance& instance, const std::string& release) const {
    const auto name = name_of(instance);
    Launch launch{.folder = layout.release(release).string(),
                  .socket = binds_socket(instance) ? layout.socket(name).string() : "",
                  .log = layout.log(name).string(),
                  .stop_signal = settings.stop_signal,
                  .stop_timeout = settings.stop_timeout,
                  .secrets = secret_names(variables),
                  .user = settings.user,
                  .port = port_of(instance),
                  .limits = settings.limits,
                  .umask = parse_umask(settings.umask)};
    const auto process = std::find_if(settings.processes.begin(), settings.processes.end(),
                                      [&](const Process& one) { return one.name == instance.process; });
    const auto& command =
        instance.serves() || process == settings.processes.end() ? settings.command : process->command;
    for (const auto& word : command) launch.argv.push_back(filled(word, instance, release));
    return launch;
}

std::string Written::env_of(const Instance& instance, const ReleaseInfo& release) const {
    auto told = told_of_release(settings, release);
    told.emplace_back("FAIRLEAD_SLOT", instance.slot);
    if (binds_socket(instance)) told.emplace_back("FAIRLEAD_SOCKET", layout.socket(name_of(instance)).string());
    if (const int port = port_of(instance); port != 0) told.emplace_back("FAIRLEAD_PORT", std::to_string(port));
    if (!instance.serves()) told.emplace_back("FAIRLEAD_PROCESS", instance.process);
    if (settings.replicas > 1 || !instance.serves())
        told.emplace_back("FAIRLEAD_REPLICA", std::to_string(instance.number));
    if (!binds_socket(instance)) told.emplace_back(instance_mark, layout.slot(name_of(instance)).string());
    auto text = render_env(variables);
    for (const auto& [name, value] : told) text += fmt::format("{}={}\n", name, quote_env(value));
    return text;
}

}
