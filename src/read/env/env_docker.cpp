#include "base/text.h"
#include "read/env/env_collect.h"

// docker run --env-file: lines, each NAME=value as it stands or NAME for the caller's variable. Quotes, blanks and
// whatever looks like a comment belong to the value.
namespace fairlead::read {

namespace {

constexpr std::size_t longest_token = 64 * 1024 - 1; // bufio.MaxScanTokenSize

// What it takes; otherwise why it refuses the whole file.
std::string fault_of(std::string_view line, std::string_view name) {
    if (!valid_utf8(line)) return "the line is not UTF-8; docker refuses the file; save it as UTF-8";
    if (name.empty()) return "no name is before '='; docker refuses the file; write NAME=value";
    if (name.find_first_of(" \t") != name.npos)
        return "a blank is before '='; docker refuses the file; write NAME=value without blanks and `export`";
    return {};
}

void line(EnvCollector& out, std::size_t begin, std::size_t end) {
    const auto text = out.text.substr(begin, end - begin);
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const auto fault = fault_of(text, name);
    if (!fault.empty()) out.refuse(begin, fault);
    const bool exported = name.substr(0, 7) == "export ";
    const auto trimmed = trim(name.substr(exported ? 7 : 0));
    const auto name_at = trimmed.empty() ? begin : static_cast<std::size_t>(trimmed.data() - out.text.data());
    const auto value_at = equals == text.npos ? end : begin + equals + 1;
    auto& entry = out.add(
        {begin, {name_at, name_at + trimmed.size()}, equals == text.npos ? equals : begin + equals, {value_at, end}});
    if (equals != text.npos) {
        out.define(entry, std::string(text.substr(equals + 1)));
    } else {
        entry.value = out.caller(entry.name);
        entry.left_out = !entry.value;
    }
    entry.left_out = entry.left_out || !fault.empty();
}

}

void read_docker_env(EnvCollector& out) {
    std::size_t next = 0;
    for (std::size_t at = 0; at < out.text.size() && !out.full(); at = next) {
        const auto stop = end_of_line(out.text, at);
        next = stop + 1;
        if (stop - at > longest_token) out.refuse(at, "the line has more than 64 KiB; docker refuses the file");
        if (at == 0 && out.text.substr(0, 3) == "\xEF\xBB\xBF") at = 3;
        const auto end = stop > at && out.text[stop - 1] == '\r' ? stop - 1 : stop;
        while (at < end) {
            const auto bytes = space_at(out.text, at, Spaces::go);
            if (bytes == 0) break;
            at += bytes;
        }
        if (at < end && out.text[at] != '#') line(out, at, end);
    }
}

}
