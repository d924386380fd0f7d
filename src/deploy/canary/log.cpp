#include "deploy/canary/log.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace fairlead::deploy {

namespace {

constexpr std::size_t most_tried = 64;             // upstreams of one request
constexpr std::uint64_t before_bytes = 256u << 10; // of the time before we came: some thousand requests

std::string_view next(std::string_view& rest, std::string_view separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + separator.size());
    return part;
}

// Digits and one point; no sign, no exponent, nothing infinite.
std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (error != std::errc() || stop != end || text[0] < '0' || text[0] > '9' || value > 1e11) return {};
    return value;
}

// "0.012, 0.030 : 0.001"
std::vector<std::string_view> listed(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty() && parts.size() < most_tried) {
        auto redirected = next(text, " : ");
        while (!redirected.empty() && parts.size() < most_tried) parts.push_back(next(redirected, ", "));
    }
    return parts;
}

}

std::optional<Access> parse_access(std::string_view line) {
    const auto ended = number(next(line, "\t")), status = number(next(line, "\t")), took = number(next(line, "\t"));
    if (!ended || !status || !took || *status < 100 || *status > 999) return {};
    Access access;
    access.ended = SystemTime(Milliseconds(std::llround(*ended * 1000)));
    access.status = static_cast<int>(*status);
    access.took_ms = *took * 1000;
    const auto times = listed(next(line, "\t")), addresses = listed(next(line, "\t"));
    access.path = line;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto took_there = i < times.size() ? number(times[i]) : std::nullopt;
        if (addresses[i] == "-") continue;
        access.tried.push_back({addresses[i], took_there ? std::optional(*took_there * 1000) : std::nullopt});
    }
    return access;
}

void answers(const Access& access, const Counting& counting, const std::function<void(const Answer&)>& take) {
    constexpr int client_went_away = 499; // nginx's own
    if (access.status == client_went_away || access.began() < counting.since) return;
    if (!counting.health.empty() && access.path == counting.health) return;
    for (std::size_t i = 0; i < access.tried.size(); ++i) {
        const auto found = counting.upstreams.find(std::string(access.tried[i].address));
        if (found == counting.upstreams.end()) continue;
        const bool last = i + 1 == access.tried.size();
        take({found->second.slot == counting.fresh ? Answer::Of::fresh : Answer::Of::old, last ? access.status : 0,
              access.tried[i].took_ms});
    }
}

Result<void> AccessLog::read(const std::function<void(const Access&)>& take) {
    const auto lines = TRY(tail_.more(16u << 20, before_bytes));
    std::string_view rest = lines;
    while (!rest.empty()) {
        if (const auto access = parse_access(next(rest, "\n")))
            take(*access);
        else
            ++foreign_;
    }
    return {};
}

}
