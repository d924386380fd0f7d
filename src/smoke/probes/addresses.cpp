#include "sys/http/addresses.h"
#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/probes/web.h"
#include "smoke/secrets.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// Every address behind a name answers as it must: each instance after a deployment, and each record of the DNS.
namespace fairlead::smoke {

namespace {

struct AddressesProbe {
    std::string get = "/", only;
    std::int64_t at_least = 1;
    Expect expect;
};

Result<void> read_addresses_expect(const config::Value& value, AddressesProbe& probe) {
    Check check;
    TRY_VOID(read_expect(value, check));
    TRY_VOID(at(value, check_expected(check)));
    probe.expect = std::move(check.expect);
    return {};
}

constexpr std::size_t most_addresses = 64;

Result<void> check_at_least(const config::Value& count, const std::string&) {
    if (count.integer(0) <= static_cast<std::int64_t>(most_addresses)) return {};
    return count.error(fmt::format("at most {} addresses of a name are asked; write a number up to {}", most_addresses,
                                   most_addresses));
}

// Not where they stand: the rows that it needs are made in another file.
const config::Rows<AddressesProbe>& addresses_rows() {
    static const config::Rows<AddressesProbe> rows = {
        {"get", &AddressesProbe::get, "Path or URL that each address is asked for."},
        {"at_least",
         {&AddressesProbe::at_least, Type::up_to_1000},
         "Number of addresses that the name must have; at most 64.",
         {.check = check_at_least}},
        {"only", &AddressesProbe::only, "Only addresses of this kind; default: both.", {.allowed = {"ipv4", "ipv6"}}},
        {"expect",
         {Type::map, read_addresses_expect, expect_fields()},
         "The expected answer of each address, as in a check.",
         {.or_text = true}},
    };
    return rows;
}

constexpr std::string_view rule_address = "smoke/address";
constexpr std::size_t most_told = 10;

std::string host_without_brackets(const std::string& url) {
    auto host = parse_url(url).value_or({}).host;
    std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
    return host;
}

bool is_v6(const std::string& address) { return address.find(':') != address.npos; }

// One address, and what it answers.
struct Instance {
    std::string address;
    Sent sent;
    std::optional<Mismatch> wrong;
    std::string served;
    bool was_asked = false;
};

class AddressesLook {
  public:
    AddressesLook(const AddressesProbe& probe, const Check& check, const World& world)
        : probe_(probe), check_(check), web_(check, world), is_over_(over_from_now(world)) {
        const auto url = parse_url(check.url).value_or({});
        host_ = url.host;
        is_at_ = goes_past_proxy(world.plan, check.url);
        port_ = !url.port.empty() ? url.port : url.scheme == "https" ? "443" : "80";
    }

    Attempt all() {
        if (auto none = look_up()) return web_.wrong({.response = none_, .url = check_.url}, {*none});
        if (!is_at_ && instances_.size() < static_cast<std::size_t>(probe_.at_least)) return too_few();
        several_at_once(web_, instances_.size(), [&](std::size_t i) { ask(instances_[i]); });
        return conclude();
    }

  private:
    // Those of --resolve, which stand for what the name server says.
    std::vector<std::string> given() const {
        const auto prefix = lower(host_ + ":" + port_ + ":");
        std::vector<std::string> list;
        for (const auto& entry : web_.world().plan.resolve)
            if (lower(entry).starts_with(prefix))
                for (auto address : split(entry.substr(prefix.size()), ',')) {
                    std::erase_if(address, [](char c) { return c == '[' || c == ']'; });
                    list.push_back(std::move(address));
                }
        return list;
    }

    std::optional<Mismatch> look_up() {
        if (is_at_) {
            instances_.push_back({.address = web_.world().plan.at});
            return {};
        }
        auto list = given();
        if (list.empty()) {
            auto found = sys::addresses_of(host_without_brackets(check_.url), web_.left(), &web_.world().cancel);
            if (found.found != sys::Addresses::Found::yes) {
                none_.failure = sys::HttpFailure::resolve;
                none_.reason = found.reason;
                return Mismatch{"smoke/connect", found.reason};
            }
            list = std::move(found.list);
        }
        for (const auto& address : list)
            if (instances_.size() < most_addresses &&
                (probe_.only.empty() || is_v6(address) == (probe_.only == "ipv6")))
                instances_.push_back({.address = address});
        return {};
    }

    Attempt too_few() {
        std::vector<std::string> list;
        for (const auto& one : instances_) list.push_back(one.address);
        const auto kind = probe_.only.empty() ? "" : probe_.only == "ipv6" ? "IPv6 " : "IPv4 ";
        auto message = fmt::format(
            "{} has {} {}address{}{}, at least {} expected", host_, list.size(), kind, list.size() == 1 ? "" : "es",
            list.empty() ? "" : fmt::format(" ({})", served_text(join(list, ", "))), probe_.at_least);
        Sent sent;
        sent.url = check_.url;
        auto attempt = web_.wrong(std::move(sent), {{std::string(rule_address), std::move(message)}});
        attempt.outcome = Outcome::starting; // a record may be on its way
        return attempt;
    }

    void ask(Instance& one) const {
        one.was_asked = true;
        one.sent = web_.prepare(check_.url);
        auto& request = one.sent.request;
        if (!is_at_) {
            request.resolve = {
                fmt::format("{}:{}:{}", host_, port_, is_v6(one.address) ? "[" + one.address + "]" : one.address)};
            request.no_proxy = "*"; // a proxy would choose the address
        }
        request.fresh_connection = true;
        web_.send(one.sent);
        one.wrong = judge(one.sent.response, check_.expect, &one.served, is_over_);
        if (!one.wrong) return;
        hide_received(one.sent.response);
        one.wrong = judge(one.sent.response, check_.expect, &one.served, is_over_);
        const bool unreachable = one.sent.response.failure == sys::HttpFailure::other && is_v6(one.address);
        if (unreachable) one.wrong->message += " (if this machine has no IPv6, write only: ipv4)";
    }

    std::string said(const Instance& one) const {
        if (!one.was_asked) return one.address + " was not asked: the time of the attempt was over";
        if (one.wrong->rule == "smoke/version" && !one.served.empty())
            return fmt::format("{} answers {}", one.address, served_text(one.served));
        return fmt::format("{}: {}", one.address, one.wrong->message);
    }

    Attempt conclude() {
        std::vector<std::string> faults;
        Instance* worst = nullptr;
        bool is_broken = false;
        for (auto& one : instances_) {
            if (one.was_asked && !one.wrong) continue;
            faults.push_back(said(one));
            const auto outcome = judged(one.sent.response, one.wrong, web_.world()).outcome;
            const bool broken = one.was_asked && outcome != Outcome::starting;
            if (worst == nullptr || (broken && !is_broken)) worst = &one;
            is_broken = is_broken || broken;
        }
        auto attempt = worst == nullptr ? web_.good(instances_.front().sent) : fail(*worst, std::move(faults));
        if (worst != nullptr && !is_broken) attempt.outcome = Outcome::starting;
        if (worst == nullptr) attempt.served = instances_.front().served;
        for (const auto& one : instances_)
            attempt.facts.emplace_back(one.address, one.served.empty()
                                                        ? fmt::format("status {}", one.sent.response.status)
                                                        : "version " + served_text(one.served));
        return attempt;
    }

    Attempt fail(const Instance& worst, std::vector<std::string> faults) const {
        const auto good = instances_.size() - faults.size();
        const auto others = faults.size() > most_told ? faults.size() - most_told : 0;
        faults.resize(std::min(faults.size(), most_told));
        const auto expected = check_.expect.version.empty() ? "as expected" : check_.expect.version;
        return web_.wrong(worst.sent, {{std::string(rule_address),
                                        fmt::format("{} of {} addresses answer {}; {}{}", good, instances_.size(),
                                                    expected, join(faults, "; "),
                                                    others == 0 ? "" : fmt::format("; and {} more don't", others))}});
    }

    const AddressesProbe& probe_;
    const Check& check_;
    const Web web_;
    const std::function<bool()> is_over_;
    std::string host_, port_;
    bool is_at_ = false; // --at stands for all addresses
    std::vector<Instance> instances_;
    sys::HttpResponse none_;
};

Result<Question> read_addresses(const config::Value& value, const std::string& base) {
    auto probe = TRY(settings_of(value, addresses_rows(), &AddressesProbe::get));
    auto url = TRY(url_for(value, "get", probe.get, base));
    if (const auto host = host_without_brackets(url); !sys::canonical_address(host).empty()) {
        if (probe.at_least > 1)
            return value["at_least"].error(fmt::format("{} is one address; write a name, or remove at_least", host));
        if (!probe.only.empty() && is_v6(host) != (probe.only == "ipv6"))
            return value["only"].error(
                fmt::format("{} is no {} address, so none is left to ask; write a name, or remove only", host,
                            probe.only == "ipv6" ? "IPv6" : "IPv4"));
    }
    const auto expect = probe.expect;
    return Question{
        std::move(url),
        [probe](const Check& check, const World& world) { return AddressesLook(probe, check, world).all(); }, true,
        expect};
}

}

const Probe& addresses_probe() {
    static const Probe row{"addresses",    "Every address behind a name answers as expected.",
                           "get",          [] { return addresses_rows().fields(); },
                           read_addresses, [](const config::Value& value) { return is_path_in(value, "get"); }};
    return row;
}

}
