#include "scan/around.h"
#include "base/text.h"
#include "scan/places.h"
#include "scan/rules/check.h"
#include "scan/rules/letters.h"
#include <algorithm>

namespace fairlead::scan {
namespace {

// The generator of Devise writes a key that it made into a comment, as an example.
bool is_of_template(std::string_view line) {
    line = trim(line);
    if (!line.starts_with('#')) return false;
    line = trim(line.substr(1));
    return line.starts_with("config.secret_key") || line.starts_with("config.pepper");
}

// Keys for an account where nothing costs: sk_test_…, test_sk_docs_…
bool is_of_test_account(std::string_view value) {
    return value.starts_with("test_") || has_any(value, {"_test_", ":TEST:"});
}

std::size_t begin_of_line(std::string_view text, std::size_t offset) {
    return offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1; // npos + 1 is 0
}

std::string_view line_at(std::string_view text, std::size_t offset) {
    const std::size_t begin = begin_of_line(text, offset);
    return text.substr(begin, std::min(text.find('\n', offset), text.size()) - begin);
}

// An example in the comments that pages are made of: KDoc, Javadoc, rustdoc, Perl's POD, what utoipa puts into OpenAPI.
bool is_in_documentation(const Fragment& fragment, std::size_t offset) {
    constexpr std::size_t farthest = 8000;
    const std::size_t begin = offset - std::min(offset, farthest);
    const std::string_view before = std::string_view(fragment.text).substr(begin, offset - begin);
    if (ends_with_any(fragment.path, {".pm", ".pod", ".pl"})) {
        const std::size_t command = before.rfind("\n=");
        if (command == before.npos) return before.starts_with('=');
        return !before.substr(command).starts_with("\n=cut");
    }
    if (!is_code(fragment.path)) return false;
    const std::string_view line = trim(line_at(fragment.text, offset));
    if (line.starts_with("///") || line.starts_with("//!")) return true;
    const std::size_t comment = before.rfind("/*");
    if (line.starts_with("* ") && comment != before.npos && before.find("*/", comment) == before.npos)
        return before.substr(comment).starts_with("/**");
    const std::size_t example = fragment.path.ends_with(".rs") ? before.rfind("example = json!(") : before.npos;
    return example != before.npos && before.find("))", example) == before.npos;
}

}

bool is_name_in_code(const Fragment& fragment, const Hit& hit) {
    const bool by_name = hit.rule->check == check_named || hit.rule->id == "generic-api-key";
    if (!by_name || !is_code(fragment.path) || hit.begin == 0) return false;
    const std::string_view value = std::string_view(fragment.text).substr(hit.begin, hit.end - hit.begin);
    const bool quoted = std::string_view("\"'`").find(fragment.text[hit.begin - 1]) != std::string_view::npos;
    return !quoted && value.find_first_of("+/=.-") == value.npos;
}

bool is_of_badge(const Fragment& fragment, const Hit& hit) {
    constexpr std::size_t longest = 400;
    const std::size_t begin = hit.begin - std::min(hit.begin, longest);
    std::string_view before = std::string_view(fragment.text).substr(begin, hit.begin - begin);
    before.remove_prefix(std::min(before.size(), before.find_last_of(" \n\"'()<>[]") + 1));
    if (ends_with_any(before, {".svg?circle-token=", ".png?circle-token=", "&circle-token="})) return true;
    return ends_with_any(before, {"?token=", "&token=", "&amp;token="}) &&
           has_any(before, {"/badge", "_badge", "badge.svg", "img.shields.io/"});
}

bool is_in_data_of_secret(const Fragment& fragment, const Hit& hit) {
    const bool by_name = hit.rule->check == check_chosen || hit.rule->check == check_weak;
    if (!by_name || !ends_with_any(fragment.path, {".yml", ".yaml"})) return false;
    const std::string text = fragment.before + fragment.text;
    const std::size_t at = fragment.before.size() + hit.begin;
    const std::string_view value = std::string_view(fragment.text).substr(hit.begin, hit.end - hit.begin);
    if (value.size() % 4 != 0 || !is_base64(value)) return false;
    const auto indent_of = [](std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); };
    const std::string_view all = text;
    std::string_view line = line_at(all, at);
    const std::size_t indent = indent_of(line);
    for (auto begin = static_cast<std::size_t>(line.data() - all.data()); begin > 0;) {
        line = line_at(all, begin - 1);
        begin = static_cast<std::size_t>(line.data() - all.data());
        if (trim(line).empty() || trim(line).starts_with('#') || indent_of(line) >= indent) continue;
        if (trim(line) != "data:") return false;
        const std::size_t first = all.rfind("\n---", begin), last = all.find("\n---", begin);
        const std::string_view document =
            all.substr(first == all.npos ? 0 : first, last - (first == all.npos ? 0 : first));
        return has_any(document, {"kind: Secret", "kind: \"Secret\"", "kind: 'Secret'"});
    }
    return false;
}

bool is_made_up(const Fragment& fragment, const Hit& hit) {
    const std::string_view text = fragment.text, value = text.substr(hit.begin, hit.end - hit.begin);
    if (is_of_test_account(hit.decoded.empty() ? value : hit.decoded)) return true;
    switch (hit.rule->in_tests) {
    case InTests::error: return false;
    case InTests::in_packages: return is_package(fragment.path);
    case InTests::warning:
    case InTests::nothing: break;
    }
    const std::size_t line = begin_of_line(text, hit.begin);
    if (is_in_documentation(fragment, hit.begin)) return true;
    return is_sample(fragment.path) || is_manual(fragment.path) || is_of_template(text.substr(line, hit.begin - line));
}

}
