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
    bool alone = false;   // it lives, but its supervisor was killed, so nobody would restart it
    int restarts = 0;     // since it was started
    int last_status = 0;  // exit status of the last end, or 128 + signal
    bool ending = false;  // it runs, and was told to end
    // Somebody else ended it; its keeper would have restarted it otherwise.
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
    instances(const std::string& slot) = 0;         // that a release has there by today's settings
    virtual bool by_tcp() const { return false; }   // its addresses are host:port
    virtual Result<void> can_start() { return {}; } // what a start by today's settings needs that can be known before
    virtual Result<void> can_stop() { return {}; }  // error (usage): nobody said how
    // Where a command that was not done left nobody who knows what runs: it is taken to run, so that it is stopped.
    virtual Result<void> presume_running() { return {}; }
    virtual bool serves_at_once() const { return false; } // started is reached: no router stands before it
    // What it asks and tells everything by: an engine, systemd. Error (could_not): it is away, for a restart say.
    virtual Result<void> here() { return {}; }
    virtual Result<Seen> observe() = 0;
    // Returns instances without a slot that appeared since the current release was deployed, and answer or work in its
    // place. They are reported, and the next deployment ends them.
    virtual Result<std::vector<Stray>> strays() { return std::vector<Stray>(); }
    virtual Result<void> end_stray(const std::string& /*name*/) { return {}; }
    // Returns the usage of all instances of observe(); changes nothing and takes milliseconds.
    virtual Result<std::vector<Usage>> resources() { return std::vector<Usage>(); }
    // Returns the variables of the running instances by name, as far as they are kept; our own variables may be among
    // them.
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
    // The `drained` instances stay for `time` without requests, for a rollback; then they end by themselves.
    virtual Result<void> keep_warm(const std::vector<Instance>& drained, Milliseconds time) = 0;
    virtual Result<void> wake(const std::vector<Instance>& warm) = 0;  // makes warm instances stay running
    virtual Result<std::string> address(const Instance& instance) = 0; // in the form of Upstream::address
    virtual Result<bool> listens(const Instance& instance) = 0;        // at that address, as far as we can find out
    // Whether the router's user may connect to the socket: the keeper allows it a moment after the application made it.
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
    // What the application wrote into that release's folder, in words: the next release begins without it. Empty: none.
    virtual std::string leaves_behind(const std::string& /*release*/) { return {}; }
    virtual std::string log(const Instance& instance, std::size_t lines) = 0; // at most so many of the last
    virtual std::string prepare_lines(std::size_t lines) = 0;                 // of what prepare ran last
    virtual Result<void> check(const std::string& release) = 0;               // error (no): it is not what was sealed
    // What lies beside its sealed files when it starts. Error (no): something was added, or a shared file is gone; it
    // is started all the same.
    virtual Result<void> check_beside(const std::string& /*release*/) { return {}; }
    virtual Result<std::string> drift(const std::string& release) = 0; // from what was sealed; empty: none
    // What it can't do for what it runs there, with the way out: told by apply and status.
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
