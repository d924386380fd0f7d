#include "deploy/watch.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds first_probe{50}; // then doubled up to health.interval
constexpr Milliseconds drain_interval{100};
constexpr Milliseconds end_interval{20};

Error interrupted_error() { return no("interrupted"); }

std::string describe_status(int status) {
    return status > 128 ? fmt::format("was ended by signal {}", status - 128)
                        : fmt::format("ended with status {}", status);
}

}

bool Watch::interrupted() { return heed_ && !clock_.sleep(Milliseconds{0}); }

bool Watch::pause(Milliseconds duration) {
    if (heed_) return clock_.sleep(duration);
    clock_.rest(duration);
    return true;
}

Result<void> Watch::alive(const std::string& slot) {
    const auto seen = TRY(target_.process(slot));
    if (seen.alone) return no(fmt::format("the supervisor of slot {} was killed", slot));
    if (seen.running && seen.restarts == 0) return {};
    return no(fmt::format("the process of slot {} {}", slot, describe_status(seen.last_status)));
}

Result<Judgement> Watch::probe(const std::string& slot, const ReleaseInfo& release, Milliseconds limit) {
    const auto answer = TRY(target_.ask(slot, limit));
    auto judgement = judge(answer, settings_.health, release);
    const bool says_why = answer.failure == sys::HttpFailure::other; // a link where the socket should be
    if (judgement.unreachable && !says_why && TRY(target_.use(slot)).listeners == 0)
        judgement.problem = "gives no answer: nothing listens at the slot's socket";
    return judgement;
}

Result<Judgement> Watch::probe_router(const ReleaseInfo& release) {
    const auto answer = TRY(target_.ask_router());
    return judge(answer, settings_.health, release);
}

Result<void> Watch::ready(const std::string& slot, const ReleaseInfo& release) {
    const auto& health = settings_.health;
    const auto deadline = clock_.steady() + health.deadline;
    int good = 0;
    std::string problem = "was never asked";
    bool asked = false;
    for (auto delay = first_probe; clock_.steady() < deadline; delay = std::min(delay * 2, health.interval)) {
        if (!pause(std::min(delay, health.interval))) return interrupted_error();
        TRY_VOID(alive(slot));
        const auto left = std::chrono::ceil<Milliseconds>(deadline - clock_.steady());
        const auto judgement = TRY(probe(slot, release, std::max(left, Milliseconds{1})));
        good = judgement.good ? good + 1 : 0;
        // The last one is cut short by the deadline: what was answered before says more.
        const bool cut = left < health.timeout && judgement.unreachable && asked;
        if (!cut) problem = judgement.problem;
        asked = true;
        if (good < health.healthy_after) {
            progress_.still(fmt::format("ready: slot {} {}", slot, judgement.good ? "answers well" : problem));
            continue;
        }
        // Draining is counted by this path: an application that bound another one would look idle for ever.
        if (TRY(target_.use(slot)).listeners > 0) return {};
        return no("the application answers, but /proc/net/unix does not list its socket by the path it was given; "
                  "bind {socket} as it is");
    }
    return no(fmt::format("slot {} was not ready within {}: {} {}", slot, format_duration(health.deadline), health.path,
                          problem));
}

Result<void> Watch::verify(const std::string& slot, const ReleaseInfo& release) {
    for (int i = 0; i < settings_.verify_requests; ++i) {
        if (interrupted()) return interrupted_error();
        const auto answer = TRY(target_.ask_router());
        const auto judgement = judge(answer, settings_.health, release);
        if (judgement.good) continue;
        constexpr int bad_gateway = 502;
        const bool only_router = answer.status == bad_gateway && TRY(probe(slot, release)).good;
        return no(fmt::format("through the router, {}{} {}{}", settings_.url, settings_.health.path, judgement.problem,
                              only_router ? ", while the release is well at its own socket: nginx does not reach "
                                            "that; its error log says whether by path or by permission "
                                            "(target.socket_group names its group)"
                                          : ""));
    }
    return {};
}

Result<void> Watch::bake(const std::string& slot, const ReleaseInfo& release, Milliseconds duration) {
    const auto end = clock_.steady() + duration;
    int bad = 0, router_bad = 0;
    while (true) {
        TRY_VOID(alive(slot));
        const auto here = TRY(probe(slot, release));
        const auto there = TRY(probe_router(release));
        bad = here.good && (there.good || there.unreachable) ? 0 : bad + 1;
        router_bad = here.good && there.unreachable ? router_bad + 1 : 0;
        if (bad >= settings_.health.unhealthy_after) {
            return no(fmt::format("the release turned sick: {} {}", settings_.health.path,
                                  here.good ? there.problem : here.problem));
        }
        if (router_bad >= settings_.health.unhealthy_after) {
            router_failed_ = true;
            return could_not(
                fmt::format("the router at {} {}, while the new release is well; start the router and run again",
                            settings_.url, there.problem));
        }
        const auto left = std::chrono::duration_cast<Milliseconds>(end - clock_.steady());
        if (left.count() <= 0 && bad == 0 && router_bad == 0) return {};
        progress_.still(fmt::format("bake: {} left", format_duration(std::max(left, Milliseconds{0}))));
        if (!pause(left.count() > 0 ? std::min(left, settings_.health.interval) : settings_.health.interval))
            return interrupted_error();
    }
}

Result<Waited> Watch::drain(const std::string& slot, Milliseconds timeout) {
    const auto deadline = clock_.steady() + timeout;
    for (int idle = 0; true;) {
        const int connections = TRY(target_.use(slot)).connections;
        idle = connections == 0 ? idle + 1 : 0;
        if (idle == 2) return Waited::done; // a connection on its way may have been missed by the first look
        if (clock_.steady() >= deadline) return Waited::timeout;
        progress_.still(fmt::format("drain: {} requests left in slot {}", connections, slot));
        if (!pause(drain_interval)) return Waited::interrupted;
    }
}

Result<Waited> Watch::gone(const std::string& slot, Milliseconds timeout) {
    const auto deadline = clock_.steady() + timeout;
    while (TRY(target_.process(slot)).running) {
        if (clock_.steady() >= deadline) return Waited::timeout;
        progress_.still(fmt::format("stop: slot {} has not ended yet", slot));
        if (!pause(end_interval)) return Waited::interrupted;
    }
    return Waited::done;
}

}
