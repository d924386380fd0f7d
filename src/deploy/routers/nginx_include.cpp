// nginx by a file that it includes, and a reload: for applications that only speak TCP.
#include "base/printable.h"
#include "base/text.h"
#include "deploy/routers/engine.h"
#include "deploy/routers/kinds.h"
#include "deploy/routers/nginx_view.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

class NginxByInclude : public Router {
  public:
    explicit NginxByInclude(const World& world) : world_(world), file_(world.settings.router.include) {}
    Features features() const override;
    std::vector<std::string> notes() override { return nginx_notes(world_); }
    Result<void> check() override;
    Result<void> can_route() override;
    Result<void> make() override;
    Result<std::vector<Upstream>> observe() override;
    Result<void> route(const std::vector<Upstream>& to) override;
    Result<int> connections(const Upstream& left) override;
    Result<std::map<std::string, Instance>> logged() override;
    Result<std::string> render() override { return render_nginx(world_.settings, facts()); }

  private:
    const NginxFacts& facts() const;
    Result<bool> may_begin_anew() const;
    Result<void> test(const std::string& file) override { return test_nginx(world_, file); }
    Result<void> replace(const std::string& text) const;
    Result<void> reload(const sys::ProcessId& master);
    Result<void> signal(const sys::ProcessId& master) const;
    bool has_taken_over(const sys::ProcessId& master) const;
    void rest_between_reloads() const;

    const World& world_;
    const sys::Path file_;
    std::vector<sys::ProcessId> old_; // workers that a reload sent away
    mutable std::optional<NginxFacts> facts_;
};

const NginxFacts& NginxByInclude::facts() const {
    if (!facts_) facts_ = nginx_facts(world_, true);
    return *facts_;
}

Router::Features NginxByInclude::features() const {
    constexpr std::array<int, 3> knows_keepalive_minimum{1, 27, 4};
    Features features{.weights = true, .sockets = true, .tcp = true};
    if (facts().version < knows_keepalive_minimum)
        features.may_lose =
            "each reload of nginx may lose a request, even a POST, on each connection that a client keeps open (about "
            "3 of 64, mostly on a busy machine); nginx 1.27.4, router.mode: socket and HAProxy lose no requests";
    return features;
}

Result<void> NginxByInclude::check() {
    TRY_VOID(check_nginx(world_));
    return can_route();
}

// A switch is a reload, and nginx reloads nothing while any of its configuration is broken.
Result<void> NginxByInclude::can_route() {
    TRY_VOID(nginx_master(world_));
    if (TRY(may_begin_anew())) return {};
    if (const auto fine = test_nginx(world_); !fine.ok())
        return could_not(fmt::format("nginx's configuration is broken already: {}", fine.error().message));
    return {};
}

// Our own file, damaged while nobody is led anywhere by it: whoever routes next writes it again.
Result<bool> NginxByInclude::may_begin_anew() const {
    if (world_.host.inspect(file_).type != sys::FileType::file) return false;
    const auto text = TRY(world_.host.read_file(file_)), empty = TRY(render_upstream(world_.settings, {}));
    const auto first = empty.substr(0, empty.find('\n') + 1);
    if (text == empty || !(trim(text).empty() || text.starts_with(first))) return false;
    const auto state = world_.store.state();
    const auto leads_to = parse_upstream(text, file_.string());
    return state.ok() && state->current.empty() && (!leads_to.ok() || leads_to->empty());
}

Result<void> NginxByInclude::replace(const std::string& text) const {
    if (text.empty()) return world_.host.remove_tree(file_); // there was none
    return world_.host.write_file(file_, text, 0644);
}

Result<void> NginxByInclude::make() {
    const bool there = world_.host.inspect(file_).type != sys::FileType::absent;
    if (there && !TRY(may_begin_anew())) return {};
    TRY_VOID(world_.host.make_open_folders(file_.parent_path()));
    const auto text = TRY(render_upstream(world_.settings, {}));
    return replace(text);
}

Result<std::vector<Upstream>> NginxByInclude::observe() {
    if (world_.host.inspect(file_).type == sys::FileType::absent) return std::vector<Upstream>();
    if (TRY(may_begin_anew())) return std::vector<Upstream>();
    const auto text = TRY(world_.host.read_file(file_));
    return parse_upstream(text, file_.string());
}

// The file's time tells when the last one was, whoever made it; a clock that was turned costs one pause at most.
void NginxByInclude::rest_between_reloads() const {
    const auto interval = world_.settings.router.min_reload_interval;
    const auto modified = world_.host.inspect(file_).modified_ns;
    const auto now =
        std::chrono::duration_cast<std::chrono::nanoseconds>(world_.clock.now().time_since_epoch()).count();
    const auto since = Milliseconds((now - modified) / 1'000'000);
    if (modified > 0 && since.count() >= 0 && since < interval) world_.clock.rest(interval - since);
}

Result<void> NginxByInclude::signal(const sys::ProcessId& master) const {
    return world_.settings.router.container.empty() ? world_.host.send_signal(master, SIGHUP)
                                                    : signal_container(world_, "HUP");
}

// A reload is asynchronous, and nginx only logs that it failed: new workers run, and none of the old takes connections.
bool NginxByInclude::has_taken_over(const sys::ProcessId& master) const {
    const auto workers = nginx_workers(world_, master);
    const auto is_old = [&](const NginxWorker& worker) {
        return std::any_of(old_.begin(), old_.end(), [&](const auto& old) {
            return old.pid == worker.process.pid && old.started == worker.process.started;
        });
    };
    const bool fresh =
        std::any_of(workers.begin(), workers.end(), [&](const auto& one) { return !is_old(one) && !one.leaving; });
    return fresh &&
           std::none_of(workers.begin(), workers.end(), [&](const auto& one) { return is_old(one) && !one.leaving; });
}

Result<void> NginxByInclude::reload(const sys::ProcessId& master) {
    constexpr Milliseconds deadline{5000}, look{10};
    old_.clear();
    for (const auto& worker : nginx_workers(world_, master)) old_.push_back(worker.process);
    TRY_VOID(signal(master));
    for (const auto start = world_.clock.steady(); world_.clock.steady() - start < deadline; world_.clock.rest(look))
        if (has_taken_over(master)) return {};
    return could_not("nginx started no new workers within 5s of its reload; see its error log");
}

Result<void> NginxByInclude::route(const std::vector<Upstream>& to) {
    const auto master = TRY(nginx_master(world_));
    const auto before = world_.host.read_file(file_).value_or("");
    const auto text = TRY(render_upstream(world_.settings, to));
    rest_between_reloads();
    TRY_VOID(world_.host.make_open_folders(file_.parent_path()));
    TRY_VOID(replace(text));
    const auto fine = test_nginx(world_);
    if (!fine.ok()) {
        TRY_VOID(replace(before));
        if (!test_nginx(world_).ok())
            return could_not(fmt::format("nginx's configuration was broken before: {}", fine.error().message));
        return no(fmt::format("nginx refuses the new upstream: {}", fine.error().message));
    }
    const auto done = reload(master);
    if (done.ok()) return {};
    TRY_VOID(replace(before));
    TRY_VOID(signal(master)); // one that came late reads what was before
    return done;
}

// Old workers may yet connect to what they knew: a connection of a client's that they took has its first request still
// to come.
Result<int> NginxByInclude::connections(const Upstream& left) {
    const int open = TRY(open_connections(world_, left.address));
    const auto master = nginx_master(world_);
    if (!master.ok()) return open;
    const auto workers = nginx_workers(world_, master.value());
    return open +
           static_cast<int>(std::count_if(workers.begin(), workers.end(), [](const auto& one) { return one.leaving; }));
}

Result<std::map<std::string, Instance>> NginxByInclude::logged() {
    std::map<std::string, Instance> names;
    for (const auto& one : TRY(observe())) names[one.address] = one.instance;
    return names;
}

}

std::unique_ptr<Router> nginx_by_include(const World& world) { return std::make_unique<NginxByInclude>(world); }

}
