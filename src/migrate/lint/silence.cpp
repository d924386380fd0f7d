#include "migrate/lint/silence.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::lint {

namespace {

struct Lines {
    int first, last;
};
Lines lines_of(const Hit& hit) { return hit.first > 0 ? Lines{hit.first, hit.last} : Lines{hit.line, hit.line}; }

std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> names;
    for (const auto& word : split(text, ',')) {
        const auto name = trim(word);
        if (!name.empty()) names.emplace_back(name.substr(0, name.find(' ')));
    }
    return names;
}

}

std::vector<Suppression> suppressions_in(const Script& script) {
    return script.may_suppress ? find_suppressions(script.text) : std::vector<Suppression>();
}

Silence::Silence(const Script& script)
    : base_(script.options->base(script.path)),
      lines_(base_ == nullptr ? std::vector<std::string>() : split(script.text, '\n')), ours_(suppressions_in(script)),
      today_(script.options->today) {
    constexpr std::string_view mark = "squawk-ignore", of_file = "-file";
    for (const auto& comment : script.comments) {
        const auto at = comment.text.find(mark);
        if (at == comment.text.npos) continue;
        auto rest = comment.text.substr(at + mark.size());
        if (const auto end = rest.find("*/"); end != rest.npos) rest = rest.substr(0, end);
        Foreign foreign{comment.line, rest.starts_with(of_file), {}};
        if (foreign.whole_file) rest.remove_prefix(of_file.size());
        foreign.rules = names_in(rest);
        foreign_.push_back(std::move(foreign));
    }
}

// Of a foreign change a comment counts that stood there with the whole statement that it covers.
bool Silence::stood(bool whole_file, int line, const Hit& hit) const {
    if (base_ == nullptr) return true;
    const auto [first, last] = lines_of(hit);
    return whole_file ? base_->has(lines_, line, line)
                      : base_->has(lines_, std::min(line, first), std::max(line, last));
}

std::vector<Suppression> Silence::ours(const Hit& hit) const {
    auto found = ours_;
    std::erase_if(found, [&](const Suppression& one) { return !stood(one.whole_file, one.line, hit); });
    return found;
}

bool Silence::is_meant(const Foreign& comment, const Rule& rule, const Hit& hit) const {
    const auto [first, last] = lines_of(hit);
    if (!comment.whole_file && (comment.line < first || comment.line > last)) return false;
    if (!stood(comment.whole_file, comment.line, hit)) return false;
    return comment.rules.empty() ||
           std::any_of(comment.rules.begin(), comment.rules.end(), [&](const std::string& name) {
               return std::find(rule.peers.begin(), rule.peers.end(), name) != rule.peers.end();
           });
}

std::string Silence::covers(const Rule& rule, const Hit& hit) const {
    const auto [first, last] = lines_of(hit);
    const auto ours = this->ours(hit);
    if (const Suppression* one = covering(ours, rule.id, first, last, today_)) return one->reason;
    for (const Foreign& comment : foreign_)
        if (is_meant(comment, rule, hit)) return fmt::format("squawk-ignore in line {}", comment.line);
    return "";
}

std::string Silence::unfinished(const Rule& rule, const Hit& hit) const {
    const auto [first, last] = lines_of(hit);
    const auto ours = this->ours(hit);
    const Suppression* one = wrong_one(ours, rule.id, first, last, today_);
    return one == nullptr ? "" : why_not(*one, today_);
}

}
