#pragma once
#include "base/result.h"
#include "deploy/instance.h"
#include "deploy/release/release.h"
#include "deploy/usage.h"
#include "ledger/ledger.h"
#include "sys/http/client.h"
#include "sys/process/supervise.h"
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The place where releases run: processes of this host (deploy/direct) or containers of an engine (deploy/compose).
// Each function may be repeated after an interruption.
namespace fairlead::deploy {

struct World; // deploy/world.h

struct ProcessSeen {
    bool running = false; // the process or its supervisor lives
    bool alone = false;   // the process lives, but its supervisor was killed, so nobody would restart it
    int restarts = 0;     // since it was started
    int last_status = 0;  // last exit status, or 128 + signal
    bool ending = false;  // it was told to end, and still runs
    // somebody else ended it: otherwise its keeper would have restarted it
    bool by_another = false;
};

struct InstanceSeen {
    bool running = false;
    std::string release; // id
    bool alone = false;
    bool ending = false; // see ProcessSeen
    bool operator==(const InstanceSeen&) const = default;
};
struct Stray {
    std::string name;      // for end_stray()
    std::string slot = {}; // the slot that it was started for; empty: none
    bool operator==(const Stray&) const = default;
};
using Seen = std::map<Instance, InstanceSeen>; // running instances, and instances of a slot that is not empty

class Place {
  public:
    virtual ~Place() = default;
    virtual Result<void> check_owner() = 0; // checks that nobody else deploys there
    virtual Result<void> preflight() = 0;   // checks everything else that can be checked before a change; only reads
    virtual std::vector<std::string> notes() { return {}; } // for the plan: obstacles, and what we do about them
    // Returns the release to deploy: from release.path, or an image. An empty `version` means the short commit.
    virtual Result<Release> read(const std::string& version, const std::string& commit) = 0;
    virtual std::vector<Instance>
    instances(const std::string& slot) = 0;         // of a release in this slot, by today's settings
    virtual bool by_tcp() const { return false; }   // its addresses are host:port
    virtual Result<void> can_start() { return {}; } // checks the needs of a start with today's settings
    virtual Result<void> can_stop() { return {}; }  // error (usage): no stop command is configured
    // If an interrupted command left it unknown what runs, assumes that the release runs, so that it is stopped.
    virtual Result<void> presume_running() { return {}; }
    // a started release gets requests at once, because there is no router
    virtual bool serves_at_once() const { return false; }
    // Error (could_not): the engine or systemd, through which the place works, is away, for example during a restart.
    virtual Result<void> here() { return {}; }
    virtual Result<Seen> observe() = 0;
    // Returns instances without a slot that appeared after the current release was deployed and take some of its work.
    // They are reported, and the next deployment ends them.
    virtual Result<std::vector<Stray>> strays() { return std::vector<Stray>(); }
    virtual Result<void> end_stray(const std::string& /*name*/) { return {}; }
    // Returns the usage of all instances of observe(); changes nothing and takes milliseconds.
    virtual Result<std::vector<Usage>> resources() { return std::vector<Usage>(); }
    // Returns the names and values of the running instances' variables, if they are kept; our own may be among them.
    virtual std::vector<std::pair<std::string, std::string>> given(const std::string& /*slot*/) { return {}; }
    virtual Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) = 0;
    virtual Result<void> fetch(const Release& release) = 0;
    virtual Result<void> prepare(const ReleaseInfo& release) = 0;
    // Returns the folder with the files of a prepared release; empty: it has no folder.
    virtual std::string folder(const std::string& /*release*/) const { return {}; }
    virtual Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) = 0;
    virtual Result<void> restart(const Instance& instance) = 0; // with the same settings as its last start
    virtual Result<ProcessSeen> process(const Instance& instance) = 0;
    // Returns the main processes of the instances whose end can be noticed.
    virtual std::vector<sys::ProcessId> processes(const std::vector<Instance>&) { return {}; }
    // Keeps the `drained` instances running without requests for `time`, for a rollback; then they end by themselves.
    virtual Result<void> keep_warm(const std::vector<Instance>& drained, Milliseconds time) = 0;
    virtual Result<void> wake(const std::vector<Instance>& warm) = 0;  // makes warm instances stay running
    virtual Result<std::string> address(const Instance& instance) = 0; // in the form of Upstream::address
    // whether it listens at its address, as far as we can tell
    virtual Result<bool> listens(const Instance& instance) = 0;
    // Returns whether the router's user may connect to the socket. The keeper allows this shortly after the application
    // made it.
    virtual Result<bool> is_open(const Instance& /*instance*/) { return true; }
    // Requests the health path directly, without the router, within health.timeout, and within `limit` if it is given.
    virtual Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) = 0;
    // Called before the instances get requests: from now on they come back after a reboot.
    virtual Result<void> outlast(const std::vector<Instance>&) { return {}; }
    virtual Result<void> end(const Instance& instance) = 0;   // asks it to end
    virtual Result<void> kill(const Instance& instance) = 0;  // with its children
    virtual Result<void> clear(const Instance& instance) = 0; // removes the socket of an ended instance
    // Records the serving slot; empty: nothing serves. Only the serving release comes back after a reboot.
    virtual Result<void> commit(const std::string& slot, const std::string& release) = 0;
    virtual Result<std::vector<std::string>> present() = 0; // releases that can be started
    // Returns damaged records of this place, and missing records of existing releases; only reads.
    virtual Result<std::vector<ledger::Damage>> damaged() { return std::vector<ledger::Damage>(); }
    // Records existing releases that have no record, after a loss of the state folder. Trusts that they are complete.
    virtual Result<void> record_again() { return {}; }
    // also deletes leftovers of a killed deployment
    virtual Result<void> prune(const std::vector<std::string>& kept) = 0;
    // Describes data that the application wrote into that release's folder, which the next release won't have. Empty:
    // none.
    virtual std::string leaves_behind(const std::string& /*release*/) { return {}; }
    virtual std::string log(const Instance& instance, std::size_t lines) = 0; // the last `lines` lines
    // the last lines of prepare's last command
    virtual std::string prepare_lines(std::size_t lines) = 0;
    // error (no): its files differ from the sealed files
    virtual Result<void> check(const std::string& release) = 0;
    // Checks the files next to the sealed files. Error (no): something was added, or a shared file is gone. The caller
    // starts the release anyway.
    virtual Result<void> check_beside(const std::string& /*release*/) { return {}; }
    virtual Result<std::string> drift(const std::string& release) = 0; // difference from the sealed files; empty: none
    // Returns what the place can't do for its releases, with the way out; apply and status print it.
    virtual std::vector<std::string> warnings() { return {}; }
};

struct PlaceKind {
    std::string_view name; // direct, compose
    std::unique_ptr<Place> (*make)(const World& world);
};
std::span<const PlaceKind> place_kinds();
std::vector<std::string_view> place_names(); // target.kind
const PlaceKind* find_place(std::string_view name);

}
