#include "smoke/beside/logs.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_bytes = 64U << 20U; // since the last look: no run waits for a log that grows for ever
constexpr std::string_view log_rule = "smoke/log";

// The forbidden lines among those that were written.
struct Found {
    std::int64_t lines = 0, forbidden = 0;
    std::string first, pattern;
};

std::string shown_line(std::string_view line) {
    constexpr std::size_t longest = 200;
    register_assignments(line);
    register_said(line);
    const auto whole = report::one_line(mask(hide_credentials(to_valid_utf8(line)))); // masked before it is cut
    return whole.size() > longest ? to_valid_utf8(whole.substr(0, longest)) + "..." : whole;
}

void look_at(std::string_view text, const ForbiddenLines& wanted, const std::vector<sys::Pattern>& patterns,
             Found& found) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        ++found.lines;
        const auto hit = std::find_if(patterns.begin(), patterns.end(),
                                      [&](const sys::Pattern& pattern) { return pattern.matches(line); });
        if (hit == patterns.end()) continue;
        if (found.forbidden++ > 0) continue;
        found.first = shown_line(line);
        found.pattern = wanted.patterns[static_cast<std::size_t>(hit - patterns.begin())];
    }
}

std::string fault_of(const Result<Found>& found, const ForbiddenLines& wanted) {
    if (!found.ok()) return found.error().message;
    if (sys::inspect(wanted.file).type == sys::FileType::absent)
        return fmt::format("there is no file '{}'; name the log that the application writes", wanted.file);
    if (found->forbidden == 0) return {};
    return fmt::format("{} of {} new lines match /{}/; the first: {}", found->forbidden, found->lines, found->pattern,
                       found->first);
}

}

Result<void> check_logs(const std::vector<ForbiddenLines>& logs) {
    for (const auto& log : logs) {
        if (log.file.empty()) return usage("a log needs its file, such as file: /var/log/app.log", log.place);
        if (log.patterns.empty())
            return usage(fmt::format("no line of '{}' is forbidden; write a regular expression, such as ERROR|CRITICAL",
                                     log.file),
                         log.place);
        for (const auto& text : log.patterns) {
            const auto pattern = sys::Pattern::compile(text);
            if (trim(text).empty()) return usage("an empty pattern forbids every line", log.place);
            if (!pattern.ok()) return usage(pattern.error().message, log.place);
        }
    }
    return {};
}

Result<Logs> Logs::begin(const std::vector<ForbiddenLines>& wanted) {
    Logs logs;
    for (const auto& one : wanted) {
        logs.logs_.push_back({one, sys::Tail(one.file), {}});
        for (const auto& text : one.patterns) {
            auto pattern = TRY(sys::Pattern::compile(text));
            logs.logs_.back().patterns.push_back(std::move(pattern));
        }
        TRY(logs.logs_.back().tail.more());
    }
    return logs;
}

std::vector<Tried> Logs::judge() {
    std::vector<Tried> all;
    for (auto& log : logs_) {
        const auto look = [&]() -> Result<Found> {
            Found found;
            std::size_t bytes = 0;
            for (auto lines = TRY(log.tail.more()); !lines.empty(); lines = TRY(log.tail.more())) {
                look_at(lines, log.wanted, log.patterns, found);
                bytes += lines.size();
                if (bytes > most_bytes)
                    return no(fmt::format("more than {} MiB were written meanwhile, and not all of it was looked at; "
                                          "{} of the first {} lines are forbidden",
                                          most_bytes >> 20U, found.forbidden, found.lines));
            }
            look_at(log.tail.unfinished(), log.wanted, log.patterns, found); // its end may never come
            return found;
        };
        const auto found = look();
        Tried tried;
        tried.check.name = "log " + log.wanted.file;
        tried.check.url = log.wanted.file;
        tried.check.place = log.wanted.place;
        tried.attempts = 1;
        const auto fault = fault_of(found, log.wanted);
        tried.end = fault.empty() ? Tried::End::passed : Tried::End::failed;
        if (!fault.empty()) tried.wrong = {std::string(log_rule), fault};
        if (found.ok()) tried.facts = {{"new lines", std::to_string(found->lines)}};
        all.push_back(std::move(tried));
    }
    return all;
}

}
