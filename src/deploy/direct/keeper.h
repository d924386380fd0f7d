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

// Keeps a slot's process running: systemd or our own supervisor. launch.json and env are written before.
namespace fairlead::deploy {

class Keeper {
  public:
    virtual ~Keeper() = default;
    virtual Result<void> here() { return {}; }       // see Place::here
    virtual bool knows(const std::string& slot) = 0; // whether anything of the slot exists, running or not
    virtual Result<void> start(const std::string& slot, const Launch& launch) = 0;
    virtual Result<ProcessSeen> seen(const std::string& slot) = 0;
    virtual sys::ProcessId main_process(const std::string& slot) = 0; // pid 0: not known
    // Lets the process run for `time` without requests; then it ends by itself, unless wake() is called before.
    virtual Result<void> keep_warm(const std::string& slot, Milliseconds time) = 0;
    virtual Result<void> wake(const std::string& slot) = 0;
    virtual Result<void> end(const std::string& slot) = 0;
    virtual Result<void> kill(const std::string& slot) = 0;
    virtual Result<void> clear(const std::string& slot) = 0;
    // checks that nobody else uses the slots' names
    virtual Result<void> check(const std::vector<std::string>&) { return {}; }
    // outlast(): called before the instances get requests; from then on they come back after a reboot. forget():
    // removes everything about the slot.
    virtual Result<void> outlast(const std::string&) { return {}; }
    virtual Result<void> forget(const std::string&) { return {}; }
    // Returns a missing file that the slot needs to come back after a reboot; empty: no file is missing.
    virtual sys::Path lacks(const std::string& /*slot*/) { return {}; }
    // Returns the same file if its content isn't what was written; empty: it is, or this was already reported.
    virtual sys::Path changed(const std::string& /*slot*/) { return {}; }
    // Makes only the slots in `serving` come back after a reboot.
    virtual Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) = 0;
};

std::unique_ptr<Keeper> own_keeper(const Layout& layout, const World& world);

struct SystemdUnit {
    std::string name;       // "fairlead-shop-staging@.service"
    sys::Path folder;       // the folder of units
    sys::Path runtime = {}; // XDG_RUNTIME_DIR of the user, for the user's own systemd; empty: the host's systemd
};
std::unique_ptr<Keeper> systemd_keeper(const Layout& layout, const World& world, SystemdUnit unit);
// The first keeper starts new processes. If another keeper has a slot from an earlier deployment, the slot stays with
// it.
std::unique_ptr<Keeper> keeper_of_each(std::vector<std::unique_ptr<Keeper>> keepers);
// The process continues and loads the next release at the signal target.reload; `inner` keeps it running.
std::unique_ptr<Keeper> reload_keeper(const Layout& layout, const World& world, std::unique_ptr<Keeper> inner);
// Returns the slot under whose name the keeper knows a process. For a reloaded process, it is the slot where it was
// started (its home).
std::string kept_as(sys::Host& host, const Layout& layout, const std::string& slot);
// Returns the real path of the socket that a slot's path leads to. For a reloaded process our own link there leads to
// its home.
sys::Path behind_alias(sys::Host& host, const Layout& layout, const std::string& slot, const sys::Path& socket);
// Returns the unit file. `told`: NAME=value, in addition to the file `env`. `identity`: the owner in one line.
// `of_user`: for a user's own systemd.
std::string render_unit(const Launch& launch, const std::string& env, const std::vector<std::string>& told,
                        const std::string& identity, bool of_user = false);
std::string quote_for_systemd(std::string_view word); // by the rules of systemd.service(5), "Command lines"

}
