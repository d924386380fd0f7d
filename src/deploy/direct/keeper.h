#pragma once
#include "deploy/direct/supervisor.h"
#include "deploy/layout.h"
#include "deploy/target.h"
#include <memory>
#include <string>
#include <string_view>

// Who keeps a slot's process running: systemd or our own supervisor. launch.json and env are in place already.
namespace fairlead::deploy {

class Keeper {
  public:
    virtual ~Keeper() = default;
    virtual Result<void> start(const std::string& slot, const Launch& launch) = 0;
    virtual Result<ProcessSeen> seen(const std::string& slot) = 0;
    virtual Result<void> end(const std::string& slot) = 0;
    virtual Result<void> kill(const std::string& slot) = 0;
    virtual Result<void> clear(const std::string& slot) = 0;
    // It comes back after a reboot, the others don't; empty: none does.
    virtual Result<void> commit(const std::string& slot) = 0;
};

std::unique_ptr<Keeper> own_keeper(const Layout& layout, const World& world);

struct SystemdUnit {
    std::string name; // "fairlead-shop-staging@.service"
    sys::Path folder; // where units live
};
std::unique_ptr<Keeper> systemd_keeper(const Layout& layout, const World& world, SystemdUnit unit);
std::string render_unit(const Launch& launch, const std::string& env, const std::string& description);
std::string quote_for_systemd(std::string_view word); // systemd.service(5), "Command lines"

bool systemd_runs();
// `supervise` as fairlead.yml has it. "auto": systemd where it runs and is ours, so never without root.
bool wants_systemd(std::string_view supervise, bool root, bool systemd);

}
