#pragma once
#include "deploy/carry/deployment.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include "sys/process/confine.h"
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <unistd.h>

// A host as a model, whose deployer can be killed at any call.
namespace fairlead::deploy::testing {

struct Killed {};

struct Host {
    struct Slot {
        bool running = false;
        std::string release;
        int connections = 0;
        int last_status = 0;
        bool asked = false; // since it was started
        bool ending = false;
        Milliseconds ends_at{0}; // where it is
        bool by_another = false; // somebody ended it
    };
    std::map<std::string, Slot> slots{{"a", {}}, {"b", {}}}; // by instance
    std::vector<Instance> instances{{.slot = "a"}};          // that a release has
    std::map<std::string, int> routed;                       // instances, with their weights
    // Whom the requests reach, all of them; empty: nobody, or more than one.
    std::string routed_to() const { return routed.size() == 1 ? routed.begin()->first : ""; }
    std::set<std::string> releases;    // folders
    std::set<std::string> changed;     // since they were sealed
    std::set<std::string> sick;        // answer 500: a release, or one instance of it, "two@b.2"
    std::set<std::string> sick_routed; // answer 500 once requests come
    bool router_down = false;
    Milliseconds last_limit{0};    // of a question
    bool router_lost = false;      // it does not reach the socket
    std::vector<std::string> told; // addresses and routes, in their order
    bool router_broken = false;    // it tells, and can't be switched
    bool router_hangs = false;     // it takes questions, and doesn't answer
    bool router_mute = false;      // it tells nothing and can't be switched, being down
    bool same_settings = true;
    int starts = 0;
    bool gap_allowed = false;           // recreate
    int hanging = 0;                    // requests of a slot that the router left, which never end
    bool deaf = false;                  // processes end only when they are killed
    Milliseconds ends_after{0};         // what a process takes once it was told to end; it answers no more meanwhile
    int end_status = 0;                 // with which it ends then
    bool exclusive = false;             // who finds another one running can't
    std::set<std::string> lost;         // releases that start no more
    std::function<Milliseconds()> time; // now
    void settle() {
        for (auto& [name, slot] : slots)
            if (slot.ending && time() >= slot.ends_at) {
                slot.running = slot.ending = false;
                slot.last_status = end_status;
            }
    }
    bool serves(const std::string& name) {
        settle();
        return slots[name].running && !slots[name].ending;
    }
    std::vector<std::string> violations;

    std::vector<sys::ProcessId> heard; // whose end is
    int away = 0;                      // that many questions find no engine
    std::function<void()> at_back;     // when it is there again
    int router_away = 0;               // that many orders and questions find no router
    int calls_left = -1;               // until the deployer is killed; -1: never
    int calls = 0;
    std::function<void()> at_call, at_look; // before each, where somebody wants to know
    void call() {
        ++calls;
        if (at_call) at_call();
        if (calls_left == 0) throw Killed{};
        if (calls_left > 0) --calls_left;
    }
    Result<void> engine() {
        if (away == 0) return {};
        if (--away == 0 && at_back) at_back();
        return could_not("the engine does not answer");
    }
    Result<void> router() {
        if (router_away == 0) return {};
        --router_away;
        return could_not("the router takes no orders");
    }
    sys::HttpResponse answer(const std::string& name) {
        call();
        auto& seen = slots[name];
        seen.asked = true;
        if (!serves(name)) return {.failure = sys::HttpFailure::refused, .reason = "nobody listens"};
        const bool is_sick = sick.contains(seen.release) || sick.contains(seen.release + "@" + name) ||
                             (routed.contains(name) && sick_routed.contains(seen.release));
        sys::HttpResponse response;
        response.status = is_sick ? 500 : 200;
        response.headers = {{"X-Release", seen.release}};
        return response;
    }
};

class ModelClock : public sys::Clock {
  public:
    SystemTime now() override { return SystemTime(Milliseconds{1'700'000'000'000} + time_); }
    Steady steady() override { return Steady(time_); }
    bool sleep(Milliseconds duration) override {
        if (sleeps_left == 0) return false;
        if (duration.count() > 0 && sleeps_left > 0) --sleeps_left;
        time_ += duration;
        return true;
    }
    void rest(Milliseconds duration) override { time_ += duration; }
    int sleeps_left = -1; // until a signal comes; -1: never

  private:
    Milliseconds time_{0};
};

class ModelPlace : public Place {
  public:
    ModelPlace(Host& host, const Store& store) : host_(host), store_(store) {}

    Result<void> check_owner() override { return {}; }
    Result<void> preflight() override { return {}; }
    Result<Release> read(const std::string&, const std::string&) override { return no("the model has no files"); }
    std::vector<Instance> instances(const std::string& slot) override { return in_slot(host_.instances, slot); }
    Result<void> here() override { return host_.engine(); }
    Result<Seen> observe() override {
        TRY_VOID(host_.engine());
        Seen seen;
        host_.settle();
        for (const auto& [name, slot] : host_.slots)
            seen[instance_of(name).value()] = {.running = slot.running, .release = slot.release, .ending = slot.ending};
        return seen;
    }
    Result<bool> same_settings(const std::string&, const ReleaseInfo&) override { return host_.same_settings; }
    Result<void> fetch(const Release& release) override {
        host_.call();
        host_.releases.insert(release.info.id);
        return store_.write(release.info);
    }
    std::string folder(const std::string& release) const override { return "/releases/" + release; }
    Result<void> prepare(const ReleaseInfo& release) override {
        host_.call();
        auto info = release;
        info.prepared = true;
        return store_.write(info);
    }
    Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) override {
        for (const auto& instance : instances) TRY_VOID(start_one(name_of(instance), release.id));
        return {};
    }
    Result<void> restart(const Instance& instance) override {
        return start_one(name_of(instance), host_.slots[name_of(instance)].release);
    }
    Result<ProcessSeen> process(const Instance& instance) override {
        host_.settle();
        TRY_VOID(host_.engine());
        const auto& seen = host_.slots[name_of(instance)];
        return ProcessSeen{seen.running, false, 0, seen.last_status, seen.ending, seen.by_another};
    }
    std::vector<sys::ProcessId> processes(const std::vector<Instance>&) override { return host_.heard; }
    Result<void> keep_warm(const std::vector<Instance>&, Milliseconds) override {
        host_.call();
        return {};
    }
    Result<void> wake(const std::vector<Instance>&) override {
        host_.call();
        return {};
    }
    Result<std::string> address(const Instance& instance) override {
        host_.told.push_back("address of " + name_of(instance));
        return "unix:" + name_of(instance);
    }
    Result<bool> listens(const Instance& instance) override {
        if (host_.at_look) host_.at_look();
        return host_.serves(name_of(instance));
    }
    Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) override {
        host_.last_limit = limit;
        return host_.answer(name_of(instance));
    }
    Result<void> end(const Instance& instance) override {
        host_.call();
        const auto slot = name_of(instance);
        auto& seen = host_.slots[slot];
        if (seen.running && host_.routed.contains(slot) && !host_.gap_allowed)
            host_.violations.push_back("slot " + slot + " stopped while it serves");
        if (seen.running && seen.connections > 0 && !host_.gap_allowed)
            host_.violations.push_back("requests of slot " + slot + " cut");
        if (host_.ends_after.count() > 0) {
            if (seen.running && !seen.ending) seen.ends_at = host_.time() + host_.ends_after;
            seen.ending = seen.running;
        } else if (!host_.deaf) {
            seen.running = false;
        }
        return {};
    }
    Result<void> kill(const Instance& instance) override {
        host_.call();
        auto& seen = host_.slots[name_of(instance)];
        seen.running = seen.ending = false;
        return {};
    }
    Result<void> clear(const Instance&) override { return {}; }
    Result<void> commit(const std::string&, const std::string&) override {
        host_.call();
        return {};
    }
    Result<std::vector<std::string>> present() override {
        std::vector<std::string> ids;
        for (const auto& id : host_.releases) {
            const auto info = TRY(store_.release(id));
            if (info && info->prepared) ids.push_back(id);
        }
        return ids;
    }
    Result<void> prune(const std::vector<std::string>& kept) override {
        host_.call();
        std::erase_if(host_.releases, [&](const auto& id) {
            const bool runs = std::any_of(host_.slots.begin(), host_.slots.end(), [&](const auto& slot) {
                return slot.second.running && slot.second.release == id;
            });
            return !runs && std::find(kept.begin(), kept.end(), id) == kept.end();
        });
        host_.call();
        return {};
    }
    std::string log(const Instance&, std::size_t) override { return "the last line"; }
    std::string prepare_lines(std::size_t) override { return "the last line"; }
    Result<void> check(const std::string& release) override {
        if (!host_.changed.contains(release)) return {};
        return no("release " + release + " has changed since it was sealed: 'app.py' was changed");
    }
    Result<std::string> drift(const std::string&) override { return std::string(); }

  private:
    Result<void> start_one(const std::string& name, const std::string& release) {
        host_.call();
        if (!host_.releases.contains(release)) return no("no such release");
        if (host_.changed.contains(release))
            host_.violations.push_back("release " + release + " was started, which somebody changed");
        host_.settle();
        if (host_.lost.contains(release)) return no("its program is not here");
        if (host_.slots[name].running)
            host_.violations.push_back("slot " + name + " was started while its last process has its address");
        for (const auto& [other, slot] : host_.slots)
            if (host_.exclusive && other[0] != name[0] && slot.running)
                host_.violations.push_back(name + " was started while " + other + " holds what only one can");
        ++host_.starts;
        host_.slots[name] = {true, release, 0};
        host_.call(); // killed while it waits for the supervisor
        return {};
    }

    Host& host_;
    const Store& store_;
};

class ModelRouter : public Router {
  public:
    explicit ModelRouter(Host& host) : host_(host) {}
    Features features() const override { return {.weights = true, .sockets = true}; }
    Result<void> check() override { return {}; }
    Result<void> can_route() override {
        if (host_.router_broken) return could_not("its configuration is broken");
        return mute();
    }
    Result<void> mute() const {
        return host_.router_mute ? Result<void>(could_not("no router; start it")) : Result<void>();
    }
    Result<void> commit() override {
        if (host_.at_look) host_.at_look();
        return host_.router();
    }
    Result<std::vector<Upstream>> observe() override {
        TRY_VOID(mute());
        TRY_VOID(host_.router());
        std::vector<Upstream> to;
        for (const auto& [name, weight] : host_.routed)
            to.push_back({instance_of(name).value(), "unix:" + name, weight});
        return to;
    }
    Result<void> route(const std::vector<Upstream>& to) override {
        host_.call();
        TRY_VOID(host_.router());
        std::map<std::string, int> routed;
        for (const auto& [instance, address, weight] : to) {
            const auto name = name_of(instance);
            const auto& slot = host_.slots[name];
            if (!slot.running) host_.violations.push_back("routed to slot " + name + ", which does not run");
            if (!slot.asked)
                host_.violations.push_back("routed to slot " + name + ", which nobody asked whether it is ready");
            routed[name] = weight;
        }
        for (const auto& [name, weight] : host_.routed)
            if (!routed.contains(name)) host_.slots[name].connections = 3;
        host_.routed = routed;
        host_.told.push_back("route");
        host_.call();
        return {};
    }
    Result<int> connections(const Upstream& left) override {
        if (host_.at_look) host_.at_look();
        TRY_VOID(host_.router());
        const auto name = name_of(left.instance);
        auto& seen = host_.slots[name];
        if (host_.hanging > 0 && seen.running && !host_.routed.contains(name)) return host_.hanging;
        return seen.connections > 0 ? seen.connections-- : 0;
    }
    Result<std::string> render() override { return std::string(); }

  private:
    Host& host_;
};

// The users' way.
class ModelHttp : public sys::Http {
  public:
    explicit ModelHttp(Host& host) : host_(host) {}
    Result<sys::HttpResponse> send(const sys::HttpRequest&) override {
        if (host_.router_hangs) return sys::HttpResponse{.failure = sys::HttpFailure::timeout, .sent_any = true};
        if (!host_.router_down && !host_.router_lost && !host_.routed.empty()) {
            auto next = host_.routed.begin();
            std::advance(next, turn_++ % static_cast<std::ptrdiff_t>(host_.routed.size()));
            auto there = host_.answer(next->first);
            if (there.failure == sys::HttpFailure::none) return there;
            return sys::HttpResponse{.status = 502};
        }
        sys::HttpResponse response;
        response.status = host_.router_lost ? 502 : 0;
        if (!host_.router_lost) response.failure = sys::HttpFailure::refused;
        return response;
    }

  private:
    Host& host_;
    std::ptrdiff_t turn_ = 0;
};

// Every act syncs its files, which takes a disk minutes where thousands of deployments are walked.
class MemoryFolder {
  public:
    MemoryFolder() {
        std::error_code failed;
        const sys::Path memory = "/dev/shm";
        const auto place = std::filesystem::is_directory(memory, failed) && ::access(memory.c_str(), W_OK) == 0
                               ? memory
                               : std::filesystem::temp_directory_path();
        path_ = place / ("fairlead-deploy." + sys::random_hex(8));
        std::filesystem::create_directory(path_);
    }
    MemoryFolder(const MemoryFolder&) = delete;
    MemoryFolder& operator=(const MemoryFolder&) = delete;
    ~MemoryFolder() { (void)sys::remove_tree(path_); }
    const sys::Path& path() const { return path_; }

  private:
    sys::Path path_;
};

// A host with its state folder; each call is one run of fairlead-deploy.
class Rig {
  public:
    explicit Rig(const std::string& strategy, sys::Host& machine = sys::real_host())
        : store(folder_.path() / "shop" / "state"), world{settings, variables, store, process_, http_, clock, machine} {
        settings.app = "shop";
        settings.environment = "staging";
        settings.strategy = strategy;
        settings.health.version_header = "X-Release";
        settings.health.deadline = Milliseconds{3000};
        settings.bake = Milliseconds{2000};
        settings.verify_requests = 2;
        settings.retain = 3;
        host.gap_allowed = strategy == "recreate";
        host.time = [this] { return std::chrono::duration_cast<Milliseconds>(clock.steady().time_since_epoch()); };
        store.create().value();
    }

    Result<Outcome> apply(const std::string& id, bool force = false) {
        Release release;
        release.info = {.id = id, .version = id, .digest = "d", .commit = "c"};
        return with([&](Deployment& deployment) { return deployment.apply(release, force); });
    }
    Result<Outcome> rollback(const std::string& to = "", const std::string& if_current = "",
                             const std::string& with_down = "") {
        return with([&](Deployment& deployment) { return deployment.rollback(to, "because", if_current, with_down); });
    }

    Result<Observed> look() {
        ModelPlace place(host, store);
        ModelRouter router(host);
        ledger::Progress progress(clock);
        return Deployment(world, place, router, progress, {"anna", "human", ""}).look();
    }
    Result<Outcome> down() {
        return with([](Deployment& deployment) { return deployment.down("enough"); });
    }

    Host host;
    ModelClock clock;
    Settings settings;
    Variables variables;

    template <typename Act>
    Result<Outcome> with(Act act) {
        ModelPlace place(host, store);
        ModelRouter router(host);
        ledger::Progress progress(clock);
        Deployment deployment(world, place, router, progress, {"anna", "human", ""});
        return act(deployment);
    }

  private:
    MemoryFolder folder_;
    sys::Environment process_{{}};
    ModelHttp http_{host};

  public:
    Store store;
    const World world;
};

// From one call at which a deployer is killed to the next; with sanitizers, where all take minutes, some are left out.
inline constexpr int each_call = sys::sanitized ? 3 : 1;

// Runs until it ends or is killed at call `n`; true: killed.
template <typename Run>
bool killed_at(Rig& rig, int n, Run run) {
    rig.host.calls_left = n;
    try {
        [[maybe_unused]] const auto outcome = run();
        rig.host.calls_left = -1;
        return false;
    } catch (const Killed&) {
        rig.host.calls_left = -1;
        return true;
    }
}

}
