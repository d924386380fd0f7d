#include "deploy/watch.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds first_probe{5}; // then by a quarter of the time that passed, up to health.interval
constexpr Milliseconds next_good{10};  // from the first good answer on, then doubled up to health.interval
constexpr Milliseconds drain_interval{100}, second_look{20};
constexpr Milliseconds end_interval{5};

Error interrupted_error() { return no("interrupted"); }

std::string told(const Instance& instance) {
    const auto name = name_of(instance);
    return name.size() == 1 ? "slot " + name : name;
}

std::string describe_status(int status) {
    return status > 128 ? fmt::format("was ended by signal {}", status - 128)
                        : fmt::format("ended with status {}", status);
}

}

Result<sys::HttpResponse> ask_router(const World& world, Signals signals) {
    return world.http.send({.url = world.settings.url + world.settings.health.path,
                            .headers = world.settings.health.headers,
                            .timeout = world.settings.health.timeout,
                            .fresh_connection = true,
                            .through_stop = signals == Signals::endured,
                            .ca_file = world.settings.router.ca});
}

bool Watch::interrupted() { return heed_ && !clock_.sleep(Milliseconds{0}); }

bool Watch::pause(Milliseconds duration) {
    if (heed_) return clock_.sleep(duration);
    clock_.rest(duration);
    return true;
}

// Who ended is seen at once, whatever health.interval is: each millisecond of a dead release costs requests.
bool Watch::pause_beside(const std::vector<sys::ProcessId>& processes, Milliseconds duration) {
    if (processes.empty()) return pause(duration);
    constexpr Milliseconds slice{100}, look{1};
    const auto end = clock_.steady() + duration;
    for (auto left = duration; left.count() > 0; left = std::chrono::ceil<Milliseconds>(end - clock_.steady())) {
        if (world_.host.wait_for_end(processes, std::min(left, slice))) return true;
        if (!pause(look)) return false;
    }
    return true;
}

Result<std::optional<Error>> Watch::end_of(const Instance& instance) const {
    const auto seen = TRY(place_.process(instance));
    const auto name = told(instance);
    if (seen.alone) return std::optional(could_not(fmt::format("the supervisor of {} was killed", name)));
    if (seen.ending) return std::optional(could_not(fmt::format("somebody else is stopping {}", name)));
    if (seen.running && seen.restarts == 0) return std::optional<Error>();
    if (!seen.running && seen.by_another)
        return std::optional(could_not(fmt::format("somebody else stopped {}", name)));
    // An engine forgets the status of a container that it has started again.
    if (seen.running && seen.last_status == 0)
        return std::optional(no(fmt::format("the process of {} ended and was started again", name)));
    return std::optional(no(fmt::format("the process of {} {}", name, describe_status(seen.last_status))));
}

Result<void> Watch::alive(const Instance& instance) const {
    if (const auto end = TRY(end_of(instance))) return *end;
    return {};
}

Result<void> Watch::alive(const Instances& instances) const {
    for (const auto& instance : instances) TRY_VOID(alive(instance));
    return {};
}

Result<Judgement> Watch::probe(const Instance& instance, const ReleaseInfo& release, Milliseconds limit) {
    const auto answer = TRY(place_.ask(instance, limit));
    auto judgement = judge(answer, settings_.health, release);
    const bool says_why = answer.failure == sys::HttpFailure::other; // a link where the socket should be
    if (judgement.unreachable && !says_why && !TRY(place_.listens(instance)))
        judgement.problem = "does not answer: nothing listens at the slot's socket";
    return judgement;
}

Result<Judgement> Watch::probe_all(const Instances& instances, const ReleaseInfo& release) {
    Judgement judgement{.good = true};
    for (const auto& instance : serving(instances)) {
        judgement = TRY(probe(instance, release));
        if (!judgement.good) return judgement;
    }
    return judgement;
}

Result<Judgement> Watch::probe_router(const ReleaseInfo& release, Signals signals) {
    const auto answer = TRY(ask_router(world_, signals));
    return judge(answer, settings_.health, release);
}

Result<void> Watch::ready(const Instances& instances, const ReleaseInfo& release, bool warm) {
    const auto deadline = clock_.steady() + settings_.health.deadline;
    for (const auto& instance : serving(instances)) TRY_VOID(ready_one(instance, release, deadline, warm));
    for (const auto& instance : instances) TRY_VOID(alive(instance));
    return {};
}

Result<void> Watch::ready_one(const Instance& instance, const ReleaseInfo& release, sys::Clock::Steady deadline,
                              bool warm) {
    const auto& health = settings_.health;
    int good = 0;
    std::string problem = "was never asked";
    bool asked = false;
    const int needed = warm ? 1 : health.healthy_after;
    auto delay = warm ? Milliseconds{0} : first_probe;
    const auto begun = clock_.steady();
    const auto next = [&] { // who starts for long is asked no later than a quarter of that after it is there
        const auto passed = std::chrono::duration_cast<Milliseconds>(clock_.steady() - begun);
        return good > 0 ? next_good * (1 << std::min(good - 1, 10)) : std::max(passed / 4, first_probe);
    };
    for (; clock_.steady() < deadline; delay = next()) {
        if (!pause(std::min(delay, health.interval))) return interrupted_error();
        TRY_VOID(alive(instance));
        const auto left = std::chrono::ceil<Milliseconds>(deadline - clock_.steady());
        const auto judgement = TRY(probe(instance, release, std::max(left, Milliseconds{1})));
        good = judgement.good ? good + 1 : 0;
        // The last one is cut short by the deadline: what was answered before says more.
        const bool cut = left < health.timeout && judgement.unreachable && asked;
        if (!cut) problem = judgement.problem;
        asked = true;
        if (good < needed) {
            progress_.still(fmt::format("ready: {} {}", told(instance), judgement.good ? "answers well" : problem));
            continue;
        }
        // Draining is counted by this path: an application that bound another one would look idle for ever.
        const bool listens = TRY(place_.listens(instance));
        if (!listens)
            return no("the application answers, but /proc/net/unix does not list its socket under the path it was "
                      "given; bind {socket} unchanged");
        const bool is_open = TRY(place_.is_open(instance));
        if (is_open) return {};
        problem = "answers, but the router may not connect to its socket";
    }
    return no(fmt::format("{} was not ready within {}: {} {}", told(instance), format_duration(health.deadline),
                          health.path, problem));
}

// By the version that it tells, else by whether the other release is sick at its own addresses.
Result<bool> Watch::may_be_from(const Beside& beside, const sys::HttpResponse& answer, const ReleaseInfo& release) {
    const auto judgement = judge(answer, settings_.health, beside.release);
    if (judgement.good) return true;
    const auto told = settings_.health.tells_version() ? told_version(answer, settings_.health) : std::string();
    const auto tells = [&](const ReleaseInfo& one) {
        return told == one.version || told == one.id || told == one.commit;
    };
    if (!told.empty() && tells(beside.release) != tells(release)) return tells(beside.release);
    const auto well = TRY(probe_all(beside.instances, beside.release));
    return !well.good;
}

Result<void> Watch::answers(const Instances& instances, const ReleaseInfo& release) {
    std::string problem;
    bool sick = false;
    for (int i = 0; i < std::max(settings_.health.unhealthy_after, 1); ++i) {
        const auto here = TRY(probe_all(instances, release));
        const auto there = TRY(probe_router(release, Signals::endured));
        if (here.good && there.good) return {};
        sick = !here.good;
        problem = there.good
                      ? fmt::format("at one of its own addresses, {} {}", settings_.health.path, here.problem)
                      : fmt::format("through the router, {}{} {}", settings_.url, settings_.health.path, there.problem);
        if (!pause(settings_.health.interval)) break;
    }
    const auto what = fmt::format("{} does not serve: {}", release.id, problem);
    return sick ? no(what) : could_not(what);
}

Result<void> Watch::verify(const Instances& instances, const ReleaseInfo& release, const Beside* beside) {
    if (beside)
        if (const auto here = TRY(probe_all(instances, release)); !here.good)
            return no(
                fmt::format("the release is not well at its own address: {} {}", settings_.health.path, here.problem));
    for (int i = 0; i < settings_.verify_requests; ++i) {
        if (interrupted()) return interrupted_error();
        const auto answer = TRY(ask_router(world_));
        const auto judgement = judge(answer, settings_.health, release);
        if (judgement.unreachable && may_lack_router_) {
            lacks_router_ = true;
            progress_.warn(fmt::format("the router at {} {}; the release serves as soon as the router is started",
                                       settings_.url, judgement.problem));
            return {};
        }
        const bool hangs = answer.failure == sys::HttpFailure::timeout && TRY(probe_all(instances, release)).good;
        if (answer.failure == sys::HttpFailure::refused || hangs) // nobody's fault but its own
            return could_not(fmt::format("the router at {} {}", settings_.url, judgement.problem));
        if (judgement.good) continue;
        if (beside && TRY(may_be_from(*beside, answer, release))) continue;
        constexpr int bad_gateway = 502;
        const bool only_router = answer.status == bad_gateway && TRY(probe_all(instances, release)).good;
        if (only_router)
            return could_not(fmt::format("the router at {} {}, but the release is well at its own socket, which nginx "
                                         "can't reach; nginx's error log shows whether the path or a permission is "
                                         "wrong (target.socket_group names the group that may connect)",
                                         settings_.url, judgement.problem));
        return no(fmt::format("through the router, {}{} {}", settings_.url, settings_.health.path, judgement.problem));
    }
    return {};
}

Result<void> Watch::bake(const Instances& instances, const ReleaseInfo& release, Milliseconds duration) {
    const auto end = clock_.steady() + duration;
    const auto processes = place_.processes(instances);
    int bad = 0, router_bad = 0;
    router_failed_ = false;
    ended_.clear();
    bool first = true;
    while (true) {
        const bool looks = first || processes.size() < instances.size(); // else each end is heard
        for (const auto& instance : looks ? instances : Instances()) {
            const auto end = TRY(end_of(instance));
            if (!end) continue;
            ended_ = instances;
            return *end;
        }
        first = false;
        const auto here = TRY(probe_all(instances, release));
        auto there = here;
        if (!lacks_router_) there = TRY(probe_router(release));
        bad = here.good && (there.good || there.unreachable) ? 0 : bad + 1;
        router_bad = here.good && there.unreachable ? router_bad + 1 : 0;
        if (bad >= settings_.health.unhealthy_after) {
            return no(fmt::format("the release became sick: {} {}", settings_.health.path,
                                  here.good ? there.problem : here.problem));
        }
        if (router_bad >= settings_.health.unhealthy_after) {
            router_failed_ = true;
            return could_not(
                fmt::format("the router at {} {}, but the new release is well; start the router and run again",
                            settings_.url, there.problem));
        }
        const auto left = std::chrono::duration_cast<Milliseconds>(end - clock_.steady());
        if (left.count() <= 0 && bad == 0 && router_bad == 0) return {};
        progress_.still(fmt::format("bake: {} left", format_duration(std::max(left, Milliseconds{0}))));
        const auto time = left.count() > 0 ? std::min(left, settings_.health.interval) : settings_.health.interval;
        if (!pause_beside(processes, time)) return interrupted_error();
        if (processes.empty() || !world_.host.wait_for_end(processes, Milliseconds{0})) continue;
        ended_ = instances;
        return no(fmt::format("a process of {} ended", told(instances.front())));
    }
}

// Whoever keeps it says so within moments. One that ends (systemd: also while it clears up behind a crash) may yet turn
// out to have ended by itself.
Result<void> Watch::how_it_ended() const {
    constexpr Milliseconds patience{500}, look{5};
    Result<void> known;
    for (Milliseconds waited{0}; !ended_.empty() && waited < patience; waited += look) {
        known = alive(ended_);
        if (!known.ok() && known.error().kind == Kind::no) break;
        clock_.rest(look);
    }
    return known;
}

Result<int> Watch::connections(const Instances& instances) {
    int sum = 0;
    for (const auto& instance : serving(instances)) {
        const auto address = place_.address(instance);
        if (!address.ok()) {
            const auto seen = TRY(place_.process(instance));
            if (!seen.running) continue; // somebody removed it
            return address.error();
        }
        if (!address->empty()) sum += TRY(router_.connections({instance, address.value()}));
    }
    return sum;
}

Result<Waited> Watch::drain(const Instances& instances, Milliseconds timeout) {
    const auto deadline = clock_.steady() + timeout;
    for (int idle = 0; true;) {
        const int left = TRY(connections(instances));
        idle = left == 0 ? idle + 1 : 0;
        if (idle == 2) return Waited::done; // a connection on its way may have been missed by the first look
        if (clock_.steady() >= deadline) return Waited::timeout;
        progress_.still(fmt::format("drain: {} requests left in slot {}", left, instances.front().slot));
        if (!pause(idle == 1 ? second_look : drain_interval)) return Waited::interrupted;
    }
}

Result<Waited> Watch::gone(const Instances& instances, Milliseconds timeout) {
    const auto deadline = clock_.steady() + timeout;
    for (const auto& instance : instances) {
        while (TRY(place_.process(instance)).running) {
            if (clock_.steady() >= deadline) return Waited::timeout;
            progress_.still(fmt::format("stop: {} has not ended yet", told(instance)));
            if (!pause(end_interval)) return Waited::interrupted;
        }
    }
    return Waited::done;
}

}
