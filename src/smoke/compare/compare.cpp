#include "smoke/compare/compare.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "smoke/compare/speed.h"
#include "smoke/secrets.h"
#include "smoke/shown.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <thread>

namespace fairlead::smoke {

namespace compare {

namespace {

constexpr std::size_t most_shown_body = 65'536; // in which secrets are looked for, before its beginning is shown
constexpr Milliseconds a_second{1100};          // after it, a time in an answer is another one, even in seconds

std::string host_of(const std::string& url) {
    const auto parsed = parse_url(url);
    return parsed.ok() ? parsed->authority() : "";
}

Tried tried_of(const Check& check, std::string_view what) {
    Tried tried{.check = check};
    tried.check.name = fmt::format("{} {}", what, check.name);
    tried.check.expected_failure.clear(); // that of the check itself
    return tried;
}

void fail(Tried& tried, std::string rule, std::string message) {
    tried.end = Tried::End::failed;
    tried.wrong = {std::move(rule), std::move(message)};
}

// Asked only where the answers differ, to find the parts in which the old release's own answers differ.
class Repeats {
  public:
    Repeats(Sender& sender, const Compared& pair, const Side& first) : sender_(sender), pair_(pair), first_(first) {}

    std::span<const sys::HttpResponse> answers() const { return answers_; }
    bool ask() {
        auto response = sender_.send(pair_.old, Connection::fresh);
        if (response.failure != sys::HttpFailure::none || response.status != first_.response.status) return false;
        answers_.push_back(std::move(response));
        return true;
    }
    // Again when a second has passed since the first answer. False: the deadline is too near.
    bool ask_later() {
        const auto passed = std::chrono::duration_cast<Milliseconds>(sender_.now() - first_.asked);
        const auto wait = std::max(a_second - passed, Milliseconds{0});
        if (sender_.left() < wait + smallest_attempt) return false;
        sender_.pause(wait);
        return !sender_.given_up() && ask();
    }

  private:
    Sender& sender_;
    const Compared& pair_;
    const Side& first_;
    std::vector<sys::HttpResponse> answers_;
};

Result<Differences> differences_of(Sender& sender, const Compared& pair, const Side& old, const Side& fresh,
                                   const Rules& rules) {
    const OwnHosts hosts{host_of(pair.old.url), host_of(pair.fresh.url)};
    hide_received(old.response);
    hide_received(fresh.response);
    Repeats repeats(sender, pair, old);
    auto out = TRY(compare_answers(old.response, fresh.response, {}, rules, hosts));
    if (out.count > 0 && old.response.status == fresh.response.status && repeats.ask()) {
        out = TRY(compare_answers(old.response, fresh.response, repeats.answers(), rules, hosts));
        if (out.count > 0 && repeats.ask_later())
            out = TRY(compare_answers(old.response, fresh.response, repeats.answers(), rules, hosts));
    }
    return out;
}

void tell_unstable(const Differences& found, Tried& tried) {
    if (found.unstable_count == 0) return;
    auto list = join(found.unstable, ", ");
    if (found.unstable_count > found.unstable.size())
        list += fmt::format(" and {} more", found.unstable_count - found.unstable.size());
    sys::log_info(fmt::format("{}: not compared, because the old release's answers to the same request differ: {}",
                              tried.check.name, list));
    tried.facts.emplace_back("not compared", std::move(list));
}

void judge_answers(Sender& sender, const Compared& pair, const Side& old, const Side& fresh, const Rules& rules,
                   Tried& tried) {
    for (const auto& [side, url, name] :
         {std::tuple{&old, &pair.old.url, "old"}, std::tuple{&fresh, &pair.fresh.url, "new"}})
        if (!side->fault.empty())
            return fail(tried, "smoke/compare", fmt::format("the {} release ({}): {}", name, *url, side->fault));
    const auto found = differences_of(sender, pair, old, fresh, rules);
    if (!found.ok())
        return fail(tried, "smoke/compare", "compare.ignore and compare.unordered: " + found.error().message);
    tell_unstable(found.value(), tried);
    if (found->count == 0) {
        tried.end = Tried::End::passed;
        tried.flaky = tried.attempts > 1;
        if (tried.flaky) tried.wrong = {"smoke/compare", old.attempts > 1 ? old.before : fresh.before};
        return;
    }
    tried.facts.emplace_back("differences", std::to_string(found->count));
    tried.shown = shown_exchange(request_of(sender.plan(), pair.fresh, sender.left()), fresh.response);
    fail(tried, "smoke/compare",
         fmt::format("{} difference{} from {}: {}{}", found->count, found->count == 1 ? "" : "s", pair.old.url,
                     join(found->listed, "; "),
                     found->count > found->listed.size()
                         ? fmt::format("; and {} more", found->count - found->listed.size())
                         : ""));
}

// Why the times are not compared; empty: they are.
std::string no_speed(const Side& old, const Side& fresh) {
    if (!old.fault.empty()) return "not measured: the old release gives no answer";
    if (!fresh.fault.empty()) return "not measured: the new release gives no answer";
    if (old.response.status != fresh.response.status) return "not measured: the statuses differ";
    return {};
}

void compare_pair(Sender& sender, const Comparison& comparison, const Compared& pair, std::uint64_t seed,
                  std::vector<Tried>& out) {
    auto compared = tried_of(pair.fresh, "compare"), speed = tried_of(pair.fresh, "speed");
    const bool is_timed = comparison.pairs > 0;
    if (!pair.fresh.skip.empty()) {
        compared.end = speed.end = Tried::End::skipped;
    } else if (!sender.given_up()) {
        Side old, fresh;
        {
            const std::jthread beside([&] { old = sender.ask(pair.old, seed); });
            fresh = sender.ask(pair.fresh, seed + 1);
        }
        compared.attempts = std::max(old.attempts, fresh.attempts);
        compared.time = fresh.response.total;
        if (!sender.given_up()) judge_answers(sender, pair, old, fresh, *comparison.rules, compared);
        if (const auto reason = no_speed(old, fresh); !reason.empty()) {
            speed.end = Tried::End::skipped;
            speed.check.skip = reason;
        } else if (is_timed && !sender.given_up()) {
            measure_speed(sender, comparison, pair, old.response.status, seed + 2, speed);
        }
    }
    const bool failed = compared.end == Tried::End::failed || speed.end == Tried::End::failed;
    out.push_back(std::move(compared));
    if (is_timed) out.push_back(std::move(speed));
    if (failed) sender.tell_failure();
}

}

}

std::vector<Tried> carry_out_compare(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
                                     sys::Cancel& cancel) {
    std::vector<Tried> out;
    if (!plan.compare) return out;
    compare::Sender sender(plan, http, clock, end, cancel);
    auto seed = plan.seed;
    for (const auto& pair : plan.compare->checks) {
        compare::compare_pair(sender, *plan.compare, pair, seed, out);
        seed += 3;
    }
    return out;
}

std::vector<Tried> not_compared(const Plan& plan) {
    std::vector<Tried> out;
    if (!plan.compare) return out;
    for (const auto& pair : plan.compare->checks) {
        out.push_back(compare::tried_of(pair.fresh, "compare"));
        if (plan.compare->pairs > 0) out.push_back(compare::tried_of(pair.fresh, "speed"));
    }
    return out;
}

std::vector<const Check*> compared_requests(const Plan& plan) {
    std::vector<const Check*> out;
    if (!plan.compare) return out;
    for (const auto& pair : plan.compare->checks) {
        out.push_back(&pair.old);
        out.push_back(&pair.fresh);
    }
    return out;
}

std::string compare_dry_run(const Plan& plan) {
    std::string out;
    if (!plan.compare) return out;
    const auto pairs = plan.compare->pairs;
    const auto timed = pairs > 0 ? fmt::format(", {} pairs of requests for the times", pairs) : "";
    for (const auto& pair : plan.compare->checks)
        out += pair.fresh.skip.empty()
                   ? fmt::format("would compare   {} {} with {}{}\n", pair.fresh.method, pair.fresh.url, pair.old.url,
                                 timed)
                   : fmt::format("would skip      compare {}: {}\n", pair.fresh.name, pair.fresh.skip);
    return out;
}

}
