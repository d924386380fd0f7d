#include "preflight/rules/env_lines.h"
#include "base/env_file.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::preflight {

using read::EnvDialect;

std::string_view EnvLine::value() const {
    if (equals == text.npos) return {};
    const auto first = text.find_first_not_of(" \t", equals + 1);
    return first == text.npos ? std::string_view() : text.substr(first);
}

std::string_view EnvLine::bare_value() const {
    auto all = value();
    for (auto at = all.find('#'); at != all.npos; at = all.find('#', at + 1))
        if (at > 0 && (all[at - 1] == ' ' || all[at - 1] == '\t')) {
            all = all.substr(0, at);
            break;
        }
    return trim(all);
}

int EnvLine::column_of(std::string_view part) const {
    return static_cast<int>(code_points(text.substr(0, static_cast<std::size_t>(part.data() - text.data())))) + 1;
}

namespace {

void fill(EnvLine& line, EnvDialect dialect) {
    auto key = line.text;
    line.equals = line.text.find('=');
    const auto colon = line.text.find(':');
    const bool by_colon = (dialect == EnvDialect::compose || dialect == EnvDialect::node) && colon < line.equals &&
                          line.entry != nullptr && line.entry->has_equals;
    if (by_colon) line.equals = line.text.npos;
    key = trim(key.substr(0, by_colon ? colon : line.equals));
    if (key.starts_with("export ")) key = trim(key.substr(7));
    line.key = key;
}

}

std::vector<EnvLine> lines_of(const EnvFile& file) {
    std::vector<EnvLine> lines;
    const std::string_view text = file.text;
    for (std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; begin <= text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const bool has_cr = end > begin && text[end - 1] == '\r';
        EnvLine line;
        line.number = static_cast<int>(lines.size()) + 1;
        line.begin = begin;
        line.text = text.substr(begin, end - begin - (has_cr ? 1 : 0));
        line.has_cr = has_cr;
        lines.push_back(line);
        begin = end + 1;
    }
    for (const auto& entry : file.read->entries) {
        const auto index = static_cast<std::size_t>(entry.line) - 1;
        if (index >= lines.size()) continue;
        if (lines[index].entry == nullptr) lines[index].entry = &entry;
        for (auto later = index + 1; later < static_cast<std::size_t>(entry.end_line) && later < lines.size();
             ++later) {
            lines[later].in_value = true;
            lines[later - 1].value_goes_on = true;
        }
    }
    for (auto& line : lines) fill(line, file.read->dialect);
    return lines;
}

std::vector<EnvLine> entry_lines(const EnvFile& file) {
    std::vector<EnvLine> entries;
    const bool semicolon = file.read->dialect == EnvDialect::systemd;
    for (auto& line : lines_of(file)) {
        const auto text = trim(line.text);
        const bool comment = !text.empty() && (text[0] == '#' || (semicolon && text[0] == ';'));
        if (!line.in_value && !text.empty() && !comment) entries.push_back(line);
    }
    return entries;
}

bool is_plain_name(std::string_view name) { return is_variable_name(name); }

namespace {

// Of base64 or hexadecimal digits: a line of a key that lost its quotes, which is no name.
bool looks_coded(std::string_view name) {
    const auto has = [&](char first, char last) {
        return std::any_of(name.begin(), name.end(), [&](char c) { return c >= first && c <= last; });
    };
    constexpr std::size_t shortest = 16;
    return name.size() >= shortest && has('a', 'z') && has('A', 'Z') && has('0', '9');
}

}

std::string short_name(std::string_view name) {
    if (looks_coded(name)) return "this line";
    constexpr std::size_t most = 40;
    const auto hidden = hide_credentials(name.substr(0, 4096)); // before it is cut: half a URL is none
    auto shown = one_line(to_valid_utf8(hidden.substr(0, most)));
    return hidden.size() > most ? shown + "..." : shown;
}

namespace env {

bool dialect_is(const EnvFile& file, std::initializer_list<EnvDialect> any) {
    return std::find(any.begin(), any.end(), file.read->dialect) != any.end();
}

std::string shown_key(const EnvLine& line) {
    const auto rest = line.equals == line.text.npos ? std::string_view() : line.value();
    const bool has_value = (line.entry != nullptr && line.entry->has_equals && line.equals == line.text.npos) ||
                           (!rest.empty() && rest != "="); // "...A==" ends base64
    const bool is_word = !line.key.empty() && is_plain_name(line.key) &&
                         std::none_of(line.key.begin(), line.key.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
                         (line.key.find('_') != line.key.npos || line.key.find_first_of("0123456789") == line.key.npos);
    return has_value || is_word ? short_name(line.key) : "this line";
}

Hit& add(Hits& hits, const EnvFile& file, int line, int column, std::string message) {
    return hits.add(file.file, line, column, std::move(message));
}

Hit& add(Hits& hits, const EnvFile& file, const read::EnvEntry& entry, std::string message) {
    return add(hits, file, entry.line, entry.column, std::move(message));
}

Edit edit(const EnvFile& file, std::size_t begin, std::size_t end, std::string text) {
    return {file.file, begin, end, std::move(text), {}};
}

}

}
