#pragma once
#include "deploy/direct/managers.h"
#include "deploy/direct/supervisor.h"
#include "deploy/layout.h"
#include "deploy/place.h"
#include "deploy/world.h"
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Who keeps a slot's process running: systemd or our own supervisor. launch.json and env are in place already.
namespace fairlead::deploy {

class Keeper {
  public:
    virtual ~Keeper() = default;
    virtual Result<void> here() { return {}; }       // as Place's
    virtual bool knows(const std::string& slot) = 0; // something of it is there, running or not
    virtual Result<void> start(const std::string& slot, const Launch& launch) = 0;
    virtual Result<ProcessSeen> seen(const std::string& slot) = 0;
    virtual sys::ProcessId main_process(const std::string& slot) = 0; // pid 0: none that we know
    // It ends by itself when the time is over, unless it is woken before.
    virtual Result<void> keep_warm(const std::string& slot, Milliseconds time) = 0;
    virtual Result<void> wake(const std::string& slot) = 0;
    virtual Result<void> end(const std::string& slot) = 0;
    virtual Result<void> kill(const std::string& slot) = 0;
    virtual Result<void> clear(const std::string& slot) = 0;
    virtual Result<void> check(const std::vector<std::string>&) { return {}; } // their names are nobody else's
    // From before they get requests: they come back after a reboot. Then: nothing is left of it.
    virtual Result<void> outlast(const std::string&) { return {}; }
    virtual Result<void> forget(const std::string&) { return {}; }
    // The file without which it doesn't come back, and which is not there; empty: nothing lacks.
    virtual sys::Path lacks(const std::string& /*slot*/) { return {}; }
    // Those that serve come back after a reboot, the others don't.
    virtual Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) = 0;
};

std::unique_ptr<Keeper> own_keeper(const Layout& layout, const World& world);

struct SystemdUnit {
    std::string name;       // "fairlead-shop-staging@.service"
    sys::Path folder;       // where units live
    sys::Path runtime = {}; // XDG_RUNTIME_DIR of the user whose own systemd it is; empty: the host's
};
std::unique_ptr<Keeper> systemd_keeper(const Layout& layout, const World& world, SystemdUnit unit);
// What starts is the first one's; a slot that another one still keeps, as an earlier deployment had it, stays with
// that.
std::unique_ptr<Keeper> keeper_of_each(std::vector<std::unique_ptr<Keeper>> keepers);
// A process stays and takes the next release by target.reload; `inner` keeps it.
std::unique_ptr<Keeper> reload_keeper(const Layout& layout, const World& world, std::unique_ptr<Keeper> inner);
// The slot that its process is really kept as: of one that is reloaded, its home.
std::string kept_as(sys::Host& host, const Layout& layout, const std::string& slot);
// Where the socket really is that a slot's path leads to: our own link there names the home of its process.
sys::Path behind_alias(sys::Host& host, const Layout& layout, const std::string& slot, const sys::Path& socket);
// `told`: NAME=value, beside those of the file `env`. `identity`: whose it is, in one line.
// `of_user`: for the systemd of a user.
std::string render_unit(const Launch& launch, const std::string& env, const std::vector<std::string>& told,
                        const std::string& identity, bool of_user = false);
std::string quote_for_systemd(std::string_view word); // systemd.service(5), "Command lines"

}
