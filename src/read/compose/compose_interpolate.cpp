#include "read/compose/compose_interpolate.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::read {
namespace {

constexpr int deepest_default = 20;
constexpr std::size_t made_limit = 16u << 20;                   // bytes of all values together
constexpr std::size_t reference_limit = 20'000, screen = 2'000; // further right nobody needs an exact column
constexpr std::string_view name_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

std::size_t end_of_name(std::string_view text, std::size_t at) {
    if (at >= text.size() || name_letters.find(text[at]) == std::string_view::npos) return at;
    while (at < text.size() &&
           (name_letters.find(text[at]) != std::string_view::npos || (text[at] >= '0' && text[at] <= '9')))
        ++at;
    return at;
}

// The '}' of the '{' that opens at `at`; the character behind a '{' is never looked at.
std::size_t closing_brace(std::string_view text, std::size_t at, std::size_t last) {
    int open = 0;
    for (; at <= last; ++at) {
        if (text[at] == '}' && --open == 0) return at;
        if (text[at] == '{') ++open, ++at;
    }
    return last;
}

// Compose looks for the last '}' of a line first.
struct TemplateLine {
    std::size_t end = 0;
    std::size_t last_brace = std::string_view::npos;
    void at(std::string_view text, std::size_t position) {
        if (position < end) return;
        end = std::min(text.find('\n', position), text.size());
        last_brace = end == 0 ? std::string_view::npos : text.rfind('}', end - 1);
        ++end;
    }
};

}

struct ComposeInterpolation::Braced {
    std::string_view name, operation, operand;
    std::size_t end = 0; // behind it; 0: it isn't one
};

namespace {

// Of the text at `at`, where "${" stands.
template <typename Braced>
Braced braced_at(std::string_view text, std::size_t at, TemplateLine& line) {
    Braced result;
    const std::size_t name_end = end_of_name(text, at + 2);
    result.name = text.substr(at + 2, name_end - at - 2);
    if (result.name.empty() || name_end >= text.size()) return result;
    if (text[name_end] == '}') {
        result.end = name_end + 1;
        return result;
    }
    std::size_t operand = name_end + (text[name_end] == ':' ? 1 : 0);
    if (operand >= text.size() || std::string_view("-+?").find(text[operand]) == std::string_view::npos) return result;
    result.operation = text.substr(name_end, ++operand - name_end);
    line.at(text, at);
    if (line.last_brace == std::string_view::npos || line.last_brace < operand) return result;
    const std::size_t close = closing_brace(text, at, line.last_brace);
    if (close < operand) return result;
    result.operand = text.substr(operand, close - operand);
    result.end = close + 1;
    return result;
}

}

ComposeInterpolation::ComposeInterpolation(ComposeProject& project, const ComposeVariables& variables,
                                           std::string_view text)
    : project_(project), variables_(variables) {
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines_.push_back(text.substr(start, end - start));
        start = end + 1;
    }
}

void ComposeInterpolation::replace(ComposeValue& value) {
    if (!value.key.empty()) key_ = value.key;
    for (auto& item : value.items) replace(item);
    if (!value.is_scalar() || value.text.find('$') == std::string::npos) return;
    value_ = &value;
    borrowed_ = unset_ = false;
    std::string text = substitute(value.text, 0);
    value.interpolated = true;
    value.borrowed = borrowed_;
    value.unset = unset_;
    value.written = std::exchange(value.text, std::move(text));
}

std::string ComposeInterpolation::substitute(std::string_view text, int depth) {
    std::string result;
    TemplateLine line;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t dollar = text.find('$', at);
        result += text.substr(at, dollar - at);
        if (dollar == std::string_view::npos) break;
        const char next = dollar + 1 < text.size() ? text[dollar + 1] : '\0';
        Braced braced;
        if (next == '$') {
            result += '$';
            at = dollar + 2;
            continue;
        }
        if (next == '{') {
            if (depth == deepest_default) {
                problem("${…} is nested too deeply; the deeper parts are not replaced; write fewer defaults");
                return result.append(text.substr(dollar));
            }
            braced = braced_at<Braced>(text, dollar, line);
            if (braced.end == 0)
                problem("a ${ does not begin a ${NAME}; compose refuses the file; write $${ for the text itself");
        } else if (const std::size_t end = end_of_name(text, dollar + 1); end > dollar + 1) {
            braced.name = text.substr(dollar + 1, end - dollar - 1);
            braced.end = end;
        }
        const bool is_one = braced.end != 0;
        result += is_one ? variable(braced, static_cast<std::size_t>(text.data() - value_->text.data()) + dollar, depth)
                         : "$";
        at = is_one ? braced.end : dollar + 1;
    }
    return result;
}

std::string ComposeInterpolation::variable(const Braced& braced, std::size_t dollar, int depth) {
    const auto found = variables_.find(std::string(braced.name));
    const bool or_empty = braced.operation.starts_with(':');
    const char kind = braced.operation.empty() ? '\0' : braced.operation.back();
    ComposeReference reference;
    reference.name = braced.name;
    reference.key = key_;
    reference.operation = braced.operation;
    reference.operand = braced.operand;
    reference.set = found != variables_.end() && !(or_empty && found->second.empty());
    reference.needed = !reference.set && kind == '\0';
    reference.place = place_of(dollar, reference.exact);
    const bool set = reference.set;
    if (project_.references.size() < reference_limit) project_.references.push_back(std::move(reference));
    if ((kind == '-' && !set) || (kind == '+' && set)) return substitute(braced.operand, depth + 1);
    unset_ = unset_ || (kind != '+' && !set);
    if (kind == '+' || found == variables_.end()) return "";
    borrowed_ = true;
    if ((made_ += found->second.size()) > made_limit) {
        problem(fmt::format("{} and other variables make more than {} MiB of text", braced.name, made_limit >> 20));
        return "";
    }
    return found->second;
}

// Where the value stands in one line as it is, the '$' itself.
ComposePlace ComposeInterpolation::place_of(std::size_t dollar, bool& exact) const {
    ComposePlace place = value_->place;
    const std::string_view before = std::string_view(value_->text).substr(0, dollar);
    const auto number = static_cast<std::size_t>(place.line);
    if (number == 0 || number > lines_.size() || dollar > screen || place.column > static_cast<int>(screen) ||
        before.find('\n') != std::string_view::npos)
        return place;
    const std::string_view line = lines_[number - 1];
    std::size_t byte = 0;
    for (int column = 1; byte < line.size() && column < place.column; ++column) do
            ++byte;
        while (byte < line.size() && (static_cast<unsigned char>(line[byte]) & 0xC0) == 0x80);
    const bool quote = byte < line.size() && (line[byte] == '"' || line[byte] == '\'');
    const std::size_t start = byte + (quote ? 1 : 0);
    if (start > line.size() || line.substr(start, dollar + 1) != std::string_view(value_->text).substr(0, dollar + 1))
        return place;
    place.column += (quote ? 1 : 0) + static_cast<int>(code_points(before));
    exact = true;
    return place;
}

void ComposeInterpolation::problem(std::string message) {
    project_.problems.push_back({value_->place, std::move(message)});
}

}
