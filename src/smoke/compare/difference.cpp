#include "smoke/compare/difference.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace fairlead::smoke::compare {

namespace {

constexpr std::size_t most_text = 60;       // of a value in a message, in bytes
constexpr std::size_t enough_text = 16'384; // more is not looked at for a message

bool is_text(std::string_view body) { return body.find('\0') == body.npos && valid_utf8(body); }

// The lines of a text, one after the other; a text without a line end has one.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}
    std::optional<std::string_view> next() {
        if (!rest_) return {};
        const auto end = rest_->find('\n');
        const auto line = rest_->substr(0, end);
        rest_ = end == rest_->npos ? std::optional<std::string_view>() : rest_->substr(end + 1);
        return line;
    }

  private:
    std::optional<std::string_view> rest_;
};

std::ptrdiff_t lines_in(std::string_view text) { return std::count(text.begin(), text.end(), '\n') + 1; }

std::string shown_line(std::optional<std::string_view> line) {
    return line ? fmt::format("'{}'", shown_text(trim(*line))) : "missing";
}

constexpr std::string_view no_stable_body =
    "the body can't be compared, because the old release answers with a different one each time; leave this check out "
    "of compare.checks";

void add_line_differences(std::string_view old, std::string_view fresh, std::span<const std::string_view> again,
                          const OwnHosts& hosts, Differences& out) {
    const auto old_lines = lines_in(old), fresh_lines = lines_in(fresh);
    for (const auto one : again)
        if (lines_in(one) != old_lines) return out.add(std::string(no_stable_body));
    Lines left(old), right(fresh);
    std::vector<Lines> others(again.begin(), again.end());
    std::size_t differ = 0, stable = 0;
    std::string first;
    for (std::size_t number = 1; number <= static_cast<std::size_t>(std::max(old_lines, fresh_lines)); ++number) {
        const auto was = left.next(), is = right.next();
        bool is_stable = true;
        for (auto& other : others) is_stable = other.next() == was && is_stable;
        stable += is_stable && was ? 1 : 0;
        if (was && is && is_same_text(*was, hosts.old, *is, hosts.fresh)) continue;
        if (!is_stable)
            out.add_unstable(fmt::format("line {} of the body", number));
        else if (++differ == 1)
            first = fmt::format("line {} of the body is {}, was {}", number, shown_line(is), shown_line(was));
    }
    if (stable == 0) return out.add(std::string(no_stable_body));
    if (old_lines != fresh_lines)
        first = fmt::format("the body has {} lines, had {}; {}", fresh_lines, old_lines, first);
    else if (differ > 1)
        first += fmt::format(" (and {} more line{})", differ - 1, differ == 2 ? "" : "s");
    if (differ > 0) out.add(std::move(first));
}

}

void Differences::add(std::string difference) {
    ++count;
    if (listed.size() < most_differences) listed.push_back(std::move(difference));
}

void Differences::add_unstable(std::string what) {
    ++unstable_count;
    if (unstable.size() < most_differences) unstable.push_back(std::move(what));
}

std::string without_host(std::string_view text, std::string_view host) {
    std::string out;
    const std::string wanted = "://" + std::string(host);
    for (;;) {
        const auto found = host.empty() ? text.npos : text.find(wanted);
        if (found == text.npos) return out += text;
        const auto behind = text.substr(found + wanted.size());
        const bool goes_on = !behind.empty() && (std::isalnum(static_cast<unsigned char>(behind.front())) != 0 ||
                                                 std::string_view(".-:_@").find(behind.front()) != behind.npos);
        out += text.substr(0, found);
        out += goes_on ? wanted : "://own host";
        text = behind;
    }
}

bool is_same_text(std::string_view left, std::string_view left_host, std::string_view right,
                  std::string_view right_host) {
    if (left == right) return true;
    if (left_host == right_host || left.find("://") == left.npos) return false;
    return without_host(left, left_host) == without_host(right, right_host);
}

std::string shown_text(std::string_view text, std::string_view name) {
    text = text.substr(0, enough_text);
    if (is_secret(name, text) || lets_in(text)) return "***";
    return shortened(mask(to_valid_utf8(text)), most_text); // masked first: no half of a secret is left
}

void add_body_differences(std::string_view old, std::string_view fresh, std::span<const std::string_view> again,
                          const OwnHosts& hosts, Differences& out) {
    if (is_same_text(old, hosts.old, fresh, hosts.fresh)) return;
    if (is_text(old) && is_text(fresh) && std::all_of(again.begin(), again.end(), is_text))
        return add_line_differences(old, fresh, again, hosts, out);
    if (std::any_of(again.begin(), again.end(), [&](std::string_view one) { return one != old; }))
        return out.add(std::string(no_stable_body));
    const auto at = std::mismatch(old.begin(), old.end(), fresh.begin(), fresh.end()).first - old.begin();
    out.add(fmt::format("the body differs from byte {} on ({} bytes, was {})", at + 1, fresh.size(), old.size()));
}

}
