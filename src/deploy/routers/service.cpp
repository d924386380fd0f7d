#include "base/text.h"
#include "deploy/routers/kinds.h"
#include "ledger/files.h"

namespace fairlead::deploy {

namespace {

// The project's own proxy finds the containers by the name of their service, so whoever runs is reached: nothing is
// switched. What a deployment did is written down, for the next one to know.
class ByService : public Router {
  public:
    explicit ByService(const World& world) : world_(world), file_(sys::Path(world.settings.state) / "routed") {}
    Features features() const override {
        return {.sockets = true,
                .tcp = true,
                .may_lose =
                    "the project's own proxy answers 502 from the stop of the old release until the new one is ready"};
    }
    Result<void> check() override { return {}; }
    Result<std::vector<Upstream>> observe() override {
        std::vector<Upstream> found;
        for (const auto& line : split(world_.host.read_file(file_).value_or(""), '\n'))
            if (auto instance = instance_of(line)) found.push_back({.instance = *instance, .address = {}});
        return found;
    }
    Result<void> route(const std::vector<Upstream>& to) override {
        std::string text;
        for (const auto& one : to) text += name_of(one.instance) + "\n";
        return world_.host.write_file(file_, text, ledger::file_mode);
    }
    Result<int> connections(const Upstream&) override { return 0; } // it ends those that it has, at its signal
    Result<std::string> render() override {
        return usage("router service has no configuration: the project's own proxy finds the containers by the name of "
                     "their service");
    }

  private:
    const World& world_;
    const sys::Path file_;
};

}

std::unique_ptr<Router> make_service(const World& world) { return std::make_unique<ByService>(world); }

}
