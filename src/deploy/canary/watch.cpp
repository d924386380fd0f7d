#include "deploy/canary/watch.h"
#include "base/url.h"
#include "deploy/address.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Canary::Source source_of(const Settings& settings, const Router& router) {
    if (!settings.router.log.empty()) return Canary::Source::log;
    return router.features().counts ? Canary::Source::counters : Canary::Source::probes;
}

}

CanaryWatch::CanaryWatch(const World& world, Place& place, Router& router, ledger::Progress& progress,
                         SystemTime started)
    : world_(world), settings_(world.settings.canary), place_(place), router_(router), progress_(progress),
      started_(started), log_(world.settings.router.log), source_(source_of(world.settings, router)),
      canary_(settings_, source_) {}

// A log holds what releases before it answered, too: an hour back at most, and not before the old one was deployed.
Result<SystemTime> CanaryWatch::old_since() const {
    constexpr std::chrono::hours window{1};
    const auto state = TRY(world_.store.state());
    const auto history = TRY(world_.store.history());
    const auto* const came = record_of(history, state);
    if (came == nullptr) return started_; // nobody knows
    return std::max(parse_utc(came->finished).value_or(started_), SystemTime(started_ - window));
}

Result<void> CanaryWatch::read_log(const Counting& counting) {
    if (source_ != Canary::Source::log) return {};
    Counting before = counting; // whoever is asked today: then it was the old release
    if (!old_since_) old_since_ = TRY(old_since());
    before.since = *old_since_;
    before.fresh = "";
    return log_.read([&](const Access& access) {
        if (access.began() < started_) {
            answers(access, before, [&](const Answer& answer) {
                canary_.add_before({Answer::Of::old, answer.status, answer.took_ms});
            });
        } else {
            answers(access, counting, [&](const Answer& answer) { canary_.add(answer); });
        }
    });
}

// A router that is just being started again can't be asked for a moment: then it has told nothing.
void CanaryWatch::read_counters(const std::string& slot) {
    if (source_ != Canary::Source::counters) return;
    const auto counted = router_.counted();
    if (!counted.ok()) {
        progress_.still("judge: " + counted.error().message);
        return;
    }
    if (const auto grown = counters_.look(counted.value(), slot)) canary_.add(grown->old, grown->fresh);
}

Result<void> CanaryWatch::ask(const Instance& instance, Answer::Of of) {
    const auto& health = world_.settings.health;
    const auto& paths = settings_.probe_paths;
    sys::HttpResponse answer;
    if (paths.empty()) {
        answer = TRY(place_.ask(instance, health.timeout));
    } else {
        const auto address = TRY(place_.address(instance));
        const auto socket = socket_in(address);
        const auto origin = "http://" + (socket.empty() ? address : "localhost");
        answer = TRY(world_.http.send({.url = origin + paths[asked_ / 2 % paths.size()],
                                       .socket = socket,
                                       .timeout = health.timeout,
                                       .fresh_connection = true}));
    }
    ++asked_;
    const bool failed = answer.failure != sys::HttpFailure::none;
    canary_.add_probe({of, failed ? 0 : static_cast<int>(answer.status), static_cast<double>(answer.total.count())});
    return {};
}

// Ten times a second; more often where a step is too short for as many answers as a verdict takes. Who is slow to
// answer keeps nobody from looking at users' requests.
Result<void> CanaryWatch::ask_by_turns(const std::vector<Instance>& fresh, const std::vector<Instance>& old) {
    constexpr Milliseconds::rep verdict = 400, most = 10; // pairs: for a verdict, at one look
    const auto end = world_.clock.steady() + look_interval;
    const auto pairs = std::clamp<Milliseconds::rep>(verdict * look_interval / settings_.step_deadline, 1, most);
    for (Milliseconds::rep i = 0; i < pairs; ++i) {
        TRY_VOID(ask_both(fresh, old));
        if (world_.clock.steady() >= end) break;
    }
    return {};
}

// By turns, or whatever slows the host for a while would be one release's alone.
Result<void> CanaryWatch::ask_both(const std::vector<Instance>& fresh, const std::vector<Instance>& old) {
    const auto one_of = [&](const std::vector<Instance>& all) { return all[asked_ / 2 % all.size()]; };
    const auto first = one_of(old), second = one_of(fresh);
    TRY_VOID(ask(first, Answer::Of::old));
    return ask(second, Answer::Of::fresh);
}

Result<void> CanaryWatch::judge(const std::vector<Instance>& fresh, const std::vector<Instance>& old, std::size_t index,
                                const Calls& calls) {
    const auto begun = world_.clock.steady();
    const auto settles = std::min(settling, settings_.min_hold / 2);
    auto upstreams = TRY(router_.logged());
    const Counting counting{std::move(upstreams), fresh.front().slot, world_.clock.now() + settles,
                            world_.settings.health.path};
    TRY_VOID(read_log(counting));
    canary_.begin_step(index);
    counters_.begin_anew(); // what is on its way while it settles is not this step's
    while (true) {
        TRY_VOID(calls.alive());
        TRY_VOID(read_log(counting));
        if (world_.clock.steady() - begun >= settles) read_counters(counting.fresh);
        const auto in_step = std::chrono::duration_cast<Milliseconds>(world_.clock.steady() - begun);
        const auto look = canary_.judge(in_step);
        switch (look.verdict) {
        case Canary::Verdict::promoted: progress_.warn("goes on without a verdict: " + look.reason); return {};
        case Canary::Verdict::pass: return {};
        case Canary::Verdict::abort: return no("the new release is sick: " + look.reason);
        case Canary::Verdict::probe: TRY_VOID(ask_by_turns(serving(fresh), serving(old))); break;
        case Canary::Verdict::hold:
            progress_.still("judge: waiting, " + look.reason);
            if (settings_.on_undecided == "probe") TRY_VOID(ask_by_turns(serving(fresh), serving(old)));
            break;
        case Canary::Verdict::open: break;
        }
        progress_.still(fmt::format("judge: no verdict after {}",
                                    format_duration(std::chrono::floor<std::chrono::seconds>(in_step))));
        if (!calls.pause())
            return could_not(
                fmt::format("the canary has no verdict: {}", look.reason.empty() ? "its time was over" : look.reason));
    }
}

std::string CanaryWatch::told() const { return canary_.to_json().dump(); }

}
