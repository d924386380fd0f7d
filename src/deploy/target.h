#pragma once
#include "deploy/direct/variables.h"
#include "deploy/plan.h"
#include "deploy/release/release.h"
#include "deploy/release/store.h"
#include "deploy/settings.h"
#include "sys/clock.h"
#include "sys/host.h"
#include "sys/http/client.h"
#include "sys/http/sockets.h"
#include <memory>
#include <span>
#include <string>
#include <vector>

// Where releases run, as verbs. Each may be done again after it was interrupted.
namespace fairlead::deploy {

struct ProcessSeen {
    bool running = false; // it or its supervisor lives
    bool alone = false;   // it lives, its supervisor was killed: nobody would start it again
    int restarts = 0;     // since it was started
    int last_status = 0;  // exit status of the last end, or 128 + signal
};

class Target {
  public:
    virtual ~Target() = default;
    virtual Result<void> check_owner() = 0; // that nobody else deploys there
    virtual Result<void>
    preflight() = 0; // and everything else that can be known before something is touched; reads only
    virtual Result<Observed> observe() = 0; // slots and routed
    virtual Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) = 0;
    virtual Result<void> fetch(const Release& release) = 0;
    virtual Result<void> prepare(const ReleaseInfo& release) = 0;
    virtual Result<void> start(const std::string& slot, const ReleaseInfo& release) = 0;
    virtual Result<void> restart(const std::string& slot) = 0; // as it was started last
    virtual Result<ProcessSeen> process(const std::string& slot) = 0;
    // Its health path, past the router; within health.timeout, and within `limit` where one is given.
    virtual Result<sys::HttpResponse> ask(const std::string& slot, Milliseconds limit = Milliseconds::max()) = 0;
    virtual Result<sys::HttpResponse> ask_router() = 0; // the same, on a fresh connection
    virtual Result<sys::SocketUse> use(const std::string& slot) = 0;
    virtual Result<void> route(const std::string& slot) = 0; // empty: to nothing
    virtual Result<void> end(const std::string& slot) = 0;   // asks the process to end
    virtual Result<void> kill(const std::string& slot) = 0;  // and its children
    virtual Result<void> clear(const std::string& slot) = 0; // what an ended process left: its socket
    virtual Result<void> commit(const std::string& slot, const std::string& release) = 0; // empty: nothing serves
    virtual Result<std::vector<std::string>> present() = 0;               // releases that can be started
    virtual Result<void> prune(const std::vector<std::string>& kept) = 0; // and what a killed deployer left
    virtual std::string last_lines(const std::string& slot) = 0;          // of its process; no slot: of prepare
    virtual Result<void> check(const std::string& release) = 0;        // error (no): its files are not what was sealed
    virtual Result<std::string> drift(const std::string& release) = 0; // from what was sealed; empty: none
};

// What targets are made of; lives longer than they do.
struct World {
    const Settings& settings;
    const Variables& variables;
    const Store& store;
    const sys::Environment& process;
    sys::Http& http;
    sys::Clock& clock;
    sys::Host& host = sys::real_host();
};

struct TargetKind {
    std::string_view name;
    std::unique_ptr<Target> (*make)(const World& world);
};
std::span<const TargetKind> target_kinds();
const TargetKind* find_target(std::string_view name);

std::unique_ptr<Target> make_direct(const World& world);

}
