#include "smoke/probe_word.h"
#include "base/text.h"
#include "config/config.h"
#include "smoke/config.h"
#include "smoke/settings/probe.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke {

namespace {

constexpr std::string_view chosen = "probe=";

// The probe that a scheme stands for, and what it asks: the whole URL of a WebSocket, else what follows the scheme.
struct Meant {
    const Probe* probe = nullptr;
    std::string subject;
};

std::optional<Meant> by_scheme(const std::string& word) {
    const auto end = word.find("://");
    if (end == word.npos) return {};
    const auto scheme = lower(word.substr(0, end));
    if (scheme == "ws" || scheme == "wss") return Meant{find_probe("websocket"), word};
    const auto* probe = scheme == "postgresql" ? find_probe("postgres") : find_probe(scheme);
    if (probe == nullptr) return {};
    auto subject = word.substr(end + 3);
    if (subject.ends_with('/')) subject.pop_back();
    return Meant{probe, std::move(subject)};
}

Result<Meant> meant_by(const std::vector<std::string>& words) {
    for (const auto& word : words) {
        if (!word.starts_with(chosen)) continue;
        const auto key = word.substr(chosen.size());
        if (const auto* probe = find_probe(key)) return Meant{probe, words.front()};
        std::vector<std::string> keys;
        for (const auto* probe : probes()) keys.emplace_back(probe->key);
        const auto near = nearest(key, keys);
        return usage(fmt::format("probe '{}' is unknown; {}", key,
                                 near.empty() ? "expected " + one_of(keys) : fmt::format("did you mean {}?", near)));
    }
    return *by_scheme(words.front());
}

// A number or a switch has no quotes, as its type would be a text then.
std::string yaml_of(const std::string& value) {
    const bool is_plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '%';
    });
    return is_plain ? value : sys::dump_json(sys::Json(value));
}

// The same check as fairlead.yml would have it.
Result<std::string> text_of_line(const std::vector<std::string>& words, const Meant& meant) {
    auto text = fmt::format("smoke: {{checks: [{{{}: {{{}: {}", meant.probe->key, meant.probe->subject,
                            sys::dump_json(sys::Json(meant.subject)));
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].starts_with(chosen)) continue;
        const auto equals = words[i].find('=');
        if (equals == std::string::npos)
            return usage(
                fmt::format("'{}' is not understood after a probe; write key=value, such as days=14", words[i]));
        const auto key = words[i].substr(0, equals), value = words[i].substr(equals + 1);
        const auto* field = find_field(meant.probe->fields(), key);
        const bool is_list = field != nullptr && field->type == Type::text_list;
        text += fmt::format(", {}: {}", sys::dump_json(sys::Json(key)),
                            is_list ? sys::dump_json(sys::Json(split(value, ','))) : yaml_of(value));
    }
    return text + "}}]}\n";
}

}

bool is_probe_line(std::string_view line) {
    const auto words = words_of_line(line);
    if (words.empty()) return false;
    return by_scheme(words.front()).has_value() ||
           std::any_of(words.begin() + 1, words.end(), [](const auto& word) { return word.starts_with(chosen); });
}

Result<Check> parse_probe_line(std::string_view line) {
    const auto words = words_of_line(line);
    const auto meant = TRY(meant_by(words));
    const auto text = TRY(text_of_line(words, meant));
    const auto without_place = [&](const Error& error) { return usage(fmt::format("'{}': {}", line, error.message)); };
    config::LoadOptions options;
    options.tool = "smoke";
    options.fields = fields();
    const auto config = config::load_text(text, "fairlead.yml", options);
    if (!config.ok()) return without_place(config.error());
    const auto value = config->section("smoke")["checks"].items().front()[meant.probe->key];
    auto question = meant.probe->read(value, "");
    if (!question.ok()) return without_place(question.error());
    Check check;
    check.name = words.front();
    if (question->is_http) check.name = std::string(meant.probe->key) + " " + check.name;
    ask_by(std::move(question).value(), check);
    return check;
}

}
