#define PCRE2_CODE_UNIT_WIDTH 8
#include "sys/freed.h"
#include "sys/pattern/pattern.h"
#include "sys/pattern/script_syntax.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <pcre2.h>

namespace fairlead::sys {
namespace {

constexpr std::uint32_t match_limit = 1'000'000; // steps from one start
constexpr std::uint32_t heap_limit_kib = 64 << 10;
constexpr std::chrono::seconds time_limit{2};

using ScriptCode = Freed<pcre2_code, pcre2_code_free>;
using CompileContext = Freed<pcre2_compile_context, pcre2_compile_context_free>;
using MatchContext = Freed<pcre2_match_context, pcre2_match_context_free>;
using MatchData = Freed<pcre2_match_data, pcre2_match_data_free>;

std::string reason_of(int code) {
    PCRE2_UCHAR buffer[256];
    pcre2_get_error_message(code, buffer, sizeof buffer);
    return reinterpret_cast<const char*>(buffer);
}

// PCRE2 counts its steps again for each start in the text, so that a pattern can still be quadratic in a large one:
// the callout at each item of the pattern looks at the clock.
struct Watch {
    std::chrono::steady_clock::time_point end = {}; // told at the first look: most searches need none
    unsigned calls = 0;
};
int look_at_clock(pcre2_callout_block*, void* data) {
    auto& watch = *static_cast<Watch*>(data);
    if (++watch.calls % 64 != 0) return 0;
    const auto now = std::chrono::steady_clock::now();
    if (watch.calls == 64) watch.end = now + time_limit;
    return now > watch.end ? PCRE2_ERROR_MATCHLIMIT : 0;
}

// What the flags ask of PCRE2; the others are in the text or change nothing about the first match.
std::uint32_t options_of(std::string_view flags) {
    std::uint32_t options =
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT | PCRE2_MATCH_UNSET_BACKREF;
    if (flags.find('i') != flags.npos) options |= PCRE2_CASELESS;
    if (flags.find('y') != flags.npos) options |= PCRE2_ANCHORED;
    return options;
}

}

struct ScriptPattern::State {
    std::string expression;
    ScriptCode code;
    MatchContext limits;
    MatchData data; // of the last match
};

ScriptPattern::ScriptPattern(std::unique_ptr<State> state) : state_(std::move(state)) {}
ScriptPattern::ScriptPattern(ScriptPattern&&) noexcept = default;
ScriptPattern& ScriptPattern::operator=(ScriptPattern&&) noexcept = default;
ScriptPattern::~ScriptPattern() = default;

Result<ScriptPattern> ScriptPattern::compile(std::string_view expression, std::string_view flags) {
    const auto text = TRY(pcre_of_script(expression, flags));
    const CompileContext context(pcre2_compile_context_create(nullptr));
    pcre2_set_parens_nest_limit(context.get(), 200);
    int error = 0;
    PCRE2_SIZE offset = 0;
    ScriptCode code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options_of(flags), &error,
                                  &offset, context.get()));
    if (!code) return not_an_expression(expression, flags, reason_of(error));
    MatchContext limits(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(limits.get(), match_limit);
    pcre2_set_depth_limit(limits.get(), match_limit);
    pcre2_set_heap_limit(limits.get(), heap_limit_kib);
    MatchData data(pcre2_match_data_create_from_pattern(code.get(), nullptr));
    return ScriptPattern(std::unique_ptr<State>(
        new State{std::string(expression), std::move(code), std::move(limits), std::move(data)}));
}

namespace {

// One search from `start`; the number of groups that took part, or PCRE2's error.
int match_from(const pcre2_code* code, std::string_view text, PCRE2_SIZE start, pcre2_match_data* data,
               pcre2_match_context* limits, Watch& watch) {
    pcre2_set_callout(limits, look_at_clock, &watch);
    return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), start, 0, data, limits);
}

Error given_up(const std::string& expression, int code) {
    return usage(
        fmt::format("pattern '{}' was stopped: {}; write it with less backtracking", expression, reason_of(code)));
}

}

Result<int> ScriptPattern::match(std::string_view text) const {
    Watch watch;
    const int count = match_from(state_->code.get(), text, 0, state_->data.get(), state_->limits.get(), watch);
    if (count < 0 && count != PCRE2_ERROR_NOMATCH) return given_up(state_->expression, count);
    return std::max(count, 0);
}

namespace {

std::optional<std::string_view> group_of(pcre2_match_data* data, int count, std::string_view text, std::size_t index) {
    if (index >= static_cast<std::size_t>(count)) return std::nullopt;
    const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
    const PCRE2_SIZE start = offsets[2 * index], end = offsets[2 * index + 1];
    return start != PCRE2_UNSET && start <= end ? std::optional(text.substr(start, end - start)) : std::nullopt;
}

}

Result<std::optional<ScriptPattern::Groups>> ScriptPattern::search(std::string_view text) const {
    const int count = TRY(match(text));
    if (count == 0) return std::optional<Groups>{};
    Groups groups(pcre2_get_ovector_count(state_->data.get()));
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (const auto group = group_of(state_->data.get(), count, text, i)) groups[i] = std::string(*group);
    return std::optional(std::move(groups));
}

std::size_t ScriptPattern::group_count() const {
    std::uint32_t count = 0;
    pcre2_pattern_info(state_->code.get(), PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

Result<std::optional<std::string_view>> ScriptPattern::group(std::string_view text, std::size_t index) const {
    const int count = TRY(match(text));
    return group_of(state_->data.get(), count, text, index);
}

Result<std::vector<std::string>> ScriptPattern::all_matches(std::string_view text) const {
    const MatchData data(pcre2_match_data_create_from_pattern(state_->code.get(), nullptr));
    Watch watch;
    std::vector<std::string> all;
    for (PCRE2_SIZE start = 0; start <= text.size();) {
        const int count = match_from(state_->code.get(), text, start, data.get(), state_->limits.get(), watch);
        if (count == PCRE2_ERROR_NOMATCH) break;
        if (count < 0) return given_up(state_->expression, count);
        const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
        const PCRE2_SIZE begin = offsets[0], end = std::max(offsets[0], offsets[1]);
        all.emplace_back(text.substr(begin, end - begin));
        start = end > begin ? end : end + 1; // an empty match goes on behind the next character
        while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) ++start;
    }
    return all;
}

}
