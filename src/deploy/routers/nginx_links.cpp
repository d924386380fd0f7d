// nginx by links to sockets: a switch is a rename, and nothing is reloaded.
#include "deploy/routers/engine.h"
#include "deploy/routers/kinds.h"
#include "deploy/routers/links.h"
#include "deploy/routers/nginx_view.h"
#include "deploy/watch.h"
#include "deploy/way_back.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

class NginxByLinks : public Router {
  public:
    explicit NginxByLinks(const World& world) : world_(world) {}
    Features features() const override { return {.weights = true, .sockets = true}; }
    std::vector<std::string> notes() override { return nginx_notes(world_); }
    Result<void> check() override {
        TRY_VOID(link_paths(world_.settings));
        return check_nginx(world_);
    }
    Result<void> make() override { return links_.make(); }
    Result<std::vector<Upstream>> observe() override { return links_.observe(); }
    Result<void> route(const std::vector<Upstream>& to) override { return links_.route(to); }
    Result<int> connections(const Upstream& left) override { return open_connections(world_, left.address); }
    Result<std::map<std::string, Instance>> logged() override { return links_.logged(); }
    Result<void> test(const std::string& file) override { return test_nginx(world_, file); }
    Result<std::string> render() override { return render_nginx(world_.settings, facts()); }

  private:
    NginxFacts facts() const { return nginx_facts(world_, world_.settings.url.starts_with("https")); }
    const World& world_;
    Links links_{world_};
};

}

std::unique_ptr<Router> nginx_by_links(const World& world) { return std::make_unique<NginxByLinks>(world); }

std::vector<std::string> nginx_notes(const World& world) {
    const auto view = view_nginx(world);
    std::vector<std::string> notes;
    if (view.keepalive)
        notes.push_back(
            fmt::format("nginx keeps connections to the old release: {} has `keepalive` in the upstream of "
                        "fairlead-deploy's links; remove it, or both releases get requests until those connections end",
                        view.main));
    if (view.without_http2)
        notes.push_back("the url is https, but nginx serves it only with HTTP/1.1; add `http2 on;` to its server "
                        "(before nginx 1.25.1: `http2` to its `listen`)");
    if (view.reuseport && world.settings.router.by_include())
        notes.push_back("`listen … reuseport` loses waiting connections when nginx reloads, unless the kernel has "
                        "net.ipv4.tcp_migrate_req");
    return notes;
}

// Who keeps nginx's files elsewhere is believed: only a file that was named has to lead to us.
Result<void> check_nginx(const World& world) {
    const auto answer = TRY(ask_router(world));
    // Where the connection was taken and only the answer didn't come, it is up: it waits for what serves, which hangs.
    const bool waits = answer.failure == sys::HttpFailure::timeout && answer.sent_any;
    if (answer.status == 0 && !waits)
        return could_not(fmt::format("the router does not answer at {}: {}; start nginx with the output of `{}`",
                                     world.settings.url, answer.reason, command_for(world.settings, "router")));
    const auto view = view_nginx(world);
    const auto& router = world.settings.router;
    if (view.ours || !router.container.empty() || (router.config.empty() && !router.by_include())) return {};
    if (!view.read) {
        return router.config.empty() ? Result<void>()
                                     : usage(fmt::format("router.config '{}' can't be read", view.main));
    }
    return usage(fmt::format("nginx's configuration does not use the links or the file that a switch writes; run "
                             "`{}`, include its output in http {{}}, then reload nginx",
                             command_for(world.settings, "router")),
                 {.file = view.main});
}

}
