#include "scan/engine.h"
#include "base/text.h"
#include "scan/rules/check.h"
#include "scan/rules/letters.h"
#include <algorithm>
#include <iterator>
#include <tuple>

namespace fairlead::scan {
namespace {

constexpr std::size_t long_line = 4096; // of longer ones only a part around the keyword is looked at
constexpr std::size_t before_keyword = 256;
constexpr std::size_t overlap = 1024; // of two such parts
constexpr std::size_t block_length = 16u << 10;
constexpr std::size_t most_to_value = 12;        // from a name to the word `value`: ", "value
constexpr std::size_t longest_token = 64u << 10; // a signed token of that size is one, its half is none

// Its place tells that it is a secret, its shape does not: a rule that knows the shape knows better.
bool takes_any_value(const Rule& rule) {
    return is_guess(rule) || rule.check == check_connection || rule.check == check_basic ||
           rule.check == check_password || rule.check == check_chosen;
}

bool may_be_cut(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' ||
           c == '.' || c == '+' || c == '/' || c == '=';
}

struct Window {
    std::size_t begin, end;
    std::size_t searched;     // keywords that end before need no window of their own
    std::size_t line_end = 0; // where the line ends, if the window holds the next one, too; 0: it doesn't
};

// Whether a line ends as a name does whose value is in the next line: a YAML block scalar ("key: >-  # why"), or the
// beginning of an element ("<key>").
bool opens_block(std::string_view line) {
    const std::string_view tag = trim(line);
    if (tag.starts_with('<') && tag.ends_with('>') && tag.find('/') == tag.npos) return true;
    line = trim(line.substr(0, line.find(" #")));
    while (!line.empty() && std::string_view("-+123456789").find(line.back()) != line.npos) line.remove_suffix(1);
    if (!line.ends_with('>') && !line.ends_with('|')) return false;
    line = trim(line.substr(0, line.size() - 1));
    return line.ends_with(':');
}

// The line of the keyword; of a long one only a part, so that the cost of minified text stays linear.
Window window_around(std::string_view text, std::size_t keyword_end, Shape shape) {
    const std::size_t first = keyword_end > long_line ? keyword_end - long_line : 0;
    const std::size_t newline = text.substr(first, keyword_end - first).rfind('\n');
    Window window{};
    if (newline != text.npos)
        window.begin = first + newline + 1;
    else if (first > 0)
        window.begin = keyword_end - before_keyword;
    const std::string_view rest = text.substr(keyword_end, long_line);
    const std::size_t line_end = rest.find('\n');
    window.end = keyword_end + std::min(line_end, rest.size());
    const bool cut = line_end == rest.npos && window.end < text.size();
    while (cut && window.end < text.size() && window.end - keyword_end < longest_token && may_be_cut(text[window.end]))
        ++window.end;
    window.searched = cut ? window.end - overlap : window.end;
    if (shape == Shape::near && !cut && opens_block(text.substr(window.begin, window.end - window.begin))) {
        const std::size_t value = text.find_first_not_of(" \t\r\n", window.end);
        if (value != text.npos) {
            window.line_end = window.end;
            window.end = std::min({text.find('\n', value), text.size(), value + long_line});
        }
    }
    if (shape == Shape::block) window.end = std::min(text.size(), keyword_end + block_length);
    return window;
}

// The line of a keyword, if its window is the line; empty: it is too long.
std::string_view short_line(std::string_view text, std::size_t keyword_end) {
    const std::size_t first = keyword_end > long_line ? keyword_end - long_line : 0;
    const std::size_t newline = text.substr(first, keyword_end - first).rfind('\n');
    const std::size_t begin = newline == text.npos ? first : first + newline + 1;
    const std::size_t end = keyword_end + std::min(text.substr(keyword_end, long_line).find('\n'), long_line);
    const bool is_whole = (newline != text.npos || first == 0) && end - begin < long_line;
    return is_whole ? text.substr(begin, end - begin) : std::string_view();
}

// Where the lines before an offset begin, back to some that are not empty.
std::size_t lines_before(std::string_view text, std::size_t begin) {
    for (int lines = 0; lines < 2 && begin > 0;) {
        const std::size_t newline = begin < 2 ? text.npos : text.rfind('\n', begin - 2);
        const std::size_t line = newline == text.npos ? 0 : newline + 1;
        if (!trim(text.substr(line, begin - line)).empty()) ++lines;
        begin = line;
    }
    return begin;
}

// The secret in a match: its first group that took part, else all of it.
std::string_view secret_of(const std::vector<std::string_view>& groups) {
    const auto group = std::find_if(groups.begin() + 1, groups.end(), [](std::string_view g) { return !g.empty(); });
    return group == groups.end() ? groups[0] : *group;
}

bool is_too_regular(const Rule& rule, std::string_view secret) {
    return rule.entropy > 0 && entropy(secret) <= rule.entropy;
}

// Adds those of `weaker` that touch none of `hits`; both are in order.
void add_apart(std::vector<Hit>& hits, std::vector<Hit> weaker) {
    std::erase_if(weaker, [&](const Hit& one) {
        const auto next =
            std::partition_point(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.end <= one.begin; });
        return next != hits.end() && next->begin < one.end;
    });
    const auto added = hits.insert(hits.end(), weaker.begin(), weaker.end());
    std::inplace_merge(hits.begin(), added, hits.end(), [](const Hit& a, const Hit& b) { return a.begin < b.begin; });
}

bool is_wanted(const Rule& rule, Guess guess) {
    if (guess == Guess::only_blocks && rule.shape != Shape::block) return false;
    return guess == Guess::yes || !is_guess(rule);
}

}

bool is_guess(const Rule& rule) {
    return rule.check == check_generic || rule.check == check_typed || rule.check == check_in_code ||
           rule.opens == Opens::little;
}

void remove_overlaps(std::vector<Hit>& hits) {
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return std::tuple(a.begin, b.end, a.rule->id) < std::tuple(b.begin, a.end, b.rule->id);
    });
    std::vector<Hit> known, guessed, harmless; // the former outweigh the latter
    for (const Hit& hit : hits) {
        const bool is_id = (hit.rule->opens == Opens::nothing_alone && hit.rule->shape == Shape::near) ||
                           hit.rule->opens == Opens::little;
        std::vector<Hit>& kept = is_id ? harmless : takes_any_value(*hit.rule) ? guessed : known;
        if (kept.empty() || kept.back().end <= hit.begin) kept.push_back(hit);
    }
    hits = std::move(known);
    add_apart(hits, std::move(guessed));
    add_apart(hits, std::move(harmless));
}

Result<Engine> Engine::make(std::vector<const Rule*> rules, const std::vector<std::string>& allow) {
    std::vector<Loaded> loaded;
    std::map<std::string, std::vector<std::size_t>> users;
    for (const Rule* rule : rules) {
        for (const std::string_view keyword : rule->keywords)
            if (!keyword.empty()) users[std::string(keyword)].push_back(loaded.size());
        loaded.push_back({rule, Glance(*rule)});
    }
    std::vector<std::string> keywords;
    std::vector<std::vector<std::size_t>> by_keyword;
    for (auto& [keyword, indexes] : users) {
        keywords.push_back(keyword);
        by_keyword.push_back(std::move(indexes));
    }
    std::vector<sys::Pattern> allowed;
    for (const std::string& expression : allow) {
        auto pattern = TRY(sys::Pattern::compile(expression));
        allowed.push_back(std::move(pattern));
    }
    return Engine(std::move(loaded), std::move(by_keyword), std::move(keywords), std::move(allowed));
}

Engine::Engine(std::vector<Loaded> rules, std::vector<std::vector<std::size_t>> users,
               std::vector<std::string> keywords, std::vector<sys::Pattern> allow)
    : rules_(std::move(rules)), users_(std::move(users)), keywords_(std::move(keywords)), allow_(std::move(allow)) {
    for (std::size_t i = 0; i < rules_.size(); ++i)
        if (!rules_[i].rule->files[0].empty()) of_files_.push_back(i);
}

void CleanLines::add(std::string_view line) {
    constexpr std::size_t most_bytes = 16u << 20, of_an_entry = 96;
    if (bytes_ > most_bytes) {
        lines_.clear();
        bytes_ = 0;
    }
    if (lines_.emplace(line).second) bytes_ += line.size() + of_an_entry;
}

bool Engine::has_rule_for(std::string_view path) const {
    return std::any_of(of_files_.begin(), of_files_.end(),
                       [&](std::size_t index) { return is_for(*rules_[index].rule, path); });
}

std::string Engine::rules_for(std::string_view path) const {
    std::string rules;
    for (const std::size_t index : of_files_)
        if (is_for(*rules_[index].rule, path)) rules += std::to_string(index) + " ";
    return rules;
}

// The pieces of a file come one after the other.
const std::vector<std::size_t>& Engine::of_others(std::string_view path) {
    if (last_path_ == path) return of_others_;
    last_path_ = path;
    of_others_.clear();
    for (const std::size_t index : of_files_)
        if (path.empty() || !is_for(*rules_[index].rule, path)) of_others_.push_back(index);
    return of_others_;
}

Result<void> Engine::start(std::string_view text, Part part, std::string_view path) {
    candidates_.clear();
    if (!prefilter_) prefilter_ = TRY(sys::LiteralSet::compile(keywords_));
    prefilter_->scan(text.substr(part.begin, part.end - part.begin), candidates_);
    for (auto& candidate : candidates_) candidate.end += part.begin;
    for (Loaded& loaded : rules_) loaded.searched = 0;
    for (const std::size_t index : of_others(path)) rules_[index].searched = text.size();
    return {};
}

Result<std::vector<Hit>> Engine::find(std::string_view text, Guess guess, std::string_view path) {
    std::vector<Hit> hits;
    TRY_VOID(start(text, {0, text.size()}, path));
    for (const std::size_t index : of_files_) {
        Loaded& loaded = rules_[index];
        if (loaded.rule->keywords[0].empty() && loaded.searched < text.size() && is_wanted(*loaded.rule, guess))
            TRY_VOID(search(loaded, text, 0, Reach::text, hits));
    }
    for (const auto& candidate : candidates_) {
        for (const std::size_t index : users_[candidate.literal]) {
            Loaded& loaded = rules_[index];
            if (candidate.end <= loaded.searched || !is_wanted(*loaded.rule, guess)) continue;
            if (!may_match(loaded, text, candidate)) continue;
            TRY_VOID(search(loaded, text, candidate.end, Reach::text, hits));
        }
    }
    if (hits.size() > 1) remove_overlaps(hits);
    return hits;
}

struct Engine::Candidate {
    Loaded& loaded;
    std::size_t index, end; // of the rule; of its keyword
    bool is_block, is_for_all;
};

template <typename Take>
Result<void> Engine::each_candidate(std::string_view text, std::size_t near, Guess guess, Line& line, Take take) {
    for (const auto& candidate : candidates_) {
        for (const std::size_t index : users_[candidate.literal]) {
            Loaded& loaded = rules_[index];
            const bool is_block = loaded.rule->shape == Shape::block, is_for_all = loaded.rule->files[0].empty();
            if (candidate.end <= near && !is_block) continue;
            if (!is_block && candidate.end <= loaded.searched) continue;
            if (!may_match(loaded, text, candidate)) continue;
            if (!is_wanted(*loaded.rule, guess)) continue;
            next_line(text, candidate.end, guess == Guess::yes && candidate.end > near, line);
            if (line.is_done_by(*loaded.rule)) continue;
            if (is_block && is_for_all) line.remember = false;
            if (!TRY(take(Candidate{loaded, index, candidate.end, is_block, is_for_all}))) return {};
        }
    }
    if (line.remember) clean_.add(line.text);
    return {};
}

Result<bool> Engine::may_find(std::string_view text, Part lines, Guess guess, std::string_view path, Reach reach) {
    // The name before a value, and the beginning of a block, may stand in front of the lines.
    const std::size_t near = lines_before(text, lines.begin);
    const std::size_t far = std::min(near, lines.begin - std::min(lines.begin, block_length + long_line));
    TRY_VOID(start(text, {far, lines.end}, path));
    for (const std::size_t index : of_files_) // a piece may begin anywhere
        if (rules_[index].rule->keywords[0].empty() && rules_[index].searched < text.size()) return true;
    std::vector<Hit> hits;
    Line line;
    bool found = false;
    TRY_VOID(each_candidate(text, near, guess, line, [&](const Candidate& one) -> Result<bool> {
        if (one.end <= one.loaded.searched) return true;
        found = one.is_block && reach == Reach::some_lines; // the rest is missing
        if (found) return false;
        if (TRY(search(one.loaded, text, one.end, reach, hits)) && one.is_for_all) line.remember = false;
        found = !hits.empty();
        return !found;
    }));
    return found;
}

bool Engine::may_match(const Loaded& loaded, std::string_view text, const sys::LiteralSet::Hit& candidate) const {
    return loaded.glance.may_match(text, candidate.end - keywords_[candidate.literal].size(), candidate.end);
}

bool Engine::Line::is_done_by(const Rule& rule) const { return is_known && rule.files[0].empty(); }

void Engine::next_line(std::string_view text, std::size_t keyword_end, bool may_remember, Line& line) {
    if (keyword_end <= line.end) return;
    if (line.remember) clean_.add(line.text);
    line.text = short_line(text, keyword_end);
    const std::size_t begin = line.text.empty() ? 0 : static_cast<std::size_t>(line.text.data() - text.data());
    line.end = line.text.empty() ? keyword_end : begin + line.text.size();
    line.is_known = clean_.contains(line.text);
    line.remember = may_remember && !line.is_known && !line.text.empty();
}

Result<void> Engine::add_zones(std::string_view text, Part lines, std::string_view path, std::vector<Zone>& zones) {
    const std::size_t near = lines_before(text, lines.begin);
    TRY_VOID(start(text, {near, lines.end}, path));
    for (const std::size_t index : of_files_) // a piece may begin anywhere
        if (rules_[index].rule->keywords[0].empty() && rules_[index].searched < text.size())
            zones.push_back({{0, text.size()}, true});
    std::vector<Hit> hits;
    std::vector<std::size_t> last_zone(rules_.size(), text.npos); // of a rule for blocks
    Line line;
    return each_candidate(text, near, Guess::yes, line, [&](const Candidate& one) -> Result<bool> {
        if (one.end <= one.loaded.searched) {
            if (one.is_block && last_zone[one.index] != text.npos) // it would begin a block of its own
                zones[last_zone[one.index]].end = std::min(text.size(), one.end + block_length);
            return true;
        }
        hits.clear();
        if (TRY(search(one.loaded, text, one.end, Reach::pieces, hits)) && one.is_for_all) line.remember = false;
        if (!hits.empty()) line.remember = false;
        if (!one.is_block && hits.empty()) return true;
        const Window window = window_around(text, one.end, one.loaded.rule->shape);
        if (one.is_block) last_zone[one.index] = zones.size();
        zones.push_back({{window.begin, window.end}, !hits.empty()});
        return true;
    });
}

Result<bool> Engine::search(Loaded& loaded, std::string_view text, std::size_t keyword_end, Reach reach,
                            std::vector<Hit>& hits) {
    const Rule& rule = *loaded.rule;
    if (!loaded.pattern) // bytes: those that are no UTF-8 hide nothing
        loaded.pattern = TRY(sys::Pattern::compile(to_expression(rule), sys::Characters::bytes));
    if (!loaded.each && !rule.each.empty())
        loaded.each = TRY(sys::Pattern::compile(std::string(rule.each), sys::Characters::bytes));
    const Window window = window_around(text, keyword_end, rule.shape);
    loaded.searched = window.searched;
    search_window(loaded, text, window.begin, window.end, reach, hits);
    if (reach != Reach::text && window.line_end > 0) // a piece may end there
        search_window(loaded, text, window.begin, window.line_end, reach, hits);
    return rule.shape == Shape::block || window.line_end > 0;
}

void Engine::search_window(const Loaded& loaded, std::string_view text, std::size_t begin_of_part,
                           std::size_t end_of_part, Reach reach, std::vector<Hit>& hits) const {
    const Rule& rule = *loaded.rule;
    const bool any_match = reach != Reach::text && rule.shape == Shape::block; // a piece may hold a part of it
    const std::string_view part = text.substr(begin_of_part, end_of_part - begin_of_part);
    std::vector<std::string_view> groups;
    for (std::size_t start = 0; start < part.size() && loaded.pattern->search(part, start, groups);) {
        const std::string_view secret = secret_of(groups);
        const auto begin = static_cast<std::size_t>(secret.data() - text.data());
        if (loaded.each && !any_match) search_block(loaded, secret, begin, hits);
        const bool found = any_match || (!loaded.each && is_secret(rule, secret, groups[0]));
        if (found) hits.push_back({&rule, begin, begin + secret.size()});
        // What is no token may hide the beginning of one; what stands under a name stands there once.
        const bool is_token =
            rule.shape == Shape::token || rule.shape == Shape::sealed || rule.pattern.starts_with(R"(\b\b)");
        std::size_t taken = is_token && !found ? 1 : secret.size();
        // key="ClientSecret" value="…": what stands there is the name
        const std::size_t end = begin - begin_of_part + secret.size();
        if (rule.shape == Shape::near && !found && part.substr(end, most_to_value).find("value") != part.npos)
            taken = 0;
        start = std::max(begin - begin_of_part + taken, start + 1);
    }
}

void Engine::search_block(const Loaded& loaded, std::string_view block, std::size_t offset,
                          std::vector<Hit>& hits) const {
    std::vector<std::string_view> groups;
    for (std::size_t start = 0; start < block.size() && loaded.each->search(block, start, groups);) {
        const std::string_view secret = secret_of(groups);
        const auto begin = static_cast<std::size_t>(secret.data() - block.data());
        if (is_secret(*loaded.rule, secret, groups[0]))
            hits.push_back({loaded.rule, offset + begin, offset + begin + secret.size()});
        start = std::max(begin + secret.size(), start + 1);
    }
}

bool Engine::is_secret(const Rule& rule, std::string_view secret, std::string_view match) const {
    const Proof proof = rule.check ? rule.check(secret, match) : Proof::unknown;
    if (proof == Proof::refuted || is_encrypted(secret)) return false;
    if (proof == Proof::unknown && (is_too_regular(rule, secret) || is_placeholder(secret))) return false;
    return std::none_of(allow_.begin(), allow_.end(), [&](const sys::Pattern& p) { return p.matches(secret); });
}

}
