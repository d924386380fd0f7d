#include "deploy/exec/whereabouts.h"
#include "deploy/routers/kinds.h"

namespace fairlead::deploy {

namespace {

// Requests are led by the commands of target exec; what they come to is only noted.
class Elsewhere : public Router {
  public:
    explicit Elsewhere(const World& world) : world_(world) {}
    Features features() const override { return {.sockets = true}; }
    Result<void> check() override { return {}; }
    Result<std::vector<Upstream>> observe() override {
        const auto now = TRY(read_whereabouts(world_.host, world_.store));
        if (now.routed.empty() || now.routed != now.runs) return std::vector<Upstream>();
        return std::vector<Upstream>{{.instance = {.slot = now.routed}, .address = {}}};
    }
    Result<void> route(const std::vector<Upstream>& to) override {
        auto now = TRY(read_whereabouts(world_.host, world_.store));
        now.routed = to.empty() ? std::string() : to.front().instance.slot;
        return write_whereabouts(world_.host, world_.store, now);
    }
    Result<int> connections(const Upstream&) override { return 0; }
    Result<std::string> render() override {
        return usage("target exec has no router: its own commands route the requests");
    }

  private:
    const World& world_;
};

}

std::unique_ptr<Router> make_elsewhere(const World& world) { return std::make_unique<Elsewhere>(world); }

}
