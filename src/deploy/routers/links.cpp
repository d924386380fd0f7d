#include "deploy/routers/links.h"
#include "base/printable.h"
#include "deploy/address.h"
#include "deploy/direct/router_group.h"
#include "deploy/layout.h"
#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace fairlead::deploy {

namespace {

constexpr std::string_view follows_current = "../current.sock";

sys::Path run_of(const Settings& settings) { return Layout{settings.root}.run(); }
sys::Path lane_folder(const Settings& settings) { return run_of(settings) / "lane"; }
std::string lane_name(std::size_t number) { return fmt::format("{:02}", number); }

// "a.sock", "a.2.sock", "a.2/app.sock" (deploy/layout.h), from the folder run.
std::optional<Instance> instance_at(const std::string& target) {
    auto name = sys::Path(target).begin()->string();
    if (name.ends_with(".sock")) name.resize(name.size() - std::string_view(".sock").size());
    return instance_of(name);
}

// Where a lane leads in the end, from the folder run; empty: nowhere.
std::string behind(const sys::Link& lane, const std::string& current) {
    constexpr std::string_view up = "../";
    if (lane.target == follows_current) return current;
    return lane.target.starts_with(up) ? lane.target.substr(up.size()) : "";
}

// Where a link in run leads that is to lead to this one.
Result<std::string> target_of(const Settings& settings, const Upstream& one) {
    const auto socket = socket_in(one.address);
    if (socket.empty())
        return usage(fmt::format("'{}' is not a unix socket, and a link can lead only to a socket; write router.mode: "
                                 "include, or router.kind: haproxy",
                                 one_line(one.address)));
    return sys::Path(socket).lexically_relative(run_of(settings)).string();
}

// The lanes that have to lead elsewhere, the first one first. Those that lead to one who keeps them are taken from the
// last one on, so that whoever grows does so at its first lanes, and is taken back there first.
std::vector<sys::Link> changes(const std::vector<sys::Link>& lanes, const std::vector<std::string>& targets,
                               std::vector<int> counts) {
    std::vector<bool> stays(lanes.size());
    for (std::size_t i = lanes.size(); i-- > 0;) {
        for (std::size_t whose = 0; whose < targets.size() && !stays[i]; ++whose) {
            if (counts[whose] == 0 || lanes[i].target != "../" + targets[whose]) continue;
            stays[i] = true;
            --counts[whose];
        }
    }
    std::vector<sys::Link> wanted;
    for (std::size_t i = 0, next = 0; i < lanes.size(); ++i) {
        if (stays[i]) continue;
        while (counts[next] == 0) ++next;
        --counts[next];
        wanted.push_back({lanes[i].name, "../" + targets[next]});
    }
    return wanted;
}

}

bool wants_lanes(const Settings& settings) {
    return settings.replicas > 1 || (settings.strategy != "blue-green" && settings.strategy != "recreate");
}

Result<std::vector<std::string>> link_paths(const Settings& settings) {
    if (settings.port != 0)
        return usage("the application listens at a port (target.port), and links can lead only to sockets; write "
                     "router.mode: include, or router.kind: haproxy");
    std::vector<std::string> paths;
    if (!wants_lanes(settings)) paths.push_back(Layout{settings.root}.current_socket().string());
    for (std::size_t i = 0; wants_lanes(settings) && i < static_cast<std::size_t>(settings.router.lanes); ++i)
        paths.push_back((lane_folder(settings) / lane_name(i)).string());
    const auto& longest = paths.back();
    if (longest.size() <= sys::socket_path_limit) return paths;
    return usage(fmt::format(
        "the path of the socket '{}' has {} bytes, and at most {} are allowed; choose a shorter target.root",
        one_line(longest), longest.size(), sys::socket_path_limit));
}

Result<std::vector<int>> lanes_of(const std::vector<Upstream>& to, int lanes) {
    if (to.size() > static_cast<std::size_t>(lanes))
        return could_not(fmt::format("{} instances can't share {} lanes; raise router.lanes", to.size(), lanes));
    const double sum =
        std::accumulate(to.begin(), to.end(), 0.0, [](double all, const auto& one) { return all + one.weight; });
    std::vector<int> counts;
    for (const auto& one : to) counts.push_back(std::max(1, static_cast<int>(lanes * (one.weight / sum))));
    // What rounding left goes where most is missing; what `at least one` took comes from who has most over.
    for (;;) {
        const int given = std::accumulate(counts.begin(), counts.end(), 0);
        if (given == lanes) return counts;
        const int step = given < lanes ? 1 : -1;
        std::size_t best = to.size();
        double most = 0;
        for (std::size_t i = 0; i < to.size(); ++i) {
            const double missing = step * (lanes * (to[i].weight / sum) - counts[i]);
            if ((step > 0 || counts[i] > 1) && (best == to.size() || missing > most)) {
                best = i;
                most = missing;
            }
        }
        counts[best] += step;
    }
}

std::vector<sys::Link> Links::lanes() const {
    std::vector<sys::Link> found;
    const auto folder = lane_folder(world_.settings);
    if (world_.host.inspect(folder).type != sys::FileType::folder) return found;
    for (const auto& name : world_.host.list_folder(folder).value_or({}))
        if (name.size() == 2 && name < lane_name(static_cast<std::size_t>(world_.settings.router.lanes)))
            found.push_back({name, world_.host.read_link(folder / name).value_or("")});
    return found;
}

Result<void> Links::make() {
    if (!wants_lanes(world_.settings)) return {};
    const auto folder = lane_folder(world_.settings);
    const auto group = TRY(router_group(world_.settings));
    const bool apart = !world_.settings.user.empty() && sys::is_root();
    TRY_VOID(world_.host.make_folders(world_.settings.root, 0755));
    TRY_VOID(
        world_.host.make_socket_folder(run_of(world_.settings).string(), {.group = group, .passed_through = apart}));
    TRY_VOID(world_.host.make_socket_folder(folder.string(), {.group = group}));
    std::vector<sys::Link> missing; // and those that today's settings have no more, which no share counts
    const auto there = lanes();
    for (const auto& name : TRY(world_.host.list_folder(folder)))
        if (name >= lane_name(static_cast<std::size_t>(world_.settings.router.lanes)))
            missing.push_back({name, std::string(follows_current)});
    for (std::size_t i = 0; i < static_cast<std::size_t>(world_.settings.router.lanes); ++i)
        if (std::none_of(there.begin(), there.end(), [&](const auto& lane) { return lane.name == lane_name(i); }))
            missing.push_back({lane_name(i), std::string(follows_current)});
    return missing.empty() ? Result<void>() : world_.host.replace_symlinks(folder, missing);
}

Result<std::vector<Upstream>> Links::observe() const {
    const auto current = world_.host.read_link(Layout{world_.settings.root}.current_socket()).value_or("");
    std::vector<std::string> targets;
    if (wants_lanes(world_.settings))
        for (const auto& lane : lanes()) targets.push_back(behind(lane, current));
    if (targets.empty()) targets = {current};
    std::map<std::string, Upstream> found;
    int elsewhere = 0;
    for (const auto& target : targets) {
        const auto instance = target.empty() ? std::nullopt : instance_at(target);
        if (!instance) {
            ++elsewhere;
            continue;
        }
        const auto address = address_at(run_of(world_.settings) / target);
        auto& one = found.try_emplace(address, Upstream{*instance, address, 0}).first->second;
        ++one.weight;
    }
    std::vector<Upstream> all;
    for (auto& [address, one] : found) all.push_back(std::move(one));
    // Somebody changed or removed these links: their requests reach nobody of ours.
    if (!all.empty() && elsewhere > 0) all.push_back({{.slot = "elsewhere"}, "", elsewhere});
    return all;
}

// Lanes in their order, current.sock behind them; an empty `current`: nobody gets requests.
Result<void> Links::replace(const std::vector<sys::Link>& lanes, const std::string& current) {
    const Layout layout{world_.settings.root};
    if (!lanes.empty()) TRY_VOID(world_.host.replace_symlinks(lane_folder(world_.settings), lanes));
    if (current.empty()) return world_.host.remove_tree(layout.current_socket());
    if (world_.host.read_link(layout.current_socket()).value_or("") == current) return {};
    return world_.host.replace_symlink(current, layout.current_socket());
}

Result<void> Links::route(const std::vector<Upstream>& to) {
    TRY_VOID(make());
    auto before = lanes();
    const auto current = world_.host.read_link(Layout{world_.settings.root}.current_socket()).value_or("");
    if (to.empty()) {
        for (auto& lane : before) lane.target = follows_current;
        return replace(before, "");
    }
    std::vector<std::string> targets;
    for (const auto& one : to) {
        auto target = TRY(target_of(world_.settings, one));
        targets.push_back(std::move(target));
    }
    std::vector<int> counts;
    if (!before.empty()) {
        auto wanted = TRY(lanes_of(to, static_cast<int>(before.size())));
        counts = std::move(wanted);
    }
    const auto most =
        std::max_element(to.begin(), to.end(), [](const auto& a, const auto& b) { return a.weight < b.weight; });
    const auto done = replace(changes(before, targets, counts), targets[static_cast<std::size_t>(most - to.begin())]);
    if (done.ok()) return {};
    std::vector<sys::Link> undo; // of those that lead elsewhere by now
    const auto now = lanes();
    for (const auto& lane : before)
        if (std::find(now.begin(), now.end(), lane) == now.end()) undo.push_back(lane);
    if (const auto back = replace(undo, current); !back.ok())
        return could_not(fmt::format("{}; and it can't be taken back: {}", done.error().message, back.error().message));
    return done;
}

Result<std::map<std::string, Instance>> Links::logged() const {
    std::map<std::string, Instance> names;
    const auto current = world_.host.read_link(Layout{world_.settings.root}.current_socket()).value_or("");
    const auto add = [&](const sys::Path& path, const std::string& target) {
        if (const auto instance = target.empty() ? std::nullopt : instance_at(target))
            names[address_at(path)] = *instance;
    };
    if (!wants_lanes(world_.settings)) add(Layout{world_.settings.root}.current_socket(), current);
    for (const auto& lane : wants_lanes(world_.settings) ? lanes() : std::vector<sys::Link>())
        add(lane_folder(world_.settings) / lane.name, behind(lane, current));
    return names;
}

}
