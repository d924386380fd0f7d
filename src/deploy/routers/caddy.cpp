// Caddy by links to sockets: its configuration stays as it is, since each change of that is a reload.
#include "base/printable.h"
#include "base/text.h"
#include "deploy/routers/caddy_render.h"
#include "deploy/routers/engine.h"
#include "deploy/routers/kinds.h"
#include "deploy/routers/links.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

class Caddy : public Router {
  public:
    explicit Caddy(const World& world) : world_(world) {}
    Features features() const override { return {.weights = true, .sockets = true}; }
    Result<void> check() override;
    Result<void> make() override { return links_.make(); }
    Result<std::vector<Upstream>> observe() override { return links_.observe(); }
    Result<void> route(const std::vector<Upstream>& to) override { return links_.route(to); }
    Result<int> connections(const Upstream& left) override { return open_connections(world_, left.address); }
    Result<void> test(const std::string& file) override;
    Result<std::string> render() override { return render_caddy(world_.settings); }

  private:
    const World& world_;
    Links links_{world_};
};

Result<void> Caddy::check() {
    constexpr std::string_view by_socket = "unix/";
    constexpr Milliseconds patience{5000};
    const auto& admin = world_.settings.router.admin;
    const bool socket = admin.starts_with(by_socket);
    // At a socket it takes no other name than an empty one (Caddy 2.6, admin.go: allowedOrigins).
    const std::vector<std::pair<std::string, std::string>> headers(socket ? 1 : 0, {"Host", ""});
    const auto answer = TRY(world_.http.send({.url = (socket ? "http://localhost" : admin) + "/config/",
                                              .socket = socket ? admin.substr(by_socket.size()) : "",
                                              .headers = headers,
                                              .timeout = patience}));
    if (answer.failure != sys::HttpFailure::none || answer.status != 200)
        return could_not(fmt::format("Caddy's API does not answer at {}: {}; start Caddy, or write router.admin",
                                     one_line(admin),
                                     answer.reason.empty() ? fmt::format("status {}", answer.status) : answer.reason));
    const auto links = TRY(link_paths(world_.settings));
    return check_caddy_config(answer.body, links);
}

// Of a file that Caddy's own one doesn't import yet only itself can be judged; check() tells whether it runs.
Result<void> Caddy::test(const std::string& file) {
    const auto& config = world_.settings.router.config;
    const std::string main = config.empty() ? "/etc/caddy/Caddyfile" : config;
    for (const auto& one : {main, file}) {
        if (one.empty()) continue;
        const auto done =
            TRY(run_beside_router(world_, {"caddy", "validate", "--config", one, "--adapter", "caddyfile"}));
        if (done.status == 0) continue;
        const auto lines = split(trim(done.err), '\n');
        return no(one_line(lines.back()));
    }
    return {};
}

}

std::unique_ptr<Router> make_caddy(const World& world) { return std::make_unique<Caddy>(world); }

}
