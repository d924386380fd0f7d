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

// Where releases run, as verbs: processes of this host (deploy/direct), containers of an engine (deploy/compose). Each
// may be done again after it was interrupted.
namespace fairlead::deploy {

struct World; // deploy/world.h

struct ProcessSeen {
    bool running = false; // it or its supervisor lives
    bool alone = false;   // it lives, its supervisor was killed: nobody would start it again
    int restarts = 0;     // since it was started
    int last_status = 0;  // exit status of the last end, or 128 + signal
    bool ending = false;  // it runs, and was told to end
    // It ended by somebody's hand: left to itself, its keeper would have started it again.
    bool by_another = false;
};

struct InstanceSeen {
    bool running = false;
    std::string release; // id
    bool alone = false;
    bool ending = false; // as ProcessSeen's
    bool operator==(const InstanceSeen&) const = default;
};
struct Stray {
    std::string name;      // that it is ended by
    std::string slot = {}; // that it was started for; empty: for none
    bool operator==(const Stray&) const = default;
};
using Seen = std::map<Instance, InstanceSeen>; // those that run, and those of a slot that is not empty

class Place {
  public:
    virtual ~Place() = default;
    virtual Result<void> check_owner() = 0; // that nobody else deploys there
    virtual Result<void> preflight() = 0;   // and all else that can be known before something is touched; reads only
    virtual std::vector<std::string> notes() { return {}; } // for the plan: what it does about what stands in the way
    // What is deployed: from release.path, or an image. An empty `version` is the short commit.
    virtual Result<Release> read(const std::string& version, const std::string& commit) = 0;
    virtual std::vector<Instance>
    instances(const std::string& slot) = 0;         // that a release has there by today's settings
    virtual bool by_tcp() const { return false; }   // its addresses are host:port
    virtual Result<void> can_start() { return {}; } // what a start by today's settings needs that can be known before
    virtual Result<void> can_stop() { return {}; }  // error (usage): nobody said how
    virtual bool serves_at_once() const { return false; } // started is reached: no router stands before it
    // What it asks and tells everything by: an engine, systemd. Error (could_not): it is away, for a restart say.
    virtual Result<void> here() { return {}; }
    virtual Result<Seen> observe() = 0;
    // What came there since the current release was deployed, would answer for it or work beside it, and
    // belongs to no slot: it is told, and ended by whoever deploys next.
    virtual Result<std::vector<Stray>> strays() { return std::vector<Stray>(); }
    virtual Result<void> end_stray(const std::string& /*name*/) { return {}; }
    // Of all that observe() tells; a look changes nothing and takes milliseconds.
    virtual Result<std::vector<Usage>> resources() { return std::vector<Usage>(); }
    // The variables that what is there was started with, by their names, as far as that is kept; ours may be among
    // them.
    virtual std::vector<std::pair<std::string, std::string>> given(const std::string& /*slot*/) { return {}; }
    virtual Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) = 0;
    virtual Result<void> fetch(const Release& release) = 0;
    virtual Result<void> prepare(const ReleaseInfo& release) = 0;
    // Where the files of a prepared release are; empty: in no folder.
    virtual std::string folder(const std::string& /*release*/) const { return {}; }
    virtual Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) = 0;
    virtual Result<void> restart(const Instance& instance) = 0; // as it was started last
    virtual Result<ProcessSeen> process(const Instance& instance) = 0;
    // Their first processes, as far as the end of one can be heard.
    virtual std::vector<sys::ProcessId> processes(const std::vector<Instance>&) { return {}; }
    // `drained` ones stay that long for a rollback, without requests, then they end by themselves.
    virtual Result<void> keep_warm(const std::vector<Instance>& drained, Milliseconds time) = 0;
    virtual Result<void> wake(const std::vector<Instance>& warm) = 0;  // they stay
    virtual Result<std::string> address(const Instance& instance) = 0; // as Upstream's
    virtual Result<bool> listens(const Instance& instance) = 0;        // at that address, as far as anybody can tell
    // Its socket is open to the router's user: whoever keeps it opens it a moment after the application made it.
    virtual Result<bool> is_open(const Instance& /*instance*/) { return true; }
    // Its health path, past the router; within health.timeout, and within `limit` where one is given.
    virtual Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) = 0;
    // Before they get requests: from now on they come back after a reboot.
    virtual Result<void> outlast(const std::vector<Instance>&) { return {}; }
    virtual Result<void> end(const Instance& instance) = 0;   // asks it to end
    virtual Result<void> kill(const Instance& instance) = 0;  // and its children
    virtual Result<void> clear(const Instance& instance) = 0; // what an ended one left: its socket
    // An empty slot: nothing serves. What serves comes back after a reboot, nothing else does.
    virtual Result<void> commit(const std::string& slot, const std::string& release) = 0;
    virtual Result<std::vector<std::string>> present() = 0; // releases that can be started
    // What is wrong with the records that are its own, or lack beside what is there; a look.
    virtual Result<std::vector<ledger::Damage>> damaged() { return std::vector<ledger::Damage>(); }
    // Records once more what is here without a record, as whole as it looks: the state folder was lost.
    virtual Result<void> record_again() { return {}; }
    virtual Result<void> prune(const std::vector<std::string>& kept) = 0; // and what a killed deployer left
    virtual std::string last_lines(const Instance& instance) = 0;         // of its log
    // The same, as many as are asked for, where it has more.
    virtual std::string log(const Instance& instance, std::size_t /*lines*/) { return last_lines(instance); }
    virtual std::string prepare_lines() = 0;                           // of what prepare ran last
    virtual Result<void> check(const std::string& release) = 0;        // error (no): it is not what was sealed
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
