#include "preflight/uses/headings.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

std::string in_words(std::string_view text) {
    std::string words = " ";
    for (const char c : replace_all(lower(text), "production-like", "")) words += (c >= 'a' && c <= 'z') ? c : ' ';
    return words + " ";
}
bool words_of_development(const std::string& words) {
    return has_any(words, {" local ", " locally ", " development ", " dev "});
}
bool words_of_deployment(const std::string& words) {
    return has_any(words, {" production ", " prod ", " deploy", " server ", " staging ", " self host", " selfhost"});
}

}

bool is_page(std::string_view path) { return ends_with_any(path, {".md", ".mdx", ".rst", ".adoc"}); }

void Headings::take(const std::string& line) {
    const auto text = trim(std::string_view(line));
    // https://spec.commonmark.org/0.31.2/#indented-code-blocks
    const bool is_indented = line.starts_with("    ") || line.starts_with('\t');
    if (text.starts_with("```") || text.starts_with("~~~")) {
        in_code_ = !in_code_;
    } else if (!in_code_ && !is_indented && text.starts_with('#')) {
        open(std::min(text.find_first_not_of('#'), text.size()), in_words(text));
    } else if (!in_code_ && is_below_text_ && text.size() > 2 && text.find_first_not_of(text.front()) == text.npos &&
               is_one_of(text.substr(0, 1), {"=", "-", "~", "^"})) { // the line above is a heading
        open(text.front() == '=' ? 1 : text.front() == '-' ? 2 : 3, std::string(above_));
    } else if (!text.empty()) {
        if (!in_code_ || text.starts_with('#')) above_ = in_words(text);
    }
    is_below_text_ = !text.empty();
}

void Headings::take_text(std::string_view text) { above_ = in_words(text); }

Headings::About Headings::about() const {
    bool local = words_of_development(above_), deployed = words_of_deployment(above_);
    for (const auto& [level, words] : open_) {
        local = local || words_of_development(words);
        deployed = deployed || words_of_deployment(words);
    }
    return deployed ? About::deployment : local ? About::development : About::nothing;
}

bool Headings::name_deployment(std::string_view line) { return words_of_deployment(in_words(line)); }

void Headings::open(std::size_t level, std::string words) {
    while (!open_.empty() && open_.back().first >= level) open_.pop_back();
    open_.emplace_back(level, std::move(words));
    above_.clear();
}

}
