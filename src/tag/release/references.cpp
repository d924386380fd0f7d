#include "tag/release/references.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/github.h"
#include "tag/release/pull_requests.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <optional>

namespace fairlead::tag {

namespace {

bool is_letter_or_digit(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

// A part of the text that is more than text.
struct Span {
    std::size_t size = 0;
    std::string markdown;
};

std::string link(std::string_view text, const std::string& url) {
    return fmt::format("[{}]({})", replace_all(report::escape_markdown(text), "\\#", "#"), url);
}

class ReferenceReader {
  public:
    ReferenceReader(std::string_view text, const WebLinks& links) : text_(text), links_(links) {}

    std::string markdown() {
        std::size_t plain = 0; // where the text begins that is not written yet
        for (std::size_t at = 0; at < text_.size();) {
            const auto span = find(at);
            if (!span) {
                ++at;
                continue;
            }
            if (!span->markdown.empty()) {
                add_text(text_.substr(plain, at - plain));
                out_ += span->markdown;
                plain = at + span->size;
            }
            at += span->size;
        }
        add_text(text_.substr(plain));
        return std::move(out_);
    }

  private:
    void add_text(std::string_view text) {
        if (text.starts_with(':') && !out_.empty()) { // at the beginning it could be an emoji's
            out_ += ':';
            text.remove_prefix(1);
        }
        if (text.starts_with(' ') && !out_.empty()) out_ += ' ';
        out_ += report::escape_markdown(text);
    }

    std::optional<Span> find(std::size_t at) const {
        if (text_[at] == '`') return code(at);
        if (at > 0 && !ends_word(at - 1)) return std::nullopt;
        if (text_.substr(at).starts_with("https://") || text_.substr(at).starts_with("http://")) return address(at);
        if (auto number = own(at, 0)) return number;
        if (text_.substr(at).starts_with("GH-") && links_.host == Host::github) {
            if (const auto number = number_at(at + 3); !number.empty())
                return Span{3 + number.size(), link_or_nothing("GH-" + std::string(number), links_.issue(number))};
        }
        return elsewhere(at);
    }

    // Whether a word may begin behind this character. '&' begins an entity, '/' and '#' stand in addresses.
    bool ends_word(std::size_t at) const {
        constexpr std::string_view within = "&/#_.@!-\\=%~+$";
        return !is_letter_or_digit(text_[at]) && within.find(text_[at]) == within.npos;
    }

    bool word_ends_at(std::size_t at) const {
        if (at >= text_.size()) return true;
        if (is_letter_or_digit(text_[at]) || text_[at] == '_') return false;
        // "#1.2" and "#1-rc" are no numbers of issues.
        const bool joins = text_[at] == '.' || text_[at] == '-' || text_[at] == '/';
        return !joins || at + 1 >= text_.size() || !is_letter_or_digit(text_[at + 1]);
    }

    std::string_view number_at(std::size_t at) const {
        const auto number = issue_number(text_.substr(std::min(at, text_.size())));
        return !number.empty() && word_ends_at(at + number.size()) ? number : std::string_view();
    }

    static std::string link_or_nothing(const std::string& text, const std::string& url) {
        return url.empty() ? std::string() : link(text, url);
    }

    // #12 or !12, `skipped` characters before it being another repository's name.
    std::optional<Span> own(std::size_t at, std::size_t skipped) const {
        const auto mark_at = at + skipped;
        if (mark_at >= text_.size()) return std::nullopt;
        const char mark = text_[mark_at];
        if (mark != '#' && (mark != '!' || links_.host != Host::gitlab)) return std::nullopt;
        const auto number = number_at(mark_at + 1);
        if (number.empty()) return std::nullopt;
        const auto repository = text_.substr(at, skipped);
        const auto url = skipped > 0   ? links_.elsewhere(repository, mark, number)
                         : mark == '!' ? links_.pull(number)
                                       : links_.issue(number);
        return Span{skipped + 1 + number.size(),
                    link_or_nothing(std::string(text_.substr(at, skipped + 1 + number.size())), url)};
    }

    // owner/repo#12
    std::optional<Span> elsewhere(std::size_t at) const {
        if (!is_letter_or_digit(text_[at]) || links_.host == Host::bitbucket) return std::nullopt;
        const auto fits = [](char c) {
            return (is_letter_or_digit(c) && static_cast<unsigned char>(c) < 0x80) ||
                   std::string_view("-_./").find(c) != std::string_view::npos;
        };
        auto size = std::size_t{0};
        while (at + size < text_.size() && fits(text_[at + size])) ++size;
        const auto name = text_.substr(at, size);
        const auto slashes = std::count(name.begin(), name.end(), '/');
        const bool shape = slashes == 1 || (slashes > 1 && links_.host == Host::gitlab);
        if (!shape || name.ends_with('/') || name.find("//") != name.npos)
            return Span{std::max<std::size_t>(size, 1), {}};
        if (auto found = own(at, size)) return found;
        return Span{size, {}};
    }

    std::optional<Span> code(std::size_t at) const {
        const auto ticks = std::min(text_.find_first_not_of('`', at), text_.size()) - at;
        const auto mark = text_.substr(at, ticks);
        for (auto end = text_.find(mark, at + ticks); end != text_.npos;) {
            const auto behind = std::min(text_.find_first_not_of('`', end), text_.size());
            if (behind - end == ticks) {
                const auto inner = one_line(text_.substr(at + ticks, end - at - ticks));
                return Span{behind - at, fmt::format("{}{}{}", mark, inner, mark)};
            }
            end = text_.find(mark, behind);
        }
        return Span{ticks, {}};
    }

    // The whole address: one of this repository's issues is shown by its number, any other stays text.
    std::optional<Span> address(std::size_t at) const {
        const auto end = std::min(text_.find_first_of(" \t<>\"'`", at), text_.size());
        auto url = text_.substr(at, end - at);
        while (!url.empty() && std::string_view(".,;:!?)]}*").find(url.back()) != std::string_view::npos)
            url.remove_suffix(1);
        if (links_.url.empty() || !url.starts_with(links_.url)) return Span{std::max<std::size_t>(url.size(), 1), {}};
        const auto rest = url.substr(links_.url.size());
        for (const std::string_view page :
             {"/issues/", "/pull/", "/pulls/", "/-/issues/", "/-/merge_requests/", "/pull-requests/"}) {
            if (!rest.starts_with(page)) continue;
            const auto number = rest.substr(page.size());
            if (issue_number(number) != number || number.empty()) continue;
            const char mark = page == "/-/merge_requests/" ? '!' : '#';
            return Span{url.size(), link(mark + std::string(number), std::string(url))};
        }
        return Span{url.size(), {}};
    }

    std::string_view text_;
    const WebLinks& links_;
    std::string out_;
};

}

std::string markdown_of(std::string_view text, const WebLinks& links) {
    return ReferenceReader(text, links).markdown();
}

}
