// HAProxy by its runtime API: servers stand in its configuration from the start, a switch sets their states.
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "deploy/address.h"
#include "deploy/routers/engine.h"
#include "deploy/routers/haproxy_answers.h"
#include "deploy/routers/haproxy_render.h"
#include "deploy/routers/kinds.h"
#include "deploy/routers/site.h"
#include "deploy/way_back.h"
#include "sys/files/writable.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::deploy {

namespace {

constexpr int most_weight = 256;

std::string main_file(const Settings& settings) {
    return settings.router.config.empty() ? "/etc/haproxy/haproxy.cfg" : settings.router.config;
}

class Haproxy : public Router {
  public:
    explicit Haproxy(const World& world) : world_(world) {}
    Features features() const override { return {.weights = true, .sockets = true, .tcp = true, .counts = true}; }
    std::vector<std::string> notes() override;
    Result<void> check() override;
    Result<void> can_route() override;
    Result<std::vector<Upstream>> observe() override;
    Result<void> route(const std::vector<Upstream>& to) override;
    Result<int> connections(const Upstream& left) override;
    Result<std::map<Instance, Counted>> counted() override;
    Result<void> commit() override;
    Result<void> test(const std::string& file) override;
    Result<std::string> render() override { return render_haproxy(world_.settings); }

  private:
    Result<std::string> ask(const std::string& command) const;
    Result<std::vector<HaproxyServer>> servers() const;
    Result<void> set(const std::string& server, const std::string& what) const;
    Result<void> give(const Upstream& to, const HaproxyServer& now, int weight) const;
    Result<void> change(const std::vector<Upstream>& to, const std::vector<HaproxyServer>& now) const;
    void restore(const std::vector<HaproxyServer>& before) const;
    Result<void> write_state() const;
    std::string address_of(const HaproxyServer& server) const;

    const World& world_;
};

Result<std::string> Haproxy::ask(const std::string& command) const {
    constexpr Milliseconds patience{5000};
    const auto& socket = world_.settings.router.socket;
    auto answer = world_.host.ask_socket(socket, command + "\n", patience);
    if (answer.ok()) return answer;
    return could_not(fmt::format(
        "HAProxy's stats socket does not answer: {}; start HAProxy with `stats socket {} mode 660 level admin`",
        answer.error().message, socket));
}

Result<std::vector<HaproxyServer>> Haproxy::servers() const {
    const auto site = TRY(site_of(world_.settings));
    const auto answer = TRY(ask("show stat"));
    auto found = TRY(parse_stat(answer, site.name));
    const auto is_down = [](const HaproxyServer& one) { return one.status.starts_with("DOWN"); };
    if (std::none_of(found.begin(), found.end(), is_down)) return found;
    const auto state = TRY(ask("show servers state " + site.name));
    const auto drained = parse_drained(state);
    for (auto& one : found)
        one.drained = one.drained || std::find(drained.begin(), drained.end(), one.name) != drained.end();
    return found;
}

Result<void> Haproxy::set(const std::string& server, const std::string& what) const {
    const auto site = TRY(site_of(world_.settings));
    const auto command = fmt::format("set server {}/{} {}", site.name, server, what);
    const auto answer = TRY(ask(command));
    return check_set(command, answer);
}

// A server that listens at a socket has one place for good.
std::string Haproxy::address_of(const HaproxyServer& server) const {
    if (server.address != "unix") return server.address;
    return address_at(haproxy_socket(world_.settings, server.name));
}

std::vector<std::string> Haproxy::notes() {
    const auto& settings = world_.settings;
    const auto file = main_file(settings);
    const auto text = world_.host.read_file(file).value_or("");
    for (const auto& line : split(text, '\n'))
        if (trim(std::string_view(line)).starts_with("chroot ") && reaches_sockets(settings))
            return {fmt::format("HAProxy looks for the sockets below the folder of `chroot` in {}; remove that line, "
                                "or let the application listen at a port",
                                file)};
    return {};
}

Result<void> Haproxy::test(const std::string& file) {
    std::vector<std::string> argv = {"haproxy", "-c", "-q", "-f", main_file(world_.settings)};
    if (!file.empty() && file != main_file(world_.settings)) argv.insert(argv.end(), {"-f", file});
    const auto done = TRY(run_beside_router(world_, argv));
    return done.status == 0 ? Result<void>() : no(one_line(trim(done.err)));
}

Result<void> Haproxy::can_route() {
    const auto level = TRY(ask("show cli level"));
    if (trim(std::string_view(level)) != "admin")
        return usage(fmt::format("the stats socket '{}' has level '{}'; a switch needs `level admin` in HAProxy's "
                                 "configuration",
                                 world_.settings.router.socket, one_line(trim(std::string_view(level)))));
    const auto file = haproxy_state_file(world_.settings);
    if (const auto fine = sys::check_writable(file); !fine.ok())
        return could_not(
            fmt::format("HAProxy's state file, which HAProxy needs after a restart, can't be written: {}; let the user "
                        "who deploys write there, or name another file in router.server_state",
                        fine.error().message));
    return {};
}

Result<void> Haproxy::check() {
    TRY_VOID(can_route());
    const auto now = TRY(servers());
    for (const auto& name : haproxy_servers(world_.settings)) {
        if (std::any_of(now.begin(), now.end(), [&](const auto& one) { return one.name == name; })) continue;
        return usage(fmt::format("HAProxy's backend has no server '{}'; add the output of `{}` to HAProxy's "
                                 "configuration and restart HAProxy",
                                 name, command_for(world_.settings, "router")));
    }
    return {};
}

Result<std::vector<Upstream>> Haproxy::observe() {
    std::vector<Upstream> found;
    for (const auto& server : TRY(servers())) {
        const auto instance = instance_of(server.name);
        if (instance && server.gets_requests() && server.weight > 0)
            found.push_back({*instance, address_of(server), server.weight});
    }
    return found;
}

// A new place first: until the state is set nobody is sent there.
Result<void> Haproxy::give(const Upstream& to, const HaproxyServer& now, int weight) const {
    const auto colon = to.address.rfind(':');
    if (socket_in(to.address).empty() && to.address != now.address && colon != to.address.npos) {
        auto host = to.address.substr(0, colon);
        if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
        TRY_VOID(set(now.name, fmt::format("addr {} port {}", host, to.address.substr(colon + 1))));
    }
    if (!socket_in(to.address).empty() && to.address != address_of(now))
        return usage(fmt::format("HAProxy's server '{}' uses the address {}, not {}; add the output of "
                                 "`{}` to HAProxy's configuration and restart HAProxy",
                                 now.name, one_line(address_of(now)), one_line(to.address),
                                 command_for(world_.settings, "router")));
    TRY_VOID(set(now.name, fmt::format("weight {}", weight)));
    if (!now.gets_requests()) TRY_VOID(set(now.name, "state ready"));
    // It answered us a moment ago, and HAProxy would find that out a second later only.
    if (now.status.starts_with("UP") || now.status.starts_with("no check")) return {};
    [[maybe_unused]] const auto told = set(now.name, "health up"); // one without a check needs none
    return {};
}

Result<void> Haproxy::change(const std::vector<Upstream>& to, const std::vector<HaproxyServer>& now) const {
    int highest = 1;
    for (const auto& one : to) highest = std::max(highest, one.weight);
    std::vector<std::string> chosen;
    for (const auto& one : to) {
        const auto name = name_of(one.instance);
        const auto server = std::find_if(now.begin(), now.end(), [&](const auto& known) { return known.name == name; });
        if (server == now.end())
            return usage(fmt::format("HAProxy's backend has no server '{}'; add the output of `{}` to HAProxy's "
                                     "configuration and restart HAProxy",
                                     name, command_for(world_.settings, "router")));
        const int weight = highest <= most_weight ? one.weight : std::max(1, one.weight * most_weight / highest);
        TRY_VOID(give(one, *server, weight));
        chosen.push_back(name);
    }
    // Behind those that are ready, or nobody would be. A drained one still gets the users of its cookie.
    const std::string leaves = world_.settings.router.sticky.empty() ? "state drain" : "state maint";
    for (const auto& server : now) {
        if (std::find(chosen.begin(), chosen.end(), server.name) != chosen.end() || !server.gets_requests()) continue;
        TRY_VOID(set(server.name, leaves));
    }
    return {};
}

// As far as it goes: what stopped the way there may stop this one, too.
void Haproxy::restore(const std::vector<HaproxyServer>& before) const {
    for (const bool serving : {true, false}) {
        for (const auto& server : before) {
            if (server.gets_requests() != serving) continue;
            [[maybe_unused]] const auto weight = set(server.name, fmt::format("weight {}", server.weight));
            [[maybe_unused]] const auto state = set(server.name, serving          ? "state ready"
                                                                 : server.drained ? "state drain"
                                                                                  : "state maint");
        }
    }
}

Result<void> Haproxy::route(const std::vector<Upstream>& to) {
    const auto before = TRY(servers());
    const auto done = change(to, before);
    if (!done.ok()) {
        restore(before);
        return done;
    }
    return write_state();
}

Result<int> Haproxy::connections(const Upstream& left) {
    for (const auto& server : TRY(servers()))
        if (server.name == name_of(left.instance)) return server.sessions;
    return 0;
}

Result<std::map<Instance, Counted>> Haproxy::counted() {
    std::map<Instance, Counted> counted;
    for (const auto& server : TRY(servers()))
        if (const auto instance = instance_of(server.name)) counted[*instance] = server.counted;
    return counted;
}

// What HAProxy reads when it starts again: without it all servers are down until the next deployment.
Result<void> Haproxy::write_state() const {
    const auto site = TRY(site_of(world_.settings));
    const auto state = TRY(ask("show servers state " + site.name));
    if (!state.starts_with("1\n# "))
        return could_not(fmt::format("HAProxy does not give the state of its servers: {}", one_line(trim(state))));
    const auto file = haproxy_state_file(world_.settings);
    TRY_VOID(world_.host.make_open_folders(sys::Path(file).parent_path()));
    return world_.host.write_file(file, state, 0644);
}

Result<void> Haproxy::commit() {
    for (const auto& server : TRY(servers()))
        if (server.drained) TRY_VOID(set(server.name, "state maint"));
    return write_state();
}

}

std::unique_ptr<Router> make_haproxy(const World& world) { return std::make_unique<Haproxy>(world); }

}
