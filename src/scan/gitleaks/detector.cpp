#include "scan/gitleaks/detector.h"
#include "base/text.h"
#include "scan/gitleaks/line_pattern.h"
#include "scan/rules/check.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace fairlead::scan::gitleaks {
namespace {

constexpr std::size_t most_findings = 100'000; // in one fragment: each takes about a kilobyte
constexpr std::string_view allow_comment = "gitleaks:allow";

// gitleaks counts code points, but divides by bytes.
double go_entropy(std::string_view text) {
    std::map<std::string_view, std::size_t> counts;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = go_character(text, i);
        ++counts[length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(i, length)];
        i += std::max<std::size_t>(length, 1);
    }
    double bits = 0;
    for (const auto& [character, count] : counts) {
        const double share = static_cast<double>(count) / static_cast<double>(text.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

struct Location {
    int start_line = 0, end_line = 0; // from 0
    std::size_t start_column = 0, end_column = 0;
    std::size_t line_begin = 0, line_end = 0; // of the lines, with the newline before them
};

// A match that begins behind the last newline: gitleaks takes all of the fragment up to it for its line.
Location behind_all(const std::vector<std::size_t>& newlines, std::string_view text, Stretch match) {
    Location at;
    at.start_line = at.end_line = static_cast<int>(newlines.size());
    at.start_column = match.begin - newlines.back() + 1;
    at.end_column = match.end - newlines.back();
    at.line_end = std::min(text.find_first_of("\r\n", match.end), text.size());
    return at;
}

Location locate(const std::vector<std::size_t>& newlines, std::string_view text, Stretch match) {
    const auto line = std::upper_bound(newlines.begin(), newlines.end(), match.begin) - newlines.begin();
    if (static_cast<std::size_t>(line) == newlines.size()) return behind_all(newlines, text, match);
    const auto before = [&](std::ptrdiff_t n) { return n == 0 ? 0 : newlines[static_cast<std::size_t>(n - 1)]; };
    Location at;
    at.start_line = at.end_line = static_cast<int>(line);
    at.line_begin = before(line);
    at.start_column = match.begin - at.line_begin + 1;
    at.line_end = newlines[static_cast<std::size_t>(line)];
    const auto last = std::lower_bound(newlines.begin(), newlines.end(), match.end) - newlines.begin();
    if (match.end == 0 || static_cast<std::size_t>(last) == newlines.size()) return at;
    at.end_column = match.end - before(last);
    if (last < line) return at; // an empty match in front of a newline
    at.end_line = static_cast<int>(last);
    at.line_end = newlines[static_cast<std::size_t>(last)];
    return at;
}

bool allows_fragment(const Allowlists& lists, const Fragment& fragment) {
    if (fragment.path.empty() && fragment.commit.empty()) return false;
    return std::any_of(lists.begin(), lists.end(), [&](const Allowlist& list) {
        const bool commit = list.allows_commit(fragment.commit), path = list.allows_path(fragment.path);
        if (!list.all) return commit || path;
        if (list.regexes || !list.stopwords.empty()) return false; // judged with the findings
        return (list.commits.empty() || commit) && (!list.paths || path);
    });
}

std::string_view trim_newlines(std::string_view text) {
    const auto first = text.find_first_not_of('\n');
    if (first == text.npos) return text.substr(0, 0);
    return text.substr(first, text.find_last_not_of('\n') - first + 1);
}

// The pattern is matched again on the match alone, where an assertion at its end may fail: then all of it is the
// secret.
std::string_view secret_in(const Rule& rule, std::string_view match) {
    const auto groups = rule.regex->groups(match);
    if (groups.size() < 2) return match;
    if (rule.secret_group > 0) return groups[static_cast<std::size_t>(rule.secret_group)];
    const auto group = std::find_if(groups.begin() + 1, groups.end(), [](std::string_view g) { return !g.empty(); });
    return group == groups.end() ? match : *group;
}

Finding of_path(const Rule& rule, const Fragment& fragment) {
    Finding finding;
    finding.rule = rule.id;
    finding.description = rule.description;
    finding.match = "file detected: " + fragment.path;
    finding.file = fragment.path;
    finding.commit = fragment.commit;
    finding.tags = rule.tags;
    return finding;
}

bool is_near(const Finding& one, const Finding& other, const Required& required) {
    const auto within = [](int a, int b, const std::optional<int>& most) { return !most || std::abs(a - b) <= *most; };
    return within(one.start_line, other.start_line, required.within_lines) &&
           within(one.start_column, other.start_column, required.within_columns);
}

bool is_generic(std::string_view rule) { return lower(rule).find("generic") != std::string::npos; }

// What a rule guesses is dropped where another rule knows it.
void drop_explained(std::vector<Finding>& findings) {
    std::multimap<int, const Finding*> specific;
    for (const Finding& each : findings)
        if (!is_generic(each.rule)) specific.emplace(each.start_line, &each);
    std::vector<bool> explained;
    for (const Finding& guess : findings) {
        const auto [first, last] = specific.equal_range(guess.start_line);
        explained.push_back(is_generic(guess.rule) && std::any_of(first, last, [&](const auto& other) {
                                return other.second->secret.find(guess.secret) != std::string::npos;
                            }));
    }
    std::size_t index = 0;
    std::erase_if(findings, [&](const Finding&) { return explained[index++]; });
}

}

// The lines of a fragment. What was asked for last is kept, so that many findings in a long line don't cost its length
// each.
class Detector::Newlines {
  public:
    explicit Newlines(std::string_view text) : text_(text) {}

    // Where the lines end; the text's own end if it has no newline.
    const std::vector<std::size_t>& get() const {
        if (!offsets_.empty()) return offsets_;
        for (std::size_t at = text_.find('\n'); at != text_.npos; at = text_.find('\n', at + 1)) offsets_.push_back(at);
        if (offsets_.empty()) offsets_.push_back(text_.size());
        return offsets_;
    }
    // Line from 0, and the number of code points before the offset in it.
    std::pair<int, int> place(std::size_t offset) const {
        const auto line = std::lower_bound(get().begin(), get().end(), offset) - get().begin();
        const std::size_t begin = line == 0 ? 0 : get()[static_cast<std::size_t>(line - 1)] + 1;
        if (counted_ < begin || counted_ > offset) {
            counted_ = begin;
            column_ = 0;
        }
        column_ += code_points(text_.substr(counted_, offset - counted_));
        counted_ = offset;
        return {static_cast<int>(line), static_cast<int>(column_)};
    }
    bool has_allow_comment(std::size_t begin, std::size_t end) const {
        if (std::pair(begin, end) != asked_) {
            asked_ = {begin, end};
            allows_ = text_.substr(begin, end - begin).find(allow_comment) != text_.npos;
        }
        return allows_;
    }

  private:
    std::string_view text_;
    mutable std::vector<std::size_t> offsets_;
    mutable std::size_t counted_ = 0, column_ = 0;
    mutable std::pair<std::size_t, std::size_t> asked_ = {1, 0};
    mutable bool allows_ = false;
};

// One pass of decoding over a fragment. What only findings need is made for the first one.
struct Detector::Pass {
    const Fragment& fragment;
    const Decoded& decoded;
    const Newlines& newlines; // of the fragment
    bool first = true;
    bool anywhere = false;                 // the fragment stands for all its pieces, in any file and commit
    mutable std::optional<GoText> go = {}; // see text()

    const GoText& text() const { // of `decoded`
        if (!go) go.emplace(decoded.text());
        return *go;
    }
};

Result<Detector> Detector::make(Configuration configuration, const Settings& settings) {
    Engine engine = TRY(Engine::make(configuration.built_in, settings.allow));
    for (const std::string& expression : settings.allow) {
        auto pattern = TRY(GoPattern::compile(expression));
        Allowlist list;
        list.regexes = std::make_shared<GoPattern>(std::move(pattern));
        configuration.allowlists.push_back(std::move(list));
    }
    return Detector(std::move(configuration), settings, std::move(engine));
}

Detector::Detector(Configuration configuration, const Settings& settings, Engine built_in)
    : configuration_(std::move(configuration)), settings_(settings), built_in_(std::move(built_in)) {
    std::map<std::string, std::size_t> known;
    for (const Rule& rule : configuration_.rules) {
        for (const bool closed : {false, true}) // as in_lines() will say
            has_long_rules_ |=
                rule.regex && line_pattern(rule.regex->expression(), closed).most_newlines > lines_around;
        std::vector<std::size_t>& own = by_rule_.emplace_back();
        for (const std::string& keyword : rule.keywords) {
            const auto [entry, is_new] = known.emplace(keyword, keywords_.size());
            if (is_new) keywords_.push_back(keyword);
            own.push_back(entry->second);
        }
    }
}

bool Detector::skips(const Fragment& fragment) const { return allows_fragment(configuration_.allowlists, fragment); }

bool Detector::skips_path(std::string_view path) const {
    return std::any_of(configuration_.allowlists.begin(), configuration_.allowlists.end(),
                       [&](const Allowlist& list) { return list.allows_path(path); });
}

std::vector<bool> Detector::keywords_in(std::string_view text) {
    std::vector<bool> found(keywords_.size());
    if (keywords_.empty()) return found;
    std::vector<sys::LiteralSet::Hit> hits;
    prefilter_->scan(text, hits);
    for (const auto& hit : hits) found[hit.literal] = true;
    return found;
}

Result<void> Detector::prepare() {
    if (!prefilter_ && !keywords_.empty()) prefilter_ = TRY(sys::LiteralSet::compile(keywords_));
    return {};
}

bool Detector::runs(std::size_t rule, const std::vector<bool>& keywords) const {
    const auto& own = by_rule_[rule];
    return !configuration_.rules[rule].skip_report &&
           (own.empty() || std::any_of(own.begin(), own.end(), [&](std::size_t keyword) { return keywords[keyword]; }));
}

Result<std::vector<Finding>> Detector::find(const Fragment& fragment) {
    std::vector<Finding> findings;
    if (skips(fragment)) return findings;
    TRY_VOID(prepare());
    Decoded decoded(fragment.text);
    const Newlines newlines(fragment.text);
    const int most =
        fragment.guess == Guess::only_blocks ? 0 : settings_.decode_depth; // what is encoded is in one line
    for (int depth = 0; depth <= most; ++depth) {
        if (depth > 0 && !decoded.decode()) break;
        const Pass pass{.fragment = fragment, .decoded = decoded, .newlines = newlines, .first = depth == 0};
        TRY_VOID(look(pass, findings));
    }
    drop_explained(findings);
    return findings;
}

Result<const Detector::InLines*> Detector::in_lines(std::size_t rule, bool closed) {
    in_lines_.resize(configuration_.rules.size());
    auto& known = in_lines_[rule];
    if (!known) {
        const LinePattern lines = line_pattern(configuration_.rules[rule].regex->expression(), closed);
        auto pattern = TRY(GoPattern::compile(lines.expression));
        known = InLines{std::move(pattern), !lines.has_begin && (closed || !lines.has_end),
                        lines.most_newlines > lines_around};
    }
    return &*known;
}

Result<bool> Detector::may_match(std::size_t index, const Pass& pass, bool closed) {
    const Rule& rule = configuration_.rules[index];
    if (rule.path && !rule.path->matches(pass.fragment.path)) return false;
    if (!rule.regex) return true;
    const InLines& lines = *TRY(in_lines(index, closed));
    if (!lines.is_exact) return lines.pattern.matches(pass.text());
    const auto matches = lines.pattern.find_all(pass.text());
    return std::any_of(matches.begin(), matches.end(), [&](const auto& place) {
        const auto& [begin, end] = place;
        const std::string_view whole = pass.decoded.text().substr(begin, end - begin);
        if (std::min(whole.find('\n'), whole.size()) + 1 < whole.size()) return true; // a piece may hold half of it
        const std::string_view match = trim_newlines(whole);
        return judge(rule, pass, {begin, begin + match.size()}, match, secret_in(rule, match)).has_value();
    });
}

Result<bool> Detector::may_match_any(std::string_view text, const std::string& path, bool closed, bool long_ones) {
    const Decoded decoded(text);
    const Newlines newlines(text);
    const Fragment fragment{.text = text, .path = path, .commit = {}};
    const Pass pass{.fragment = fragment, .decoded = decoded, .newlines = newlines, .anywhere = true};
    const auto keywords = keywords_in(text);
    for (std::size_t i = 0; i < configuration_.rules.size(); ++i) {
        if (!runs(i, keywords)) continue;
        const InLines* lines = nullptr;
        if (configuration_.rules[i].regex) lines = TRY(in_lines(i, closed));
        const bool is_long = lines && lines->is_long;
        if (is_long == long_ones && TRY(may_match(i, pass, closed))) return true;
    }
    return false;
}

Result<void> Detector::look(const Pass& pass, std::vector<Finding>& findings) {
    const auto found = keywords_in(pass.decoded.text());
    for (std::size_t i = 0; i < configuration_.rules.size(); ++i) {
        if (!runs(i, found)) continue;
        auto more = apply(configuration_.rules[i], pass);
        std::move(more.begin(), more.end(), std::back_inserter(findings));
        if (findings.size() > most_findings) break;
    }
    if (findings.size() <= most_findings) TRY_VOID(apply_built_in(pass, findings));
    if (findings.size() <= most_findings) return {};
    return could_not(fmt::format("{} has more than {} findings in one piece; leave the file out, or correct the rule",
                                 pass.fragment.path.empty() ? "a text" : pass.fragment.path, most_findings));
}

// A rule with those that it requires.
std::vector<Finding> Detector::apply(const Rule& rule, const Pass& pass) const {
    auto findings = apply_alone(rule, pass);
    for (const Required& required : rule.required) {
        const Rule* helper = configuration_.find(required.id);
        const auto near = helper && !findings.empty() ? apply_alone(*helper, pass) : std::vector<Finding>();
        std::erase_if(findings, [&](const Finding& finding) {
            return std::none_of(near.begin(), near.end(),
                                [&](const Finding& other) { return is_near(finding, other, required); });
        });
    }
    return findings;
}

std::vector<Finding> Detector::apply_alone(const Rule& rule, const Pass& pass) const {
    const Fragment& fragment = pass.fragment;
    std::vector<Finding> findings;
    if (allows_fragment(rule.allowlists, fragment)) return findings;
    if (rule.path && !rule.path->matches(fragment.path)) return findings;
    if (!rule.regex) {
        if (pass.first) findings.push_back(of_path(rule, fragment));
        return findings;
    }
    const std::string_view text = pass.decoded.text();
    if (settings_.most_megabytes > 0 && text.size() / 1'000'000 > settings_.most_megabytes) return findings;
    for (const auto& [begin, end] : rule.regex->find_all(pass.text())) {
        const std::string_view match = trim_newlines(text.substr(begin, end - begin));
        const Stretch whole{begin, pass.first ? begin + match.size() : end};
        if (!pass.first && !pass.decoded.touches({begin, end})) continue;
        if (findings.size() > most_findings) break;
        if (auto finding = judge(rule, pass, whole, match, secret_in(rule, match)))
            findings.push_back(std::move(*finding));
    }
    return findings;
}

// `match` and `secret` are parts of the pass's text; `whole` is where gitleaks says that the match is.
std::optional<Finding> Detector::judge(const Rule& rule, const Pass& pass, Stretch whole, std::string_view match,
                                       std::string_view secret) const {
    const std::string_view original = pass.fragment.text;
    Decoded::Match place{.original = whole, .tags = {}, .line = {}};
    if (!pass.first) place = pass.decoded.match(whole);
    Location at = locate(pass.newlines.get(), original, place.original);
    at.line_end = std::max(at.line_end, place.original.end);
    const std::string_view line = original.substr(at.line_begin, at.line_end - at.line_begin);
    if (settings_.honour_allow && !pass.anywhere && pass.newlines.has_allow_comment(at.line_begin, at.line_end))
        return std::nullopt;
    const double bits = go_entropy(secret);
    if (rule.entropy != 0 && bits <= rule.entropy) return std::nullopt;
    Finding finding;
    finding.rule = rule.id;
    finding.description = rule.description;
    finding.secret = secret;
    finding.start_line = pass.fragment.first_line + at.start_line;
    finding.end_line = pass.fragment.first_line + at.end_line;
    finding.start_column = static_cast<int>(at.start_column);
    finding.end_column = static_cast<int>(at.end_column);
    finding.match = match;
    finding.file = pass.fragment.path;
    finding.commit = pass.fragment.commit;
    finding.entropy = static_cast<float>(bits);
    finding.tags = rule.tags;
    finding.tags.insert(finding.tags.end(), place.tags.begin(), place.tags.end());
    finding.begin = place.original.begin;
    finding.end = place.original.end;
    if (pass.first && !secret.empty()) {
        finding.begin = static_cast<std::size_t>(secret.data() - pass.decoded.text().data());
        finding.end = finding.begin + secret.size();
    }
    const std::string_view shown = place.line.empty() ? line : place.line;
    if (is_allowed(configuration_.allowlists, pass, finding, shown)) return std::nullopt;
    if (is_allowed(rule.allowlists, pass, finding, shown)) return std::nullopt;
    std::tie(finding.line, finding.column) = pass.newlines.place(finding.begin);
    std::tie(finding.last_line, finding.last_column) = pass.newlines.place(finding.end);
    finding.line += pass.fragment.first_line;
    finding.last_line += pass.fragment.first_line;
    ++finding.column;
    return finding;
}

bool Detector::is_allowed(const Allowlists& lists, const Pass& pass, const Finding& finding,
                          std::string_view line) const {
    using Target = Allowlist::Target;
    return std::any_of(lists.begin(), lists.end(), [&](const Allowlist& list) {
        const bool depends = list.target == Target::line || (list.all && (list.paths || !list.commits.empty()));
        if (pass.anywhere && depends) return false;
        const std::string_view target = list.target == Target::match  ? std::string_view(finding.match)
                                        : list.target == Target::line ? line
                                                                      : std::string_view(finding.secret);
        const bool text = list.allows_text(target), word = list.allows_word(finding.secret);
        if (!list.all) return text || word;
        return (list.commits.empty() || list.allows_commit(pass.fragment.commit)) &&
               (!list.paths || list.allows_path(pass.fragment.path)) && (!list.regexes || text) &&
               (list.stopwords.empty() || word);
    });
}

Result<void> Detector::apply_built_in(const Pass& pass, std::vector<Finding>& findings) {
    if (configuration_.built_in.empty()) return {};
    const std::string_view text = pass.decoded.text();
    const Guess guess = pass.first ? pass.fragment.guess : Guess::no; // any text decodes to something
    for (const Hit& hit : TRY(built_in_.find(text, guess, pass.fragment.path))) {
        const Stretch place{hit.begin, hit.end};
        if (!pass.first && !pass.decoded.touches(place)) continue;
        const auto changed = configuration_.changed.find(hit.rule->id);
        Rule rule;
        if (changed != configuration_.changed.end()) rule = changed->second;
        if (rule.path && !rule.path->matches(pass.fragment.path)) continue;
        if (allows_fragment(rule.allowlists, pass.fragment)) continue;
        rule.id = hit.rule->id;
        if (rule.description.empty()) rule.description = hit.rule->title;
        const std::string_view secret = text.substr(hit.begin, hit.end - hit.begin);
        if (auto finding = judge(rule, pass, place, secret, secret)) findings.push_back(std::move(*finding));
    }
    return {};
}

}
