#include "init/kit/render.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::init {

namespace {

// What is open: whether it holds, and all that it lies in.
struct Block {
    bool outer, inner;
};

// The words of `# kit:if python`, "kit:else" or "kit:end"; empty: an ordinary line.
std::string_view directive_of(std::string_view line) {
    const auto at = line.find("kit:");
    if (at == line.npos) return {};
    const auto before = line.substr(0, at);
    if (before.find_first_not_of(" \t#/<!-*") != before.npos) return {};
    auto words = line.substr(at);
    if (const auto end = words.find("-->"); end != words.npos) words = words.substr(0, end);
    return trim(words);
}

// Each place once: a value that holds another sample stays as it is.
std::string replaced(std::string_view text, const Samples& samples) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto found = std::find_if(samples.begin(), samples.end(),
                                        [&](const auto& sample) { return text.substr(at).starts_with(sample.first); });
        result += found == samples.end() ? std::string(1, text[at]) : found->second;
        at += found == samples.end() ? 1 : found->first.size();
    }
    return result;
}

}

bool holds(const Facts& facts, std::string_view words) {
    const auto all = split(words, ' ');
    return std::all_of(all.begin(), all.end(), [&](const std::string& word) {
        return word.empty() || (word.starts_with("no-") ? !facts.contains(word.substr(3)) : facts.contains(word));
    });
}

std::string render(std::string_view text, const Facts& facts, Samples samples) {
    std::vector<Block> open;
    std::string kept;
    const auto shown = [&] { return open.empty() || (open.back().outer && open.back().inner); };
    auto lines = split(text, '\n');
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    for (const auto& line : lines) {
        const auto directive = directive_of(line);
        if (directive.starts_with("kit:if")) {
            open.push_back({shown(), holds(facts, directive.substr(6))});
        } else if (directive == "kit:else" && !open.empty()) {
            open.back().inner = !open.back().inner;
        } else if (directive == "kit:end" && !open.empty()) {
            open.pop_back();
        } else if (shown() && !(line.empty() && (kept.empty() || kept.ends_with("\n\n")))) {
            kept += line + "\n";
        }
    }
    while (kept.ends_with("\n\n")) kept.pop_back();
    std::stable_sort(samples.begin(), samples.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return replaced(kept, samples);
}

}
